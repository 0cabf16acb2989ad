import { expect, test } from "bun:test";
import { clean, cleanUrl, tidy } from "../../../src/line/layout/clean.ts";

test("ordinary text is unchanged", () => {
  for (const text of ["main", "feature/äöü-漢字", "a  b ", "👍 naïve", "عربي", "e\u0301"])
    expect(clean(text)).toBe(text);
});

test("removes escape sequences with their payload", () => {
  expect(clean("a\x1b[31mb\x1b[0mc")).toBe("abc");
  expect(clean("a\x1b[?25lb\x1b[38:2::1:2:3mc")).toBe("abc");
  expect(clean("a\x1b]0;title\x07b\x1b]8;;http://x\x1b\\c")).toBe("abc");
  expect(clean("a\x1bPq#0;2;0;0;0\x1b\\b\x1b_payload\x1b\\c\x1b^pm\x1b\\d\x1bXsos\x1b\\e")).toBe("abcde");
  expect(clean("a\x1b(Bb\x1b#8c\x1bcd\x1b7e")).toBe("abcde");
});

test("removes their eight-bit forms", () => {
  expect(clean("a\x9b31mb\x9d0;title\x9cc\x90q\x9cd\x85e\x8ff")).toBe("abcdef");
});

test("an unterminated string takes the rest, an unterminated sequence itself", () => {
  expect(clean("a\x1b]0;title")).toBe("a");
  expect(clean("a\x1b")).toBe("a");
  expect(clean("a\x1b[")).toBe("a");
  expect(clean("a\x1b[31\x07b")).toBe("ab");
  expect(clean("a\x1b]0;t\x1b[31mb")).toBe("ab");
});

test("removes what reorders, hides or joins", () => {
  expect(clean("a\u202e\u2066b\u2069\u200f\u061cc")).toBe("abc");
  expect(clean("a\u200b\u200d\ufeff\u00ad\u2060b")).toBe("ab");
  expect(clean("❤\ufe0f👨\u200d👩")).toBe("❤👨👩");
  expect(clean("x\u{e0041}\u{e007f}y\u{e0100}")).toBe("xy");
  expect(clean("\ud800a\udc00\uffffb\ufdd0")).toBe("ab");
});

test("unusual space becomes one space", () => {
  expect(clean("a\r\n\tb\u2028\u2029c\u00a0\u3000d")).toBe("a b c d");
  expect(tidy("  a \n\n b  ")).toBe("a b");
});

test("keeps a few marks on a letter", () => {
  expect(clean("e\u0301\u0302\u0303\u0304\u0305")).toBe("e\u0301\u0302\u0303");
  expect(clean("\u0301a")).toBe("a");
});

test("a text of megabytes costs no more than a long row", () => {
  const started = performance.now();
  expect(clean("\x1b[31mx".repeat(1_000_000)).length).toBeLessThan(2000);
  expect(performance.now() - started).toBeLessThan(500);
});

test("only web addresses become links", () => {
  expect(cleanUrl("https://x.example/a b?c=ü#d")).toBe("https://x.example/a%20b?c=%C3%BC#d");
  expect(cleanUrl("http://bücher.example/")).toBe("http://xn--bcher-kva.example/");
  for (const url of [
    "",
    "x",
    "javascript:1",
    "file:///x",
    "ftp://x/",
    "https://",
    "https://u:p@x.example/",
    "https://x/".padEnd(5000, "a"),
  ])
    expect(cleanUrl(url)).toBeUndefined();
  for (const hidden of ["\x1b]", "\x07", "\x9c", "\u202e", "\n", ";"])
    expect(cleanUrl(`https://x.example/${hidden}`) ?? "").toMatch(/^[\x21-\x7e]*$/);
});
