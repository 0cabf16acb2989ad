import { expect, test } from "bun:test";
import { draw } from "../draw.ts";

test("shows the text after the colon", () => expect(draw("text:prod ☂")).toBe("prod ☂"));
test("is absent without text", () => expect(draw("text: ")).toBeUndefined());
test("removes escape sequences", () => expect(draw("text:\x1b[5mblink\x1b]0;t\x07")).toBe("blink"));
