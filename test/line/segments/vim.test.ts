import { expect, test } from "bun:test";
import { draw, drawShort, payload } from "../draw.ts";

test("the mode", () => {
  expect(draw("vim", { payload: payload({ vimMode: "normal" }) })).toBe("NORMAL");
  expect(drawShort("vim", 2, { payload: payload({ vimMode: "INSERT" }) })).toBe("I");
});
test("is absent when off", () => expect(draw("vim")).toBeUndefined());
