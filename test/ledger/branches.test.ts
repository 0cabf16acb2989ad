/** Clients that have one session open at the same time: each continues from the bill that it found in the transcript. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { TokenCounts } from "../../src/claude/token-counts.ts";
import { openLedger } from "../../src/ledger/index.ts";
import { loadReport } from "../../src/ledger/report-data.ts";
import { UTC } from "../../src/ledger/zones.ts";
import { byDay, totalOf } from "../../src/usage/aggregate.ts";
import { sandbox } from "../helpers/binary.ts";
import { append, happened, said } from "./lines.ts";

const MODEL = "claude-opus-4-5";
const STARTED = Date.UTC(2026, 10, 20, 9, 59);

type Counts = Partial<TokenCounts>;

const usdOf = ({ input = 0, output = 0, cacheRead = 0 }: Counts) =>
  (input * 5 + output * 25 + cacheRead * 0.5) / 1e6;

const sum = (...all: Counts[]): Required<Pick<TokenCounts, "input" | "output" | "cacheRead">> => {
  const total = (kind: "input" | "output" | "cacheRead") => all.reduce((n, each) => n + (each[kind] ?? 0), 0);
  return { input: total("input"), output: total("output"), cacheRead: total("cacheRead") };
};

/** A `cost-state` line of a client that used so much. */
function bill(...used: Counts[]): string {
  const { input, output, cacheRead } = sum(...used);
  const costUSD = usdOf({ input, output, cacheRead });
  return JSON.stringify({
    type: "cost-state",
    sessionId: "s",
    totalCostUSD: costUSD,
    startTime: STARTED,
    modelUsage: {
      [MODEL]: { inputTokens: input, outputTokens: output, cacheReadInputTokens: cacheRead, costUSD },
    },
  });
}

const message = (id: string, at: string, { input = 0, output = 0, cacheRead = 0 }: Counts) =>
  said({ id, at, model: MODEL, input, output, read: cacheRead });

/** Expect what was used in all of the session's figures. */
async function expectUsed(
  lines: readonly string[],
  used: readonly Counts[],
  unattributed: readonly Counts[],
  payloads: readonly [clock: string, run: string, used: readonly Counts[]][] = [],
): Promise<void> {
  using box = sandbox();
  append(box.home, "s", ...lines);
  using ledger = openLedger(box.path("ledger.db"));
  for (const [clock, run, spent] of payloads)
    ledger.recordBill("s", { totalUsd: usdOf(sum(...spent)), run }, Date.parse(`2026-11-20T${clock}.000Z`));
  await ledger.index([join(box.home, ".claude")]);
  const { input, output, cacheRead } = sum(...used);
  const usd = usdOf(sum(...used));
  expect(ledger.sessionUsage("s")).toMatchObject({
    costUsd: expect.closeTo(usd, 9),
    unattributedUsd: expect.closeTo(usdOf(sum(...unattributed)), 9),
    priced: "exact",
    input,
    output,
    cacheRead,
  });
  const days = totalOf(byDay(loadReport(ledger, { zone: UTC }, "day")));
  expect(days.costUsd).toBeCloseTo(usd, 9);
  expect(days.tokens).toBe(input + output + cacheRead);
}

const FIRST = { input: 100, output: 500, cacheRead: 20_000 };
const COMPACTION = { input: 15, output: 217, cacheRead: 48_199 };
const REPLY = { input: 7, output: 3_000, cacheRead: 900_000 };
const begun = [message("first", "10:00:00", FIRST), bill(FIRST)];

