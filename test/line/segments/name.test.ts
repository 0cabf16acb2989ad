import { expect, test } from "bun:test";
import { draw, drawShort, payload } from "../draw.ts";

test("the session's name", () =>
  expect(draw("name", { payload: payload({ sessionName: "release" }) })).toBe("release"));
test("keeps its start", () =>
  expect(drawShort("name", 12, { payload: payload({ sessionName: "flaky retries" }) })).toBe("flaky retri…"));
test("is absent for an invisible name", () =>
  expect(draw("name", { payload: payload({ sessionName: "\u200b\x1b[31m \u202e" }) })).toBeUndefined());
test("is absent when there is none", () => expect(draw("name")).toBeUndefined());
