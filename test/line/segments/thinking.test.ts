import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

const given = (thinking: boolean | undefined, options = {}) => ({
  payload: payload({ thinking } as never),
  options,
});

test("shown when off; when on, only if configured", () => {
  expect(draw("thinking", given(false))).toBe("no thinking");
  expect(draw("thinking", given(true))).toBeUndefined();
  expect(draw("thinking", given(true, { on: true }))).toBe("thinking");
});
test("is absent when unknown", () => expect(draw("thinking", given(undefined))).toBeUndefined());
