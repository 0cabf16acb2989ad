import { expect, test } from "bun:test";
import { draw, drawShort } from "../draw.ts";
import { transcript } from "../transcript.ts";

test("the message and its age", () => {
  expect(draw("message")).toBe('"now make the retry test deterministic" 3m ago');
  expect(drawShort("message", 28)).toBe('"now make the retry…" 3m ago');
  expect(drawShort("message", 17)).toBe('"now mak…" 3m ago');
  expect(drawShort("message", 16)).toBe("3m ago");
  expect(draw("message", { options: { text: false } })).toBe("3m ago");
});
test("removes line ends and colours from a message", () =>
  expect(draw("message", transcript({ lastUserMessage: "one\n\n\ttwo \x1b[31mred" }))).toBe(
    '"one two red" 3m ago',
  ));
test("is absent when there is none", () =>
  expect(
    draw("message", transcript({ lastUserMessage: undefined, lastUserMessageAt: undefined })),
  ).toBeUndefined());
