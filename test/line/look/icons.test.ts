import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../../src/config/config.ts";
import type { Terminal } from "../../../src/line/context.ts";
import { cells } from "../../../src/line/layout/cells.ts";
import { renderLine } from "../../../src/line/layout/line.ts";
import { barShape } from "../../../src/line/look/bar.ts";
import { ICON_NAMES, ICON_SET_NAMES, type IconName, icon, withIcons } from "../../../src/line/look/icons.ts";
import { SAMPLE_NAMES, sampleContext } from "../../../src/line/samples.ts";
import { SEGMENTS } from "../../../src/line/segments/index.ts";
import { WIDE } from "../draw.ts";
import { allSigns, barSigns, iconSigns, isNerdSign, readFonts } from "./signs.ts";

const WIDE_SIGNS: Terminal = { ...WIDE, ambiguousIsWide: true };

describe("fonts", () => {
  const { asked, fonts } = readFonts();
  test("were asked for all signs (if not: see test/fixtures/fonts.txt)", () => {
    expect(fonts.size).toBe(4);
    expect(allSigns().filter((sign) => !asked.has(sign))).toEqual([]);
  });
  test("at least three of four have each sign of the default line", () => {
    const signs = [...iconSigns(DEFAULT_CONFIG.icons), ...barSigns(barShape(DEFAULT_CONFIG, WIDE))];
    expect(signs.length).toBeGreaterThan(15);
    const rare = signs.filter((sign) => [...fonts.values()].filter((font) => font.has(sign)).length < 3);
    expect(rare).toEqual([]);
  });
  test("all have those of the default rows", () => {
    const rows = SAMPLE_NAMES.flatMap((sample) => renderLine(sampleContext(sample, WIDE, DEFAULT_CONFIG)));
    const signs = new Set([...rows.join("")].filter((sign) => asked.has(sign)));
    expect([...signs]).toContain("━");
    for (const [name, font] of fonts)
      expect([name, ...[...signs].filter((sign) => !font.has(sign) && sign !== "✓")]).toEqual([name]);
  });
});

describe("one sign has one meaning", () => {
  /** Names that share signs because they mean the same. */
  const SAME: readonly (readonly IconName[])[] = [
    // What follows is when it ends.
    ["reset", "into"],
    // The ends of blocks.
    ["pointLeft", "pointRight", "thinLeft", "thinRight", "capLeft", "capRight", "bareLeft", "bareRight"],
  ];
  test.each(ICON_SET_NAMES)("in %s", (set) => {
    const shared = ICON_NAMES.flatMap((name, index) =>
      ICON_NAMES.slice(index + 1)
        .filter((other) => icon(set, name) !== "" && icon(set, name).trim() === icon(set, other).trim())
        .filter((other) => !SAME.some((names) => names.includes(name) && names.includes(other)))
        .map((other) => `${name} and ${other}: ${icon(set, name)}`),
    );
    expect(shared).toEqual([]);
  });
});

describe("one row of the documented marks", () => {
  const root = join(import.meta.dir, "../../..");
  const rowsOf = (document: string) => {
    const [, table = ""] =
      /\n\| Mark \| Meaning \|\n\|---\|---\|\n((?:\|.*\n)+)/.exec(
        readFileSync(join(root, document), "utf8"),
      ) ?? [];
    return table
      .trim()
      .split("\n")
      .map((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code).join(""));
  };
  test.each(["README.md", "docs/guide.md"])("has each sign, in %s", (document) => {
    const rows = rowsOf(document);
    expect(rows.length).toBeGreaterThan(5);
    for (const sign of iconSigns("unicode"))
      expect([sign, rows.filter((row) => row.includes(sign)).length <= 1]).toEqual([sign, true]);
  });
  test("is in the guide for every sign that is not part of the layout", () => {
    const marks = rowsOf("docs/guide.md").join("");
    const layout = "…·▌▐‹›";
    expect(iconSigns("unicode").filter((sign) => !layout.includes(sign) && !marks.includes(sign))).toEqual(
      [],
    );
  });
});

