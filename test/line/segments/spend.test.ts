import { expect, test } from "bun:test";
import { draw, drawShort, fromNow, payload } from "../draw.ts";

const given = (over: object) => ({ payload: payload({ limits: { spend: { usedPercent: 80, ...over } } }) });

test("used, the sums, and the time to the reset", () => {
  expect(draw("spend", given({}))).toBe("spend 80%!");
  const whole = given({ usedUsd: 40, limitUsd: 50, resetsAt: fromNow(86_400_000) });
  expect(draw("spend", whole)).toBe("spend 80%! $40.00/$50.00 →1d");
  expect(drawShort("spend", 12, whole)).toBe("spend 80%!");
});
test("is absent after the period", () =>
  expect(draw("spend", given({ resetsAt: fromNow(-1) }))).toBeUndefined());
test("is absent without a limit", () => expect(draw("spend")).toBeUndefined());
test("shows no reset when the clock was set back", () =>
  expect(draw("spend", given({ resetsAt: fromNow(9e11) }))).toEndWith("→?"));
