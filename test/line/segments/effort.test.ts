import { expect, test } from "bun:test";
import { draw, drawShort, payload } from "../draw.ts";

test("the level", () => {
  expect(draw("effort", { payload: payload({ effort: "medium" }) })).toBe("medium");
  expect(drawShort("effort", 4, { payload: payload({ effort: "medium" }) })).toBe("med");
  expect(draw("effort", { payload: payload({ effort: "ludicrous" }) })).toBe("ludicrous");
});
test("is absent when there is none", () =>
  expect(draw("effort", { payload: payload({ effort: undefined as never }) })).toBeUndefined());
