import { expect, test } from "bun:test";
import { draw, fromNow } from "../draw.ts";

test("the time of day, on a clock of 24 or 12 hours", () => {
  expect(draw("clock")).toBe("14:05");
  expect(draw("clock", { options: { hours: "12" } })).toBe("2:05pm");
  expect(draw("clock", { now: fromNow(-14 * 3_600_000), options: { hours: "12" } })).toBe("12:05am");
});
test("is absent without time zone data", () =>
  expect(draw("clock", { localTime: () => undefined })).toBeUndefined());
