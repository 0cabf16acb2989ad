import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

test("shown when it is not the default", () => {
  expect(draw("output-style", { payload: payload({ outputStyle: "Explanatory" }) })).toBe("Explanatory");
  expect(draw("output-style", { payload: payload({ outputStyle: "default" }) })).toBeUndefined();
});
