/** How `plimsoll usage` counts and prices transcript lines. */
import { describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run, sandbox } from "../helpers/binary.ts";

interface Tokens {
  readonly input?: number;
  readonly output?: number;
  readonly read?: number;
  /** The flat count of cache writes, and its breakdown. */
  readonly write?: number;
  readonly write5m?: number;
  readonly write1h?: number;
}

interface Line extends Tokens {
  readonly id?: string;
  readonly request?: string;
  readonly model?: string;
  readonly stop?: string;
  readonly sidechain?: boolean;
  /** More keys of `usage`. */
  readonly usage?: object;
}

const usageOf = ({ input = 0, output = 0, read = 0, write, write5m = 0, write1h = 0 }: Tokens) => ({
  input_tokens: input,
  output_tokens: output,
  cache_read_input_tokens: read,
  cache_creation_input_tokens: write ?? write5m + write1h,
  cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
});

/** The line of an assistant message. */
function said(line: Line) {
  const { id = "msg_1", request = "req_1", model = "claude-haiku-4-5-20251001", stop = null } = line;
  return {
    parentUuid: null,
    isSidechain: line.sidechain ?? false,
    sessionId: "s",
    type: "assistant",
    message: {
      model,
      id,
      type: "message",
      role: "assistant",
      content: [{ type: "text", text: "x" }],
      stop_reason: stop,
      stop_sequence: null,
      usage: { ...usageOf(line), ...line.usage },
    },
    requestId: request,
    uuid: crypto.randomUUID(),
    timestamp: "2026-11-20T10:00:00.000Z",
  };
}

/** A subagent's message on a line of clients 2.1.12 to 2.1.42. */
const progress = (line: Line, type = "agent_progress") => {
  const { parentUuid: _, isSidechain: __, sessionId, ...message } = said(line);
  return {
    parentUuid: null,
    isSidechain: false,
    sessionId,
    version: "2.1.29",
    type: "progress",
    data: { message, normalizedMessages: [], type, prompt: "Look.", agentId: "adb3a8f" },
    toolUseID: "agent_msg_1",
    parentToolUseID: "toolu_1",
    uuid: crypto.randomUUID(),
    timestamp: "2026-11-20T10:00:00.500Z",
  };
};

type Files = Record<string, readonly object[]>;

/** @returns the day's row of `usage daily --json` */
async function day(files: Files) {
  using box = sandbox();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const [name, lines] of Object.entries(files))
    write(
      join(box.home, ".claude/projects/-home-dev-proj", name),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
  const result = await run(["usage", "daily", "--json", "--timezone", "UTC"], { env: box.env });
  expect([result.stderr, result.code]).toEqual(["", 0]);
  const rows = JSON.parse(result.stdout).daily;
  expect(rows).toHaveLength(1);
  return rows[0];
}

const session = (...lines: object[]): Files => ({ "s.jsonl": lines });

describe("inference in the United States", () => {
  const us = { inference_geo: "us" };

  test("costs 1.1 times the price of tokens, and web searches the same", async () => {
    const searches = { server_tool_use: { web_search_requests: 3 } };
    const row = await day(session(said({ input: 90_000, usage: { ...us, ...searches } })));
    expect(row).toMatchObject({ totalCost: expect.closeTo(0.129, 9), priced: "exact" });
  });

  test("is separate from other messages of the same model, slot and session", async () => {
    const row = await day(
      session(
        said({ id: "a", output: 100_000, usage: us }),
        said({ id: "b", output: 100_000, usage: { inference_geo: "global" } }),
        said({ id: "c", output: 100_000 }),
      ),
    );
    expect(row).toMatchObject({ totalCost: expect.closeTo(0.55 + 0.5 + 0.5, 9), priced: "exact" });
  });

  test("is kept if any line of a message has it", async () => {
    for (const usages of [
      [us, {}],
      [{}, us],
    ]) {
      const row = await day(session(...usages.map((usage) => said({ output: 100_000, usage }))));
      expect(row.totalCost).toBeCloseTo(0.55, 9);
    }
  });
});

