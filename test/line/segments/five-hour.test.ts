import { expect, test } from "bun:test";
import type { Context } from "../../../src/line/context.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import type { LimitsFacts, LimitWindow } from "../../../src/state/parts.ts";
import { draw, drawShort, fromNow, payload, WIDE } from "../draw.ts";

const HOUR = 3_600_000;
const none = undefined as never;
const own = (usedPercent: number, resetsAt: number | undefined = fromNow(2 * HOUR)) => ({
  payload: payload({
    limits: { fiveHour: { usedPercent, ...(resetsAt === undefined ? {} : { resetsAt }) } },
  }),
  account: none,
});
/** The account's newest figure. */
function account(window: Partial<LimitWindow>, old = 0) {
  const base = sampleContext("busy", WIDE).account as NonNullable<Context["account"]>;
  const fiveHour = { usedPercent: 30, resetsAt: fromNow(2 * HOUR), seenAt: fromNow(0), ...window };
  const limits = {
    value: { fiveHour, series: [] },
    gatheredAt: fromNow(-old),
    triedAt: fromNow(-old),
    tookMs: 1,
  };
  return { ...base, parts: { limits } };
}

test("used, and the time to the reset", () => {
  expect(draw("five-hour", own(23.5))).toBe("5h 24% →2h00m");
  expect(draw("five-hour", { ...own(23.5), options: { time: "clock" } })).toBe("5h 24% →16:05");
  expect(draw("five-hour", { ...own(23.5), config: { icons: "ascii" } })).toBe("5h 24% reset 2h00m");
  expect(drawShort("five-hour", 8, own(23.5))).toBe("5h 24%");
});
test("hides a window that was reset", () => {
  expect(draw("five-hour", own(96, fromNow(-1)))).toBeUndefined();
  expect(draw("five-hour", { ...own(96, fromNow(-1)), account: account({ usedPercent: 3 }) })).toBe(
    "5h ~3% →2h00m",
  );
});
test("shows a window without a reset time", () =>
  expect(
    draw("five-hour", { payload: payload({ limits: { fiveHour: { usedPercent: 5 } } }), account: none }),
  ).toBe("5h 5%"));
test("marks levels", () => {
  expect(draw("five-hour", own(75))).toBe("5h 75%! →2h00m");
  expect(draw("five-hour", own(99.7))).toBe("5h 99%!! →2h00m");
  expect(draw("five-hour", own(1e6))).toBe("5h >999%!! →2h00m");
});

const SESSION = "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0";
/** This session's payload, the group of reports that it belongs to, and what it last reported itself. */
function among(
  used: number,
  group: Partial<LimitWindow>,
  source?: { fiveHour: number; at: number },
  more: Partial<LimitsFacts> = {},
) {
  const state = account(group);
  const sources = source && [{ sessionId: SESSION, fiveHour: source.fiveHour, at: source.at }];
  const value = { ...state.parts.limits.value, ...(sources && { sources }), ...more };
  const limits = { ...state.parts.limits, value };
  return {
    payload: payload({ sessionId: SESSION, limits: own(used).payload.limits }),
    account: { ...state, parts: { limits } },
  };
}
const drawn = (given: ReturnType<typeof among>) => draw("five-hour", given);

