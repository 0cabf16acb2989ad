import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

test("shows their number", () => {
  expect(draw("added-dirs", { payload: payload({ addedDirs: 1 }) })).toBe("+1 dir");
  expect(draw("added-dirs", { payload: payload({ addedDirs: 3 }) })).toBe("+3 dirs");
});
test("is absent when there is none", () => expect(draw("added-dirs")).toBeUndefined());
