import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

test("the session's name", () =>
  expect(draw("name", { payload: payload({ sessionName: "release" }) })).toBe("release"));
test("is absent for an invisible name", () =>
  expect(draw("name", { payload: payload({ sessionName: "\u200b\x1b[31m \u202e" }) })).toBeUndefined());
test("is absent when there is none", () => expect(draw("name")).toBeUndefined());
