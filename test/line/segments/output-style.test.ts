import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

test("named when it is not the default one", () => {
  expect(draw("output-style", { payload: payload({ outputStyle: "Explanatory" }) })).toBe("Explanatory");
  expect(draw("output-style", { payload: payload({ outputStyle: "default" }) })).toBeUndefined();
});
