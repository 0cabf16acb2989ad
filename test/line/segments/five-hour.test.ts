import { expect, test } from "bun:test";
import type { Context } from "../../../src/line/context.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import type { LimitWindow } from "../../../src/state/schema.ts";
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
  expect(draw("five-hour", own(23.5))).toBe("5h 24% ↻2h00m");
  expect(draw("five-hour", { ...own(23.5), options: { time: "clock" } })).toBe("5h 24% ↻16:05");
  expect(draw("five-hour", { ...own(23.5), settings: { icons: "ascii" } })).toBe("5h 24% reset 2h00m");
  expect(drawShort("five-hour", 8, own(23.5))).toBe("5h 24%");
});
test("a window whose reset has passed is not shown with its old figure", () => {
  expect(draw("five-hour", own(96, fromNow(-1)))).toBeUndefined();
  expect(draw("five-hour", { ...own(96, fromNow(-1)), account: account({ usedPercent: 3 }) })).toBe(
    "5h 3% ↻2h00m",
  );
});
test("a window without a reset time is shown without one", () =>
  expect(
    draw("five-hour", { payload: payload({ limits: { fiveHour: { usedPercent: 5 } } }), account: none }),
  ).toBe("5h 5%"));
test("levels are marked", () => {
  expect(draw("five-hour", own(75))).toBe("5h 75%! ↻2h00m");
  expect(draw("five-hour", own(99.7))).toBe("5h 99%!! ↻2h00m");
  expect(draw("five-hour", own(1e6))).toBe("5h >999%!! ↻2h00m");
});
test("of two figures of one window, the larger is the newer", () => {
  expect(draw("five-hour", { ...own(20), account: account({ usedPercent: 30 }) })).toBe("5h 30% ↻2h00m");
  expect(draw("five-hour", { ...own(40), account: account({ usedPercent: 30 }) })).toBe("5h 40% ↻2h00m");
});
test("of two windows, the later one runs", () => {
  const later = account({ usedPercent: 2, resetsAt: fromNow(4 * HOUR) });
  expect(draw("five-hour", { ...own(90), account: later })).toBe("5h 2% ↻4h00m");
});
test("when it will run out before the reset, it says when, and warns", () => {
  const given = { ...own(60), account: account({ usedPercent: 60, runsOutAt: fromNow(HOUR) }) };
  expect(draw("five-hour", given)).toBe("5h 60%! out 15:05 ↻2h00m");
  const late = { ...own(60), account: account({ usedPercent: 60, runsOutAt: fromNow(3 * HOUR) }) };
  expect(draw("five-hour", late)).toBe("5h 60% ↻2h00m");
});
test("the pace on request", () => {
  const given = (pacePercent: number) => ({
    ...own(30),
    account: account({ pacePercent }),
    options: { pace: true },
  });
  expect(draw("five-hour", given(12.4))).toBe("5h 30% pace +12% ↻2h00m");
  expect(draw("five-hour", given(-8))).toBe("5h 30% pace -8% ↻2h00m");
});
test("an API key's session never shows the account's limits", () =>
  expect(draw("five-hour", { ...own(5, fromNow(-1)), account: account({}), apiKey: true })).toBeUndefined());
test("a figure that only the state has is marked when it is old", () =>
  expect(draw("five-hour", { payload: payload({ limits: none }), account: account({}, HOUR / 2) })).toBe(
    "5h 30% ↻2h00m (30m old)",
  ));
