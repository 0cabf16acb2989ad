import { expect, test } from "bun:test";
import { cells, cutEnd, cutMiddle, takeEnd, takeStart } from "../../../src/line/layout/cells.ts";

test("where terminals disagree, the larger width counts", () => {
  expect(cells("abc")).toBe(3);
  expect(cells("漢字")).toBe(4);
  expect(cells("é e\u0301")).toBe(3);
  expect(cells("🇩🇪")).toBe(4);
  expect(cells("👍🏽")).toBe(4);
  expect(cells("का")).toBe(2);
  expect(cells("←★")).toBe(4);
  expect(cells("→↑↓≠≡≥")).toBe(6);
  expect(cells("│█▰ \ue0b0")).toBe(5);
  expect(cells("привет αβγ …·")).toBe(13);
});

test("cutting never splits a character, a pair or a mark from its letter", () => {
  expect(takeStart("漢字か", 3)).toBe("漢");
  expect(takeEnd("漢字か", 3)).toBe("か");
  expect(takeStart("e\u0301e\u0301", 1)).toBe("e\u0301");
  expect(takeEnd("ae\u0301", 1)).toBe("e\u0301");
  expect(takeEnd("👍👍", 2)).toBe("👍");
  expect(takeEnd("abc", 0)).toBe("");
});

test("cuts the middle, and keeps more of the end than of the start", () => {
  expect(cutMiddle("feature/some-long-name", 12, "…")).toBe("feat…ng-name");
  expect(cutMiddle("short", 12, "…")).toBe("short");
  expect(cutMiddle("abcdef", 2, "…")).toBe("a…");
  expect(cutMiddle("abcdef", 1, "…")).toBe("a");
  expect(cutEnd("abcdef", 4, "…")).toBe("abc…");
  expect(cutEnd("漢字", 1, "…")).toBe("");
});

test("a cut text is never wider than asked, whatever it is made of", () => {
  const parts = ["a", "漢", "👍", "🇩", "e\u0301", "का", "→", "\ud83d"];
  for (let seed = 0; seed < 3000; seed++) {
    let text = "";
    for (let left = seed % 13; left >= 0; left--) text += parts[(seed * 7 + left * left * 3) % parts.length];
    const limit = seed % 11;
    expect(cells(cutMiddle(text, limit, "…"))).toBeLessThanOrEqual(Math.max(0, limit));
    expect(cells(cutEnd(text, limit, ".."))).toBeLessThanOrEqual(Math.max(0, limit));
  }
});
