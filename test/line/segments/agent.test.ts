import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

test("the agent's name", () =>
  expect(draw("agent", { payload: payload({ agent: "reviewer" }) })).toBe("reviewer"));
test("is absent when there is none", () => expect(draw("agent")).toBeUndefined());
