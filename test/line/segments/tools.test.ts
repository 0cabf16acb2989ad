import { expect, test } from "bun:test";
import { draw, drawShort } from "../draw.ts";
import { transcript } from "../transcript.ts";

test("the running tool, and the most used ones", () => {
  expect(draw("tools")).toBe("Bash bun test 8s  Bash 24  Edit 11  Read 9");
  expect(draw("tools", { options: { most: 1 } })).toBe("Bash bun test 8s  Bash 24");
  expect(drawShort("tools", 20)).toBe("Bash bun test 8s");
});
test("without a running tool", () =>
  expect(draw("tools", transcript({ runningTool: undefined }))).toBe("Bash 24  Edit 11  Read 9"));
test("is absent when none was used", () =>
  expect(draw("tools", transcript({ runningTool: undefined, tools: [] }))).toBeUndefined());
