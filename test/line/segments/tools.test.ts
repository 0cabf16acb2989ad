import { expect, test } from "bun:test";
import { draw, drawShort } from "../draw.ts";
import { transcript } from "../transcript.ts";

test("the running tool, and those used most", () => {
  expect(draw("tools")).toBe("Bash bun test 8s  Bash 24  Edit 11  Read 9");
  expect(draw("tools", { options: { most: 1 } })).toBe("Bash bun test 8s  Bash 24");
  expect(drawShort("tools", 20)).toBe("Bash bun test 8s");
});
test("none runs", () =>
  expect(draw("tools", transcript({ runningTool: undefined }))).toBe("Bash 24  Edit 11  Read 9"));
test("none used, nothing", () =>
  expect(draw("tools", transcript({ runningTool: undefined, tools: [] }))).toBeUndefined());
