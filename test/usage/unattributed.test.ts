/** Unattributed usage in reports of the built program. */
import { describe, expect, test } from "bun:test";
import { run, sandbox } from "../helpers/binary.ts";
import { append, billed, happened, said } from "../ledger/lines.ts";

const KINDS = [
  "inputTokens",
  "outputTokens",
  "cacheCreationTokens",
  "cacheReadTokens",
  "cacheCreation5mTokens",
  "cacheCreation1hTokens",
] as const;
type Counts = Record<(typeof KINDS)[number], number>;

interface Row extends Counts {
  tokensIncomplete: boolean;
  totalTokens: number;
  unattributedTokens: Counts & { totalTokens: number };
  modelBreakdowns: Counts[];
}

/** $1 and 40,000 output tokens. */
const DOLLAR = said({ id: "a", output: 40_000 });

/** The client's counts: 40,000 output tokens, and some without a message. */
const COUNTED = {
  "claude-opus-4-5": {
    inputTokens: 100,
    outputTokens: 60_000,
    cacheReadInputTokens: 7,
    cacheCreationInputTokens: 30,
    cacheCreationEphemeral1hInputTokens: 10,
    costUSD: 1.5,
  },
};

/** Write a session's lines, and call `check` with a function that returns a report's output. */
async function withLines(
  lines: readonly string[],
  check: (usage: (...args: string[]) => Promise<string>) => Promise<void>,
): Promise<void> {
  using box = sandbox();
  append(box.home, "s", ...lines);
  await check(async (...args) => {
    const { code, stderr, stdout } = await run(["usage", ...args, "--timezone", "UTC"], { env: box.env });
    expect([code, stderr]).toEqual([0, ""]);
    return stdout;
  });
}

describe("unattributed tokens", () => {
  test.each([1.5, 1])("are in the breakdown's unattributed row, with a bill of $%d", (usd) =>
    withLines([DOLLAR, happened("10:01:00"), billed("s", usd, COUNTED)], async (usage) => {
      const table = await usage("monthly", "--breakdown");
      const cost = usd === 1 ? String.raw`\$0\.00` : String.raw`\$0\.50`;
      const row = new RegExp(`^ *unattributed +100 +20,000 +30 +7 +20,137 +${cost}$`, "gm");
      // Below the month's models, and below the total.
      expect(table.match(row)).toHaveLength(2);
      expect(table).toContain(usd === 1 ? "unattributed: 20,137 tokens" : "unattributed: $0.50");
      const csv = await usage("monthly", "--breakdown", "--csv");
      const [header = [], whole = [], ...parts] = csv
        .trimEnd()
        .split("\n")
        .map((line) => line.split(","));
      expect(parts.map((cells) => cells[1])).toEqual(["claude-opus-4-5", "unattributed"]);
      for (const name of ["inputTokens", "totalTokens", "totalCost", "unattributedCost"]) {
        const at = header.indexOf(name);
        expect(parts.reduce((sum, cells) => sum + Number(cells[at]), 0)).toBeCloseTo(Number(whole[at]), 9);
      }
    }),
  );

  test("and those of the models add up to the row in JSON, by kind", () =>
    withLines([DOLLAR, happened("10:01:00"), billed("s", 1.5, COUNTED)], async (usage) => {
      const { monthly, totals } = JSON.parse(await usage("monthly", "--json")) as {
        monthly: Row[];
        totals: Row;
      };
      const [row] = monthly as [Row];
      for (const kind of KINDS)
        expect(row[kind]).toBe(
          row.modelBreakdowns.reduce((sum, model) => sum + model[kind], row.unattributedTokens[kind]),
        );
      expect(row.unattributedTokens).toMatchObject({ totalTokens: 20_137, cacheCreation1hTokens: 10 });
      expect(totals.unattributedTokens).toEqual(row.unattributedTokens);
    }));
});

describe("token counts that are known to be incomplete", () => {
  const BEFORE = said({ id: "b", at: "2026-11-19T10:00:00.000Z", output: 7 });
  const COMPACTED = [BEFORE, DOLLAR, happened("10:01:00"), billed("s", 1.75)];

  test("are marked in the rows and totals of every table, and in no other row", () =>
    withLines(COMPACTED, async (usage) => {
      for (const view of ["daily", "weekly", "monthly", "session"]) {
        const table = await usage(view, "--breakdown");
        expect(table).toMatch(/^Total .* >0 +>40,007 .* >0 +>0 +>40,007 +\$1\.75$/m);
        expect(table.match(/^ *unattributed +>0 +>0 .* \$0\.75/gm)).toHaveLength(2);
        expect(table).toContain("> at least: the client billed requests whose tokens no transcript has");
        // The model's own rows are complete.
        expect(table).not.toMatch(/^ {2}opus.*>/m);
      }
      const daily = await usage("daily");
      expect(daily).toMatch(/^2026-11-20 .*>40,000/m);
      expect(daily).toMatch(/^2026-11-19 .* 7 /m);
      expect(daily).not.toMatch(/^2026-11-19.*>/m);
      const blocks = await usage("blocks");
      expect(blocks.match(/^2026.*>40,000 .*\$1\.75$/gm)).toHaveLength(1);
      expect(blocks.match(/^2026.* >/gm)).toHaveLength(1);
      expect(blocks).toContain("> at least:");
    }));

  test("are marked in JSON and CSV", () =>
    withLines(COMPACTED, async (usage) => {
      const { daily, totals } = JSON.parse(await usage("daily", "--json")) as { daily: Row[]; totals: Row };
      expect(daily.map((row) => row.tokensIncomplete)).toEqual([false, true]);
      expect(totals.tokensIncomplete).toBe(true);
      const { blocks } = JSON.parse(await usage("blocks", "--json")) as {
        blocks: (Row & { isGap: boolean })[];
      };
      const marks = blocks.filter(({ isGap }) => !isGap).map((row) => row.tokensIncomplete);
      expect(marks).toEqual([false, true]);
      const last = (csv: string) =>
        csv
          .trimEnd()
          .split("\n")
          .map((line) => line.split(",").at(-1));
      expect(last(await usage("daily", "--csv"))).toEqual(["tokensIncomplete", "false", "true"]);
      expect(last(await usage("daily", "--breakdown", "--csv")).slice(-3)).toEqual(["true", "false", "true"]);
      expect(last(await usage("blocks", "--csv"))).toEqual(["tokensIncomplete", "false", "false", "true"]);
    }));

  test.each([
    ["the client counted them", billed("s", 1.5, COUNTED)],
    ["nothing else was billed", billed("s", 1)],
    ["less was billed than the messages cost", billed("s", 0.5)],
  ])("are not marked where %s", (_, bill) =>
    withLines([DOLLAR, happened("10:01:00"), bill], async (usage) => {
      expect(await usage("daily", "--breakdown")).not.toContain(">");
      const { totals } = JSON.parse(await usage("daily", "--json")) as { totals: Row };
      expect(totals.tokensIncomplete).toBe(false);
    }),
  );
});
