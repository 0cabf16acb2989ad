import { expect, test } from "bun:test";
import { draw } from "../draw.ts";

const none = undefined as never;

test("the abbreviated commit", () => expect(draw("commit")).toBe("@3f9c2ab"));
test("a detached HEAD's commit overrides the gathered one", () =>
  expect(draw("commit", { head: { root: "/r", commit: "a".repeat(40) } })).toBe("@aaaaaaa"));
test("is absent until it was gathered", () => expect(draw("commit", { repo: none })).toBeUndefined());
