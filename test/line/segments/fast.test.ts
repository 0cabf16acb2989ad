import { expect, test } from "bun:test";
import { draw, drawShort, payload } from "../draw.ts";

const given = (fastMode: boolean | undefined) => ({ payload: payload({ fastMode } as never) });

test("shown when it is on", () => {
  expect(draw("fast", given(true))).toBe("» fast");
  expect(drawShort("fast", 2, given(true))).toBe("»");
  expect(draw("fast", { ...given(true), config: { icons: "ascii" } })).toBe("fast");
});
test("is absent when off or unknown", () => {
  expect(draw("fast", given(false))).toBeUndefined();
  expect(draw("fast", given(undefined))).toBeUndefined();
});
