import { expect, test } from "bun:test";
import { draw, drawShort, payload, WIDE } from "../draw.ts";

const repo = { host: "github.com", owner: "acme", name: "rocket" };

test("owner and name, or the name alone", () => {
  expect(draw("repo", { payload: payload({ repo }) })).toBe("acme/rocket");
  expect(draw("repo", { payload: payload({ repo: { name: "rocket" } }) })).toBe("rocket");
  expect(drawShort("repo", 7, { payload: payload({ repo }) })).toBe("rocket");
});
test("links to its host", () => {
  const row = draw("repo", { payload: payload({ repo }), terminal: { ...WIDE, links: true } });
  expect(row).toBe("\x1b]8;;https://github.com/acme/rocket\x1b\\acme/rocket\x1b]8;;\x1b\\");
});
test("an invalid host makes no link", () => {
  const evil = { host: "x y\x1b]", owner: "acme", name: "rocket" };
  expect(draw("repo", { payload: payload({ repo: evil }), terminal: { ...WIDE, links: true } })).toBe(
    "acme/rocket",
  );
});
test("is absent without a repository", () =>
  expect(draw("repo", { payload: payload({ repo: undefined as never }) })).toBeUndefined());
