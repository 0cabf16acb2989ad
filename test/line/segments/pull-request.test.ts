import { expect, test } from "bun:test";
import type { Payload } from "../../../src/claude/payload.ts";
import { draw, drawShort, payload, WIDE } from "../draw.ts";

const pr = (pullRequest: Payload["pullRequest"]) => ({ payload: payload({ pullRequest } as never) });

test("number and review", () => {
  expect(draw("pull-request", pr({ number: 7 }))).toBe("#7");
  expect(draw("pull-request", pr({ number: 7, reviewState: "approved" }))).toBe("#7 ✓");
  expect(draw("pull-request", pr({ number: 7, reviewState: "CHANGES_REQUESTED" }))).toBe(
    "#7 changes requested!",
  );
  expect(drawShort("pull-request", 8, pr({ number: 7, reviewState: "changes_requested" }))).toBe("#7!");
  expect(draw("pull-request", pr({ number: 7, reviewState: "draft" }))).toBe("#7 draft");
  expect(draw("pull-request", pr({ number: 7, reviewState: "constructor" }))).toBe("#7");
});
test("writes a merge request as its host does", () =>
  expect(draw("pull-request", pr({ number: 7, kind: "mr" }))).toBe("!7"));
test("is a link where links are supported, and only to the web", () => {
  const shown = (url: string) =>
    draw("pull-request", { ...pr({ number: 7, url }), terminal: { ...WIDE, links: true } });
  expect(shown("https://x.example/7")).toBe("\x1b]8;;https://x.example/7\x1b\\#7\x1b]8;;\x1b\\");
  expect(shown("javascript:alert(1)")).toBe("#7");
  expect(shown("file:///etc/passwd")).toBe("#7");
  expect(shown("https://github.com@evil.example/")).toBe("#7");
  expect(shown("https://x.example/\x1b\\\x07")).toBe("\x1b]8;;https://x.example/%1B/\x1b\\#7\x1b]8;;\x1b\\");
});
test("is absent without a pull request", () => expect(draw("pull-request", pr(undefined))).toBeUndefined());
