import { expect, test } from "bun:test";
import { draw, drawShort, fromNow } from "../draw.ts";
import { transcript } from "../transcript.ts";

test("the running tool, and the most used ones", () => {
  expect(draw("tools")).toBe("Bash bun test 8s  Bash 24  Edit 11  Read 9");
  expect(draw("tools", { options: { most: 1 } })).toBe("Bash bun test 8s  Bash 24");
  expect(drawShort("tools", 20)).toBe("Bash bun test 8s");
});
test("a command loses its end, a path its middle", () => {
  const running = (target: string) =>
    drawShort("tools", 22, transcript({ runningTool: { name: "Bash", target, since: fromNow(-8000) } }));
  expect(running("bun test test/line --watch")).toBe("Bash bun test test… 8s");
  expect(running("/home/me/src/proj/retry.ts")).toBe("Bash /home…retry.ts 8s");
});
test("without a running tool", () =>
  expect(draw("tools", transcript({ runningTool: undefined }))).toBe("Bash 24  Edit 11  Read 9"));
test("is absent when none was used", () =>
  expect(draw("tools", transcript({ runningTool: undefined, tools: [] }))).toBeUndefined());
