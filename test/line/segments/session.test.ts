import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

const given = (durationMs?: number, apiDurationMs?: number) => ({
  payload: payload({ cost: { durationMs, apiDurationMs } as never }),
});

test("the session's age", () => {
  expect(draw("session", given(35_914))).toBe("◷ 35s");
  expect(draw("session", given(3_900_000))).toBe("◷ 1h05m");
  expect(draw("session", given(8.1e7 * 40))).toBe("◷ 37d");
  expect(draw("session", { ...given(35_914), config: { icons: "ascii" } })).toBe("up 35s");
});
test("the part spent waiting for the model on request", () =>
  expect(draw("session", { ...given(60_000, 12_000), options: { api: true } })).toBe("◷ 1m (api 12s)"));
test("is absent in the first second, or when unknown", () => {
  expect(draw("session", given(701))).toBeUndefined();
  expect(draw("session", given())).toBeUndefined();
});
