import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

test("shown when remote", () =>
  expect(draw("remote", { payload: payload({ remote: true }) })).toBe("remote"));
test("is absent on this machine", () => expect(draw("remote")).toBeUndefined());
