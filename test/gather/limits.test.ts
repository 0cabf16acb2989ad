import { describe, expect, test } from "bun:test";
import { isNewReport, type Report, updateLimits } from "../../src/gather/limits.ts";
import type { LimitsFacts } from "../../src/state/parts.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = 1_800_000_000_000;
const RESET = NOW + 2 * HOUR;

const report = (sessionId: string, usedPercent: number, resetsAt = RESET): Report => ({
  sessionId,
  fiveHour: { usedPercent, resetsAt },
});

/** Apply reports one after the other, a minute apart. */
function after(...reports: Report[]): LimitsFacts {
  let facts: LimitsFacts | undefined;
  for (const [index, each] of reports.entries())
    facts = updateLimits(facts, each, { now: NOW + index * MINUTE });
  return facts as LimitsFacts;
}

describe("of the reports of several sessions", () => {
  test("the higher figure of one window is the newer one", () => {
    expect(after(report("a", 20), report("b", 30), report("c", 25)).fiveHour?.usedPercent).toBe(30);
  });

  test("a repeated report does not restore an old figure", () => {
    expect(after(report("a", 20), report("b", 30), report("a", 20)).fiveHour?.usedPercent).toBe(30);
  });

  test("a changed figure is accepted even when it is lower: limits get lowered", () => {
    const facts = after(report("a", 50), report("b", 60), report("a", 5));
    expect(facts.fiveHour?.usedPercent).toBe(5);
    // It may also belong to another account with the same end of the window.
    expect(facts.others?.[0]?.fiveHour?.usedPercent).toBe(60);
    expect(after(report("a", 50), report("a", 5)).others).toBeUndefined();
  });

  test("a window that overlaps another one belongs to another account, and both are kept", () => {
    const other = RESET - HOUR;
    const facts = after(report("a", 24), report("b", 93, other), report("a", 25), report("b", 94, other));
    expect(facts.fiveHour).toMatchObject({ usedPercent: 94, resetsAt: other });
    expect(facts.others).toHaveLength(1);
    expect(facts.others?.[0]?.fiveHour).toMatchObject({ usedPercent: 25, resetsAt: RESET });
    expect(facts.others?.[0]?.sources).toEqual([{ sessionId: "a", fiveHour: 25, at: NOW + 2 * MINUTE }]);
  });

  test("the seven-day window distinguishes accounts when the five-hour windows end together", () => {
    const both = (sessionId: string, used: number, sevenDay: number) => ({
      ...report(sessionId, used),
      sevenDay: { usedPercent: used, resetsAt: sevenDay },
    });
    const facts = after(both("a", 20, RESET + 40 * HOUR), both("b", 60, RESET + 90 * HOUR));
    expect(facts.fiveHour?.usedPercent).toBe(60);
    expect(facts.others?.[0]?.fiveHour?.usedPercent).toBe(20);
  });

  test("a window after the end of another belongs to the same account", () => {
    const first = updateLimits(undefined, report("a", 90), { now: RESET - MINUTE });
    const next = updateLimits(first, report("b", 1, RESET + 5 * HOUR), { now: RESET + MINUTE });
    expect(next.fiveHour).toMatchObject({ usedPercent: 1, resetsAt: RESET + 5 * HOUR });
    expect(next.others).toBeUndefined();
    expect(next.sources?.map(({ sessionId }) => sessionId)).toEqual(["b", "a"]);
  });

  test("a session that moves to another window takes its own reports along", () => {
    const facts = after(report("a", 24), report("a", 93, RESET - HOUR));
    expect(facts.fiveHour).toMatchObject({ usedPercent: 93, resetsAt: RESET - HOUR });
    expect(facts.others).toBeUndefined();
  });

  test("each account has its own series and prediction", () => {
    let facts: LimitsFacts | undefined;
    for (let minute = 0; minute <= 30; minute += 5) {
      const now = NOW + minute * MINUTE;
      facts = updateLimits(facts, report("a", 40 + minute), { now });
      facts = updateLimits(facts, report("b", 10, RESET - HOUR), { now });
    }
    const groups = [facts, ...(facts?.others ?? [])];
    const of = (resetsAt: number) => groups.find((group) => group?.fiveHour?.resetsAt === resetsAt);
    expect(of(RESET)?.fiveHour?.runsOutAt).toBe(NOW + 60 * MINUTE);
    expect(of(RESET - HOUR)?.fiveHour?.runsOutAt).toBeUndefined();
    expect(new Set(of(RESET)?.series.map(({ fiveHourResetsAt }) => fiveHourResetsAt))).toEqual(
      new Set([RESET]),
    );
  });

  test("there are at most four accounts, and one is dropped when its windows have ended", () => {
    let facts: LimitsFacts | undefined;
    for (let index = 0; index < 9; index++)
      facts = updateLimits(facts, report(`s${index}`, index, NOW + HOUR + index * 20 * MINUTE), {
        now: NOW + index,
      });
    expect(facts?.others).toHaveLength(3);
    const later = updateLimits(facts, report("s8", 9, NOW + HOUR + 160 * MINUTE), {
      now: NOW + 3 * HOUR + MINUTE,
    });
    expect(later.others?.map(({ fiveHour }) => fiveHour?.resetsAt)).toEqual([NOW + 3 * HOUR + 20 * MINUTE]);
  });

  test("one that ends in the past, or later than a window can, is ignored", () => {
    expect(after(report("a", 20), report("b", 99, NOW - 1)).fiveHour?.usedPercent).toBe(20);
    expect(after(report("a", 20), report("b", 99, NOW + 30 * HOUR)).fiveHour?.usedPercent).toBe(20);
  });

  test("figures of different accounts never mix", () => {
    const first = updateLimits(undefined, report("a", 80), { accountId: "one", now: NOW });
    const second = updateLimits(first, { sessionId: "b" }, { accountId: "two", now: NOW });
    expect(second.fiveHour).toBeUndefined();
    expect(second.series).toEqual([]);
    // An unknown account is taken for the last known one.
    expect(updateLimits(first, { sessionId: "b" }, { now: NOW }).fiveHour?.usedPercent).toBe(80);
  });
});

test("a window that was reset reads 0 until a session reports again", () => {
  const before = after(report("a", 90));
  const reset = updateLimits(before, report("a", 90), { now: RESET });
  expect(reset.fiveHour).toEqual({ usedPercent: 0, resetsAt: RESET, seenAt: NOW });
  const next = updateLimits(reset, report("a", 3, RESET + 4 * HOUR), { now: RESET + MINUTE });
  expect(next.fiveHour?.usedPercent).toBe(3);
});

describe("the pace", () => {
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
  expect(facts?.sources).toHaveLength(32);
  const back = updateLimits(facts, report("x", 1, NOW + HOUR), { now: NOW });
  expect(back.series.at(-1)?.at).toBe(NOW);
});

test("a report is news only when it differs from the last one", () => {
  const facts = after(report("a", 20));
  expect(isNewReport(facts, report("a", 20))).toBe(false);
  expect(isNewReport(facts, report("a", 21))).toBe(true);
  expect(isNewReport(facts, report("b", 20))).toBe(true);
  expect(isNewReport(facts, { sessionId: "b" })).toBe(false);
  expect(isNewReport(undefined, report("a", 20))).toBe(true);
});
