import { expect, test } from "bun:test";
import { draw } from "../draw.ts";

test("what stands after the colon", () => expect(draw("text:prod ☂")).toBe("prod ☂"));
test("nothing there, nothing", () => expect(draw("text: ")).toBeUndefined());
test("escape sequences do not come through", () =>
  expect(draw("text:\x1b[5mblink\x1b]0;t\x07")).toBe("blink"));