describe("width", () => {
  const text = (set: string) => ICON_NAMES.map((name) => [name, icon(set, name).trim()] as const);
  test.each(["unicode", "narrow", "nerd"])("of each sign of %s is one cell", (set) => {
    for (const [name, sign] of text(set)) {
      expect(cells(sign), name).toBe(sign === "" ? 0 : 1);
      // Private use: one cell by the tables of every terminal.
      if (!isNerdSign(sign)) expect(Bun.stringWidth(sign), name).toBe(sign === "" ? 0 : 1);
    }
  });
  test("of each emoji is two cells", () => {
    for (const [name, sign] of text("emoji"))
      if (sign > "\u2fff" || sign === icon("emoji", "fast"))
        expect([cells(sign), Bun.stringWidth(sign), name]).toEqual([2, 2, name]);
  });
  test("ascii is ASCII", () => {
    for (const [, sign] of text("ascii")) expect(sign).toMatch(/^[\x20-\x7e]*$/);
  });

  const ambiguous = (signs: readonly string[]) =>
    signs.filter((sign) => Bun.stringWidth(sign, { ambiguousIsNarrow: false }) !== 1).join("");
  test("is ambiguous where icons.ts says so", () => {
    expect(ambiguous(iconSigns("unicode"))).toBe("·×…↑→↓≠≡≥▌");
    expect(ambiguous(iconSigns("narrow"))).toBe("·…≥▌");
    expect(ambiguous(barSigns("slant"))).toBe("");
  });
});

describe("where ambiguous signs are wide", () => {
  test("auto takes the narrow signs", () => {
    const rows = (config: object, terminal = WIDE_SIGNS) =>
      renderLine(sampleContext("busy", terminal, { ...DEFAULT_CONFIG, ...config })).join("\n");
    expect(rows({})).toBe(rows({ icons: "narrow", bar: { shape: "slant", cells: 10 } }, WIDE));
    expect(rows({})).not.toMatch(/[━─↑↓→≠≡×]/);
    expect(rows({}, WIDE)).toBe(rows({ icons: "unicode", bar: { shape: "line", cells: 10 } }, WIDE));
    expect(rows({ icons: "narrow" }, WIDE)).toContain("▰");
  });
  test("what is configured stays", () => {
    expect(withIcons({ ...DEFAULT_CONFIG, icons: "unicode" }, WIDE_SIGNS).icons).toBe("unicode");
    const shape = (icons: string, bar: string) =>
      barShape({ ...DEFAULT_CONFIG, icons, bar: { shape: bar, cells: 10 } }, WIDE_SIGNS);
    expect([shape("unicode", "line"), shape("auto", "box"), shape("ascii", "box")]).toEqual([
      "line",
      "box",
      "ascii",
    ]);
    expect([shape("unicode", "auto"), shape("nerd", "auto")]).toEqual(["slant", "slant"]);
  });
});

describe("no sign touches or repeats what it belongs to", () => {
  const SIDES = SEGMENTS.map(({ name, argument }) => [argument ? `${name}:weather` : name]);
  const drawAll = (icons: string) =>
    SAMPLE_NAMES.flatMap((sample) =>
      ["plain", "powerline", "capsule"].flatMap((style) => {
        const config = { ...DEFAULT_CONFIG, icons, style, rows: SIDES.map((left) => ({ left })) };
        return renderLine(sampleContext(sample, WIDE, config));
      }),
    );
  test("nerd: a letter or digit never follows an icon at once", () => {
    const rows = drawAll("nerd");
    expect(rows.join("")).toContain("\uf021 ");
    // The ends of blocks touch: their shapes fill their cell in every Nerd Font.
    for (const row of rows) expect(row).not.toMatch(/[\ue000-\ue0af\ue0b8-\uf8ff][\p{L}\p{N}]/u);
  });
  test.each(["nerd", "emoji"])("%s: no second $ or ±", (set) => {
    for (const row of drawAll(set)) expect(row).not.toMatch(/[\uf155💰\uf440] ?[~<>]?[$+]/u);
  });
});
