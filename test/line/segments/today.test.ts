import { expect, test } from "bun:test";
import type { Context } from "../../../src/line/context.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import type { AccountUsage } from "../../../src/state/parts.ts";
import { draw, fromNow, WIDE } from "../draw.ts";

const base = sampleContext("busy", WIDE).account as NonNullable<Context["account"]>;
const value = base.parts.usage?.value as AccountUsage;
function usage(over: Partial<AccountUsage>, old = 0) {
  const part = { value: { ...value, ...over }, gatheredAt: fromNow(-old), triedAt: fromNow(-old), tookMs: 1 };
  return { account: { ...base, parts: { usage: part } } };
}

test("the sum of the local day", () => expect(draw("today")).toBe("today $12.34"));
test("is absent when the sum is yesterday's", () =>
  expect(draw("today", usage({ day: "2026-11-20" }))).toBeUndefined());
test("marks estimated, unpriced and incomplete sums", () => {
  const spend = (over: object) => usage({ today: { ...value.today, ...over } });
  expect(draw("today", spend({ priced: "estimated" }))).toBe("today ~$12.34");
  expect(draw("today", spend({ priced: "unpriced" }))).toBe("today >$12.34");
  expect(draw("today", spend({ priced: "unpriced", costUsd: 0 }))).toBe("today $?");
  expect(draw("today", usage({ partial: true }))).toBe("today >$12.34");
});
test("marks a stale sum with its age", () =>
  expect(draw("today", usage({}, 5 * 60_000))).toBe("today $12.34 (5m old)"));
test("is absent when nothing was spent or known", () => {
  const none = {
    ...value.today,
    costUsd: 0,
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
  };
  expect(draw("today", usage({ today: none }))).toBeUndefined();
  expect(draw("today", { account: undefined as never })).toBeUndefined();
});