describe("cache writes", () => {
  test.each([
    [{ write: 1_000 }, 1_000, 0],
    [{ write: 1_000, write5m: 300, write1h: 200 }, 800, 200],
    [{ write: 500, write5m: 300, write1h: 200 }, 300, 200],
    [{ write: 0, write5m: 300, write1h: 200 }, 300, 200],
  ])("%j: what the breakdown does not cover is written for five minutes", async (tokens, five, hour) => {
    expect(await day(session(said(tokens)))).toMatchObject({
      cacheCreation5mTokens: five,
      cacheCreation1hTokens: hour,
    });
  });

  test("count in the final line if a gateway sends a breakdown of zeros", async () => {
    const row = await day(
      session(
        said({ input: 20_000, output: 1 }),
        said({ input: 40, output: 900, write: 19_960, stop: "end_turn" }),
      ),
    );
    expect(row).toMatchObject({ inputTokens: 40, outputTokens: 900, cacheCreationTokens: 19_960 });
  });
});

describe("of a message's lines", () => {
  const early = { input: 99_469 };
  const final = { input: 5_671, output: 289, read: 88_482, stop: "tool_use" };
  const counts = { inputTokens: 5_671, outputTokens: 289, cacheReadTokens: 88_482 };

  test("the final one counts, even if an early one has more tokens", async () => {
    for (const lines of [
      [early, final],
      [final, early],
      [early, final, final, early],
    ])
      expect(await day(session(...lines.map(said)))).toMatchObject(counts);
  });

  test("the final one counts in any file", async () => {
    expect(await day({ "a.jsonl": [said(final)], "b.jsonl": [said(early)] })).toMatchObject(counts);
    expect(await day({ "a.jsonl": [said(early)], "b.jsonl": [said(final)] })).toMatchObject(counts);
  });

  test("the largest one counts until the stream has ended", async () => {
    const row = await day(
      session(said({ input: 5, output: 1 }), said({ input: 5, output: 70 }), said({ input: 5, output: 9 })),
    );
    expect(row.outputTokens).toBe(70);
  });
});

describe("a subagent's message on a progress line", () => {
  const own = (line: Line) => said({ ...line, id: "msg_a", request: "req_a", sidechain: true });
  const reported = (line: Line, type?: string) => progress({ ...line, id: "msg_a", request: "req_a" }, type);

  test.each(["agent_progress", "skill_progress"])(
    "counts where the agent's file is missing (%s)",
    async (type) => {
      const row = await day(session(said({ output: 50 }), reported({ read: 9_667, output: 3 }, type)));
      expect(row).toMatchObject({ outputTokens: 53, cacheReadTokens: 9_667 });
    },
  );

  test("counts once, as in the agent's file, if that exists", async () => {
    const agents = { "s/subagents/agent-adb3a8f.jsonl": [own({ read: 9_667, output: 77 })] };
    const row = await day({
      ...session(said({ output: 50 }), reported({ read: 9_667, output: 1 })),
      ...agents,
    });
    expect(row).toMatchObject({ outputTokens: 127, cacheReadTokens: 9_667 });
  });

  test("counts once if it is repeated", async () => {
    const again = reported({ output: 3 });
    expect((await day(session(again, reported({ output: 1 }), again))).outputTokens).toBe(3);
  });

  test("does not count if it is the user's, or empty", async () => {
    const answer = { type: "user", message: { role: "user", content: [], usage: { input_tokens: 9 } } };
    const other = (data: object) => ({ ...progress({}), data: { type: "agent_progress", ...data } });
    const row = await day(
      session(said({ output: 50 }), other({ message: answer }), other({}), other({ message: 7 })),
    );
    expect(row).toMatchObject({ inputTokens: 0, outputTokens: 50 });
  });
});

