import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

test("the client's version", () => expect(draw("version")).toBe("v2.1.330"));
test("is absent when unknown", () =>
  expect(draw("version", { payload: payload({ version: undefined as never }) })).toBeUndefined());
