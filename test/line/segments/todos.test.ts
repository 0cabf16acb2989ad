import { expect, test } from "bun:test";
import { draw, drawShort } from "../draw.ts";
import { transcript } from "../transcript.ts";

test("done of all, and the item in progress", () => {
  expect(draw("todos")).toBe("todo 3/7 Write the retry test");
  expect(drawShort("todos", 19)).toBe("todo 3/7 Write the…");
  expect(drawShort("todos", 17)).toBe("todo 3/7 Write t…");
  expect(drawShort("todos", 16)).toBe("todo 3/7");
  expect(draw("todos", transcript({ todos: { done: 2, total: 2 } }))).toBe("todo 2/2");
});
test("is absent without a list or with an empty one", () => {
  expect(draw("todos", transcript({ todos: undefined }))).toBeUndefined();
  expect(draw("todos", transcript({ todos: { done: 0, total: 0 } }))).toBeUndefined();
});
