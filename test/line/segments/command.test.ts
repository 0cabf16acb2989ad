import { expect, test } from "bun:test";
import type { Context } from "../../../src/line/context.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import { draw, drawShort, fromNow, WIDE } from "../draw.ts";

function printed(text: string, old = 0, error?: string) {
  const base = sampleContext("busy", WIDE).session as NonNullable<Context["session"]>;
  const at = fromNow(-old);
  const value = { weather: { text, gatheredAt: at, triedAt: at, ...(error === undefined ? {} : { error }) } };
  return { session: { ...base, parts: { commands: { value, gatheredAt: at, triedAt: at, tookMs: 1 } } } };
}

test("what the command printed", () => expect(draw("command:weather")).toBe("9° rain"));
test("is cut at its end", () =>
  expect(drawShort("command:weather", 12, printed("9° light rain, wind from the west"))).toBe(
    "9° light ra…",
  ));
test("is absent for a command that was not run, and for names of Object.prototype", () => {
  for (const name of ["news", "constructor", "__proto__", "toString"])
    expect(draw(`command:${name}`)).toBeUndefined();
});
test("cleans the output", () => expect(draw("command:weather", printed("\x1b[31m 9\n°\t\x07"))).toBe("9 °"));
test("marks stale output and failures; its refresh decides what is stale", () => {
  expect(draw("command:weather", printed("9°", 10 * 60_000))).toBe("9° (10m old)");
  expect(draw("command:weather", printed("9°", 0, "exit 1"))).toBe("9° ×");
  const commands = { weather: { run: ["weather"], refreshMs: 3_600_000, deadlineMs: 1000 } };
  expect(draw("command:weather", { ...printed("9°", 10 * 60_000), config: { commands } })).toBe("9°");
});
