import { describe, expect, test } from "bun:test";
import { isNews, type Report, updateLimits } from "../../src/gather/limits.ts";
import type { LimitsFacts } from "../../src/state/schema.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = 1_800_000_000_000;
const RESET = NOW + 2 * HOUR;

const report = (sessionId: string, usedPercent: number, resetsAt = RESET): Report => ({
  sessionId,
  fiveHour: { usedPercent, resetsAt },
});

/** Take reports one after the other, a minute apart. */
function after(...reports: Report[]): LimitsFacts {
  let facts: LimitsFacts | undefined;
  for (const [index, each] of reports.entries())
    facts = updateLimits(facts, each, { now: NOW + index * MINUTE });
  return facts as LimitsFacts;
}

describe("of what several sessions report", () => {
  test("the higher figure of one window is the newer one, whoever said it", () => {
    expect(after(report("a", 20), report("b", 30), report("c", 25)).fiveHour?.usedPercent).toBe(30);
  });

  test("a session that repeats itself does not bring back an old figure", () => {
    expect(after(report("a", 20), report("b", 30), report("a", 20)).fiveHour?.usedPercent).toBe(30);
  });

  test("a session whose own figure has changed is believed, even when it is lower: limits get lowered", () => {
    expect(after(report("a", 50), report("b", 60), report("a", 5)).fiveHour?.usedPercent).toBe(5);
  });

  test("a later window goes before an earlier one, whatever their figures", () => {
    const next = RESET + 5 * HOUR - 1;
    const now = RESET - MINUTE;
    let facts = updateLimits(undefined, report("a", 90), { now });
    facts = updateLimits(facts, report("b", 1, next - HOUR), { now });
    expect(facts.fiveHour).toMatchObject({ usedPercent: 1, resetsAt: next - HOUR });
    facts = updateLimits(facts, report("c", 95), { now });
    expect(facts.fiveHour?.usedPercent).toBe(1);
  });

  test("one that ends in the past, or later than a window can, is not believed", () => {
    expect(after(report("a", 20), report("b", 99, NOW - 1)).fiveHour?.usedPercent).toBe(20);
    expect(after(report("a", 20), report("b", 99, NOW + 30 * HOUR)).fiveHour?.usedPercent).toBe(20);
  });

  test("figures of different accounts never mix", () => {
    const first = updateLimits(undefined, report("a", 80), { accountId: "one", now: NOW });
    const second = updateLimits(first, { sessionId: "b" }, { accountId: "two", now: NOW });
    expect(second.fiveHour).toBeUndefined();
    expect(second.series).toEqual([]);
    // An account that cannot be told at the moment is the one that was known.
    expect(updateLimits(first, { sessionId: "b" }, { now: NOW }).fiveHour?.usedPercent).toBe(80);
  });
});

test("a window that was reset reads 0 until a session says otherwise", () => {
  const before = after(report("a", 90));
  const reset = updateLimits(before, report("a", 90), { now: RESET });
  expect(reset.fiveHour).toEqual({ usedPercent: 0, resetsAt: RESET, seenAt: NOW });
  const next = updateLimits(reset, report("a", 3, RESET + 4 * HOUR), { now: RESET + MINUTE });
  expect(next.fiveHour?.usedPercent).toBe(3);
});

describe("the pace", () => {
  test("is the used share less the elapsed share of the window", () => {
    // Two of five hours are left: 60 % of the window has passed.
    expect(after(report("a", 75)).fiveHour?.pacePercent).toBeCloseTo(15, 5);
  });

  test("predicts when the limit runs out, from the recent past", () => {
    let facts: LimitsFacts | undefined;
    for (let minute = 0; minute <= 30; minute += 5)
      facts = updateLimits(facts, report("a", 40 + minute), { now: NOW + minute * MINUTE });
    // One percent a minute; 30 are left after half an hour.
    expect(facts?.fiveHour?.runsOutAt).toBe(NOW + 60 * MINUTE);
  });

  test("predicts nothing when the window is reset before", () => {
    let facts: LimitsFacts | undefined;
    for (let minute = 0; minute <= 30; minute += 5)
      facts = updateLimits(facts, report("a", 10 + minute / 10), { now: NOW + minute * MINUTE });
    expect(facts?.fiveHour?.runsOutAt).toBeUndefined();
  });

  test("is of one window only: points before a reset do not count", () => {
    let facts = after(report("a", 99));
    facts = updateLimits(facts, report("a", 1, RESET + 5 * HOUR), { now: RESET + 20 * MINUTE });
    expect(facts.fiveHour?.runsOutAt).toBeUndefined();
  });
});

test("the series stays bounded, and a clock that was set back does not end it", () => {
  let facts: LimitsFacts | undefined;
  for (let index = 0; index < 500; index++) {
    const now = NOW + index * 5 * MINUTE;
    facts = updateLimits(facts, report(`session ${index}`, index % 100, now + HOUR), { now });
  }
  expect(facts?.series).toHaveLength(60);
  expect(facts?.sources).toHaveLength(16);
  const back = updateLimits(facts, report("x", 1, NOW + HOUR), { now: NOW });
  expect(back.series.at(-1)?.at).toBe(NOW);
});

test("only what a session has not said before is news", () => {
  const facts = after(report("a", 20));
  expect(isNews(facts, report("a", 20))).toBe(false);
  expect(isNews(facts, report("a", 21))).toBe(true);
  expect(isNews(facts, report("b", 20))).toBe(true);
  expect(isNews(facts, { sessionId: "b" })).toBe(false);
  expect(isNews(undefined, report("a", 20))).toBe(true);
});
