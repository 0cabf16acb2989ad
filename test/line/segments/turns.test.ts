import { expect, test } from "bun:test";
import type { Context } from "../../../src/line/context.ts";
import { draw, drawShort } from "../draw.ts";
import { transcript } from "../transcript.ts";

test("prompts of a person", () => {
  expect(draw("turns")).toBe("12 turns");
  expect(draw("turns", transcript({ turns: 1 }))).toBe("1 turn");
  expect(drawShort("turns", 4)).toBe("12t");
});
test("is absent when there is none, or before it was read", () => {
  expect(draw("turns", transcript({ turns: 0 }))).toBeUndefined();
  expect(draw("turns", { session: undefined as unknown as NonNullable<Context["session"]> })).toBeUndefined();
});
