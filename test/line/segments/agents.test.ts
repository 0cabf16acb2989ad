import { expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../../src/config/config.ts";
import { renderLine } from "../../../src/line/layout/line.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import { draw, drawShort, fromNow, WIDE } from "../draw.ts";
import { transcript } from "../transcript.ts";

test("one with its description, several with their types and the oldest's age", () => {
  expect(draw("agents")).toBe("Explore find the callers 45s");
  expect(drawShort("agents", 22)).toBe("Explore find the… 45s");
  expect(drawShort("agents", 12)).toBe("Explore 45s");
  const agents = [
    { type: "Explore", since: fromNow(-45_000) },
    { type: "Plan", since: fromNow(-120_000) },
  ];
  expect(draw("agents", transcript({ agents }))).toBe("2 agents Explore, Plan 2m");
});
test("a description of a wrong type becomes text", () => {
  const agents = [{ type: "Explore", description: 7, since: fromNow(-45_000) }];
  const context = sampleContext("busy", WIDE, { ...DEFAULT_CONFIG, rows: [{ left: ["model", "agents"] }] });
  expect(renderLine({ ...context, ...transcript({ agents }) })).toEqual(["Sonnet 5.5 · Explore 7 45s"]);
});
test("is absent when none is running", () =>
  expect(draw("agents", transcript({ agents: [] }))).toBeUndefined());
