import { expect, test } from "bun:test";
import type { Context } from "../../../src/line/context.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import { draw, fromNow, WIDE } from "../draw.ts";

function given(live: number, stopped: number) {
  const base = sampleContext("busy", WIDE).account as NonNullable<Context["account"]>;
  const sessions = {
    value: { live, stopped, ghosts: 0 },
    gatheredAt: fromNow(0),
    triedAt: fromNow(0),
    tookMs: 1,
  };
  return { account: { ...base, parts: { sessions } } };
}

test("the others, not this one", () => {
  expect(draw("sessions", given(3, 0))).toBe("+2 live");
  expect(draw("sessions", given(3, 1))).toBe("+2 live 1 stopped");
  expect(draw("sessions", given(1, 2))).toBe("2 stopped");
});
test("is absent without others", () => expect(draw("sessions", given(1, 0))).toBeUndefined());
