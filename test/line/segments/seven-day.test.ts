import { expect, test } from "bun:test";
import { draw, fromNow, payload } from "../draw.ts";

const given = (usedPercent: number, ms: number) => ({
  payload: payload({ limits: { sevenDay: { usedPercent, resetsAt: fromNow(ms) } } }),
  account: undefined as never,
});

test("used, and the time to the reset in days", () => {
  expect(draw("seven-day", given(41.2, 79 * 3_600_000))).toBe("7d 41% →3d7h");
  expect(draw("seven-day", given(0.2, 9 * 60_000))).toBe("7d <1% →9m");
});
test("shows a distant reset as time left", () =>
  expect(draw("seven-day", { ...given(41.2, 79 * 3_600_000), options: { time: "clock" } })).toBe(
    "7d 41% →3d7h",
  ));
test("is absent after the reset, or when unknown", () => {
  expect(draw("seven-day", given(41.2, -1))).toBeUndefined();
  expect(
    draw("seven-day", { payload: payload({ limits: undefined as never }), account: undefined as never }),
  ).toBeUndefined();
});
