import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

test("its name, and the branch that it came from", () => {
  expect(draw("worktree", { payload: payload({ worktree: { name: "fix", originalBranch: "main" } }) })).toBe(
    "◫fix from main",
  );
  expect(draw("worktree", { payload: payload({ gitWorktree: "fix" }) })).toBe("◫fix");
  expect(draw("worktree", { head: { root: "/r", worktree: "fix" } })).toBe("◫fix");
});
test("the main working tree, nothing", () => expect(draw("worktree")).toBeUndefined());
