import { expect, test } from "bun:test";
import { draw } from "../draw.ts";

test("USD an hour, and tokens a minute on request", () => {
  expect(draw("burn")).toBe("$1.36/h");
  expect(draw("burn", { options: { tokens: true } })).toBe("$1.36/h 54k/min");
});
test("no block, nothing", () => expect(draw("burn", { account: undefined as never })).toBeUndefined());
