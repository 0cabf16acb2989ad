import { expect, test } from "bun:test";
import { draw, drawShort, fromNow } from "../draw.ts";
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
test("is absent when none is running", () =>
  expect(draw("agents", transcript({ agents: [] }))).toBeUndefined());
