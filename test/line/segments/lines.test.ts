import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

const given = (linesAdded?: number, linesRemoved?: number) => ({
  payload: payload({ cost: { linesAdded, linesRemoved } as never }),
});

test("added and removed", () => {
  expect(draw("lines", given(214, 57))).toBe("+214 -57");
  expect(draw("lines", given(5, 0))).toBe("+5 -0");
  expect(draw("lines", given(1_234_567, 3))).toBe("+1.2M -3");
});
test("is absent when no line changed", () => {
  expect(draw("lines", given(0, 0))).toBeUndefined();
  expect(draw("lines", given())).toBeUndefined();
});