describe("a long request", () => {
  const iteration = (input: number) => ({ type: "message", ...usageOf({ input }) });
  const haiku = "claude-haiku-5-5";

  test("of Haiku 5.5 has more than 100,000 tokens, cached or not", async () => {
    const cost = async (line: Tokens) => (await day(session(said({ model: haiku, ...line })))).totalCost;
    expect(await cost({ input: 100_000 })).toBeCloseTo(0.01, 9);
    expect(await cost({ input: 100_001 })).toBeCloseTo(0.0500005, 9);
    expect(await cost({ input: 1, read: 90_000, write5m: 10_000 })).toBeCloseTo(
      5 * (0.0000001 + 0.0009 + 0.00125),
      9,
    );
  });

  test("is a single request of a message, not their sum", async () => {
    const line = (...inputs: number[]) =>
      said({
        model: haiku,
        input: inputs.reduce((sum, input) => sum + input),
        usage: { iterations: inputs.map(iteration) },
      });
    expect(await day(session(line(60_000, 70_000)))).toMatchObject({
      totalCost: expect.closeTo(0.013, 9),
      priced: "exact",
    });
    expect(await day(session(line(110_000, 120_000)))).toMatchObject({
      totalCost: expect.closeTo(0.115, 9),
      priced: "exact",
    });
    expect((await day(session(line(60_000, 120_000)))).priced).toBe("estimated");
  });

  test("is an estimate until a bill confirms its list price or the standard price", async () => {
    const model = "claude-sonnet-4-5-20250929";
    const long = { model, input: 300_000 };
    expect((await day(session(said(long)))).priced).toBe("estimated");
    for (const costUSD of [0.9, 1.8]) {
      const modelUsage = { [model]: { inputTokens: 300_000, costUSD } };
      const bill = { type: "cost-state", sessionId: "s", totalCostUSD: costUSD, modelUsage };
      const row = await day({
        ...session(said(long), bill),
        "t.jsonl": [{ ...said({ ...long, id: "msg_2" }), sessionId: "t" }],
      });
      expect(row).toMatchObject({ totalCost: expect.closeTo(2 * costUSD, 9), priced: "exact" });
    }
  });

  test("stays an estimate if the bill matches neither price, or has no long request", async () => {
    const model = "claude-sonnet-4-5-20250929";
    for (const [tokens, costUSD] of [
      [300_000, 1.3],
      [1_000, 0.003],
    ] as const) {
      const modelUsage = { [model]: { inputTokens: tokens, costUSD } };
      const row = await day({
        "s.jsonl": [
          said({ model, input: tokens }),
          { type: "cost-state", sessionId: "s", totalCostUSD: costUSD, modelUsage },
        ],
        "t.jsonl": [{ ...said({ model, input: 300_000, id: "msg_2" }), sessionId: "t" }],
      });
      expect(row.priced).toBe("estimated");
    }
  });
});

test("forked sessions add up to what the API billed, in reports of the built program", async () => {
  using box = sandbox();
  const from = join(import.meta.dir, "../fixtures/ledger/forked");
  const to = join(box.home, ".claude/projects/-home-dev-proj");
  // Excluding the killed fork, whose cost is in payloads only.
  for (const file of readdirSync(from))
    if (file.endsWith(".jsonl") && !file.startsWith("0849cf7f"))
      cpSync(join(from, file), join(to, file), { recursive: true });
  const sums: number[] = [];
  for (const report of ["session", "daily", "blocks"]) {
    const result = await run(["usage", report, "--json", "--timezone", "UTC"], { env: box.env });
    const rows: { totalCost?: number; costUSD?: number }[] = JSON.parse(result.stdout)[report];
    sums.push(rows.reduce((sum, row) => sum + (row.totalCost ?? row.costUSD ?? 0), 0));
  }
  for (const sum of sums) expect(sum).toBeCloseTo(0.0882812 + 2 * 0.01302, 6);
});

test("a line with an impossible time is skipped without a delay", async () => {
  using box = sandbox();
  const folder = join(box.home, ".claude/projects/-home-dev-proj");
  mkdirSync(folder, { recursive: true });
  const far = ["+275760-09-13T00:00:00.000Z", "-271821-04-20T00:00:00.000Z"].map((timestamp, index) => ({
    ...said({ id: `far${index}`, output: 7 }),
    timestamp,
  }));
  const lines = [said({ id: "a", output: 10 }), ...far];
  writeFileSync(join(folder, "s.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  for (const view of ["daily", "weekly", "monthly", "session", "blocks"]) {
    const result = await run(["usage", view, "--json"], { env: box.env });
    expect([view, result.stderr, result.code]).toEqual([view, "", 0]);
    expect(result.stdout).toContain('"outputTokens": 10');
    expect(result.stdout).not.toContain("far");
  }
});
