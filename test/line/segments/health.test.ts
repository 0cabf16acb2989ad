import { expect, test } from "bun:test";
import { draw, drawShort } from "../draw.ts";

test("all is well, nothing", () => expect(draw("health")).toBeUndefined());
test("the configuration's error, and what cannot be gathered", () => {
  expect(draw("health", { sample: "failing" })).toBe(
    "config: rows[0].left[2]: there is no segment 'gti'; git failing!",
  );
  expect(drawShort("health", 22, { sample: "failing" })).toBe("config, git failing!");
});
test("why there is no payload", () =>
  expect(draw("health", { payloadError: "stdin is empty" })).toBe("stdin is empty!"));
test("what is only too early, such as a transcript before the first prompt, is nothing wrong", () => {
  const transcript = {
    value: null,
    gatheredAt: 0,
    triedAt: 1,
    tookMs: 1,
    error: "there is no transcript yet",
  };
  const session = { version: 1, sessionId: "s", parts: { transcript } } as never;
  expect(draw("health", { session })).toBeUndefined();
});
