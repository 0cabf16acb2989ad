import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

const given = (thinking: boolean | undefined, options = {}) => ({
  payload: payload({ thinking } as never),
  options,
});

test("said when it is off; when it is on, only on request", () => {
  expect(draw("thinking", given(false))).toBe("no thinking");
  expect(draw("thinking", given(true))).toBeUndefined();
  expect(draw("thinking", given(true, { on: true }))).toBe("thinking");
});
test("not known, nothing", () => expect(draw("thinking", given(undefined))).toBeUndefined());