test("another session's higher figure of the same window, reported since, replaces the session's own", () => {
  expect(drawn(among(20, { usedPercent: 30 }, { fiveHour: 20, at: fromNow(-HOUR) }))).toBe("5h 30% →2h00m");
});
test("keeps the session's own figure if it is newer, changed, higher, or not recorded yet", () => {
  const earlier = { usedPercent: 30, seenAt: fromNow(-2 * HOUR) };
  expect(drawn(among(20, earlier, { fiveHour: 20, at: fromNow(-HOUR) }))).toBe("5h 20% →2h00m");
  expect(drawn(among(20, { usedPercent: 30 }, { fiveHour: 10, at: fromNow(-HOUR) }))).toBe("5h 20% →2h00m");
  expect(drawn(among(40, { usedPercent: 30 }, { fiveHour: 40, at: fromNow(-HOUR) }))).toBe("5h 40% →2h00m");
  expect(drawn(among(20, { usedPercent: 30 }))).toBe("5h 20% →2h00m");
});
test("a window with another end is another account's, whichever is later or fuller", () => {
  const source = { fiveHour: 90, at: fromNow(-HOUR) };
  for (const resetsAt of [fromNow(HOUR), fromNow(1.9 * HOUR), fromNow(2.1 * HOUR), fromNow(4 * HOUR)])
    for (const usedPercent of [2, 95]) {
      expect(drawn(among(90, { usedPercent, resetsAt }, source))).toBe("5h 90%!! →2h00m");
      expect(drawn(among(90, { usedPercent, resetsAt }))).toBe("5h 90%!! →2h00m");
    }
});
test("the windows that differ may be the seven-day ones", () => {
  const source = { fiveHour: 20, at: fromNow(-HOUR) };
  const given = among(20, { usedPercent: 30 }, source, {
    sevenDay: { usedPercent: 1, resetsAt: fromNow(90 * HOUR), seenAt: fromNow(0) },
  });
  const limits = { ...given.payload.limits, sevenDay: { usedPercent: 1, resetsAt: fromNow(50 * HOUR) } };
  expect(drawn({ ...given, payload: { ...given.payload, limits } })).toBe("5h 20% →2h00m");
});
test("of several accounts, each session sees its own", () => {
  const source = { sessionId: SESSION, fiveHour: 20, at: fromNow(-HOUR) };
  const mine = { usedPercent: 33, resetsAt: fromNow(2 * HOUR), seenAt: fromNow(0), runsOutAt: fromNow(HOUR) };
  const others = [{ fiveHour: mine, series: [], sources: [source] }];
  const theirs = { usedPercent: 95, resetsAt: fromNow(HOUR) };
  expect(drawn(among(20, theirs, undefined, { others }))).toBe("5h 33%! out 15:05 →2h00m");
});
test("before its first reply a session shows the figure of a single account as assumed, and none of several", () => {
  const silent = { payload: payload({ sessionId: SESSION, limits: none }) };
  const one = among(20, { usedPercent: 30 }).account;
  expect(draw("five-hour", { ...silent, account: one })).toBe("5h ~30% →2h00m");
  const other = { fiveHour: { usedPercent: 9, resetsAt: fromNow(HOUR), seenAt: 0 }, series: [] };
  const two = among(20, { usedPercent: 30 }, undefined, { others: [other] }).account;
  expect(draw("five-hour", { ...silent, account: two })).toBeUndefined();
});
test("shows neither reset nor pace nor exhaustion when the clock was set back", () => {
  const far = fromNow(25 * HOUR);
  const options = { pace: true };
  expect(draw("five-hour", { ...own(23.5, far), options })).toBe("5h 24% →?");
  expect(draw("five-hour", { ...own(23.5, far), options: { ...options, time: "clock" } })).toBe("5h 24% →?");
  expect(draw("five-hour", { ...own(23.5, fromNow(9e11)), options })).toBe("5h 24% →?");
  const state = account({ resetsAt: far, runsOutAt: fromNow(20 * HOUR) });
  expect(draw("five-hour", { payload: payload({ limits: none }), account: state, options })).toBe(
    "5h ~30% →?",
  );
  // Clocks differ by seconds: no window has more than its length left.
  expect(draw("five-hour", own(1, fromNow(5 * HOUR + 60_000)))).toBe("5h 1% →5h00m");
});
test("warns, with the time, when it will run out before the reset", () => {
  const given = { ...own(60), account: account({ usedPercent: 60, runsOutAt: fromNow(HOUR) }) };
  expect(draw("five-hour", given)).toBe("5h 60%! out 15:05 →2h00m");
  const late = { ...own(60), account: account({ usedPercent: 60, runsOutAt: fromNow(3 * HOUR) }) };
  expect(draw("five-hour", late)).toBe("5h 60% →2h00m");
});
test("the pace on request: used less elapsed, of the figure that is shown", () => {
  const options = { pace: true };
  // Two of five hours are left: 60 % of the window has passed.
  expect(draw("five-hour", { ...own(72.4), options })).toBe("5h 72% pace +12% →2h00m");
  expect(draw("five-hour", { ...own(52), options })).toBe("5h 52% pace -8% →2h00m");
  expect(draw("five-hour", { ...own(60.4), options })).toBe("5h 60% →2h00m");
});
test("never shows the account's limits to a session with an API key", () =>
  expect(draw("five-hour", { ...own(5, fromNow(-1)), account: account({}), apiKey: true })).toBeUndefined());
test("marks a stale figure from the state", () =>
  expect(draw("five-hour", { payload: payload({ limits: none }), account: account({}, HOUR / 2) })).toBe(
    "5h ~30% →2h00m (30m old)",
  ));
