import { expect, test } from "bun:test";
import { draw, drawShort } from "../draw.ts";
import { transcript } from "../transcript.ts";

test("all input, output, and what the cache served", () => {
  expect(draw("tokens")).toBe("in 3.1M out 38k cached 2.9M");
  expect(drawShort("tokens", 20)).toBe("in 3.1M out 38k");
});
test("no reply yet, nothing", () => {
  expect(draw("tokens", transcript({ tokens: undefined }))).toBeUndefined();
  const none = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  expect(draw("tokens", transcript({ tokens: none }))).toBeUndefined();
});
