import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

test("the session's name", () =>
  expect(draw("name", { payload: payload({ sessionName: "release" }) })).toBe("release"));
test("a name of nothing visible is none", () =>
  expect(draw("name", { payload: payload({ sessionName: "\u200b\x1b[31m \u202e" }) })).toBeUndefined());
test("none, nothing", () => expect(draw("name")).toBeUndefined());