describe("two clients with one session", () => {
  test("one compacts while the other waits for a reply", () =>
    expectUsed(
      [
        ...begun,
        happened("10:01:00"),
        bill(FIRST, COMPACTION),
        message("reply", "10:02:00", REPLY),
        bill(FIRST, REPLY),
      ],
      [FIRST, COMPACTION, REPLY],
      [COMPACTION],
    ));

  test("the one that compacts ends last, and is resumed", () => {
    const next = { input: 3, output: 9 };
    return expectUsed(
      [
        ...begun,
        message("reply", "10:01:00", REPLY),
        bill(FIRST, REPLY),
        happened("10:02:00"),
        bill(FIRST, COMPACTION),
        message("next", "10:03:00", next),
        bill(FIRST, COMPACTION, next),
      ],
      [FIRST, COMPACTION, REPLY, next],
      [COMPACTION],
    );
  });

  test("continue from the newest bill that they contain", () => {
    const more = { input: 900, output: 10 };
    return expectUsed(
      [
        ...begun,
        message("more", "10:01:00", more),
        bill(FIRST, more),
        happened("10:02:00"),
        bill(FIRST, more, COMPACTION),
        message("reply", "10:03:00", REPLY),
        bill(FIRST, more, REPLY),
      ],
      [FIRST, more, COMPACTION, REPLY],
      [COMPACTION],
    );
  });

  test("that show payloads are not counted twice", () =>
    expectUsed(
      [
        ...begun,
        happened("10:01:00"),
        bill(FIRST, COMPACTION),
        message("reply", "10:02:00", REPLY),
        bill(FIRST, REPLY),
      ],
      [FIRST, COMPACTION, REPLY],
      [COMPACTION],
      [
        ["10:00:20", "a", [FIRST]],
        ["10:00:30", "b", [FIRST]],
        ["10:01:01", "b", [FIRST, COMPACTION]],
        ["10:02:01", "a", [FIRST, REPLY]],
      ],
    ));

  test("the other one sent the last bill", () =>
    expectUsed(
      [
        ...begun,
        happened("10:01:00"),
        bill(FIRST, COMPACTION),
        message("reply", "10:02:00", REPLY),
        bill(FIRST, REPLY),
      ],
      [FIRST, COMPACTION, REPLY],
      [COMPACTION],
      [
        ["10:00:20", "a", [FIRST]],
        ["10:00:30", "b", [FIRST]],
        ["10:01:01", "b", [FIRST, COMPACTION]],
      ],
    ));

  test("the surviving one sent the last bill when the other ended", () =>
    expectUsed(
      [
        ...begun,
        message("reply", "10:01:00", REPLY),
        bill(FIRST, REPLY),
        happened("10:02:00"),
        bill(FIRST, COMPACTION),
      ],
      [FIRST, COMPACTION, REPLY],
      [COMPACTION],
      [
        ["10:00:20", "a", [FIRST]],
        ["10:00:30", "b", [FIRST]],
        ["10:01:01", "a", [FIRST, REPLY]],
        ["10:01:02", "b", [FIRST, COMPACTION]],
      ],
    ));

  test("the one that ended sent no bill at its end", () =>
    expectUsed(
      [
        ...begun,
        message("reply", "10:01:00", REPLY),
        bill(FIRST, REPLY),
        happened("10:02:00"),
        bill(FIRST, COMPACTION),
      ],
      [FIRST, COMPACTION, REPLY],
      [COMPACTION],
      [
        ["10:00:20", "a", [FIRST]],
        ["10:00:30", "b", [FIRST]],
        ["10:01:02", "b", [FIRST, COMPACTION]],
        ["10:02:01", "b", [FIRST, COMPACTION]],
      ],
    ));

  test("that end together", () =>
    expectUsed(
      [...begun, message("reply", "10:01:00", REPLY), bill(FIRST, COMPACTION), bill(FIRST, REPLY)],
      [FIRST, COMPACTION, REPLY],
      [COMPACTION],
    ));
});

test("a client that is resumed one after another is one series of bills", () => {
  const next = { input: 3, output: 9 };
  return expectUsed(
    [
      ...begun,
      happened("10:01:00"),
      bill(FIRST, COMPACTION),
      message("reply", "10:02:00", REPLY),
      bill(FIRST, COMPACTION, REPLY),
      message("next", "10:03:00", next),
      bill(FIRST, COMPACTION, REPLY, next),
    ],
    [FIRST, COMPACTION, REPLY, next],
    [COMPACTION],
  );
});

test("a bill that grew by less than its messages is an estimate when an earlier one had more than messages", async () => {
  const large = { input: 100, output: 3_000, cacheRead: 900_000 };
  const priced = async (...lines: string[]) => {
    using box = sandbox();
    append(box.home, "s", ...begun, ...lines);
    using ledger = openLedger(box.path("ledger.db"));
    await ledger.index([join(box.home, ".claude")]);
    const { priced: session } = ledger.sessionUsage("s");
    expect(totalOf(byDay(loadReport(ledger, { zone: UTC }, "day"))).priced).toBe(session);
    return session;
  };
  const compacted = [happened("10:01:00"), bill(FIRST, COMPACTION), message("reply", "10:02:00", large)];
  // Another client, whose reply has more tokens of every kind than the compaction.
  expect(await priced(...compacted, bill(FIRST, large))).toBe("estimated");
  // The same client.
  expect(await priced(...compacted, bill(FIRST, COMPACTION, large))).toBe("exact");
  expect(await priced(...compacted, bill(FIRST, COMPACTION, large, COMPACTION))).toBe("exact");
});
