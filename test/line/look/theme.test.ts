import { describe, expect, test } from "bun:test";
import { type Config, DEFAULT_CONFIG } from "../../../src/config/config.ts";
import type { ColorDepth } from "../../../src/line/context.ts";
import { renderLine } from "../../../src/line/layout/line.ts";
import { contrast, luminance, mix, parseRgb, type Rgb, sgr } from "../../../src/line/look/color.ts";
import { chooseTheme, type Palette, palette, theme } from "../../../src/line/look/theme.ts";
import { themeNames } from "../../../src/line/look/themes.ts";
import { type SampleName, sampleContext } from "../../../src/line/samples.ts";
import { ROLES, type Role } from "../../../src/line/segment.ts";
import { colorOf, type DrawnRun, difference, drawnRuns, type Eyes } from "./vision.ts";

/** Backgrounds as terminals have them. */
const GROUNDS = { dark: [0x000000, 0x1e1e1e, 0x282c34], light: [0xffffff, 0xfdf6e3] } as const;
/** Terminals draw what is dim (SGR 2) in half to two thirds of its colour. */
const DIMMED = 0.6;

const named = themeNames().flatMap((name) => {
  const found = theme(name);
  return found && found.background !== "any" ? [[name, found, found.background] as const] : [];
});

describe.each(named)("theme %s", (_name, { about, colors }, background) => {
  test("has a description, and a colour for every role but plain text", () => {
    expect(about.length).toBeGreaterThan(10);
    expect(ROLES.filter((role) => colors[role] === undefined)).toEqual(["text"]);
  });
  test("is legible on its backgrounds, even dimmed", () => {
    for (const ground of GROUNDS[background])
      for (const role of ROLES) {
        const color = colors[role];
        if (color === undefined) continue;
        const [full, dim] = role === "muted" ? [4.5, 2.5] : [5, 3];
        expect(contrast(color, ground), role).toBeGreaterThanOrEqual(full);
        expect(contrast(mix(color, ground, DIMMED), ground), `${role}, dimmed`).toBeGreaterThanOrEqual(dim);
      }
  });
});

/** What text without a colour may look like: terminals' foregrounds, and the client's greys. */
const FOREGROUNDS = { dark: [0xffffff, 0xcccccc, 0x999999], light: [0x000000, 0x333333, 0x666666] } as const;
const LEVELS = ["warn", "critical"] as const;
const TRUECOLOR = 16_777_216;
const FAR = 25;

const paletteOf = (name: string, colors: ColorDepth): Palette =>
  palette(name, {}, { cells: 80, colors, links: false, background: "dark" });

const isLevel = (role: Role): boolean => role === "warn" || role === "critical";

/** The least difference between a level's colour and those of all other roles, and the role. */
function nearest(name: string, level: Role, depth: ColorDepth, eyes: Eyes): { role: string; dE: number } {
  const colors = paletteOf(name, depth);
  const own = colorOf(colors.fg(level)) as Rgb;
  const plain = FOREGROUNDS[theme(name)?.background === "light" ? "light" : "dark"];
  const found = { role: "", dE: Number.POSITIVE_INFINITY };
  for (const role of ROLES) {
    if (role === level) continue;
    const shown = colorOf(colors.fg(role));
    const dE = Math.min(
      ...(shown === undefined ? plain : [shown]).map((other) => difference(own, other, eyes)),
    );
    if (dE < found.dE) Object.assign(found, { role, dE });
  }
  return found;
}

describe.each(named)("levels of theme %s", (name) => {
  test.each(LEVELS)("%s is another colour at a glance than every other role", (level) => {
    for (const depth of [TRUECOLOR, 256] as const) {
      const { role, dE } = nearest(name, level, depth, "normal");
      expect(dE, `${role}, ${depth} colours`).toBeGreaterThanOrEqual(FAR);
    }
  });
  test.each(LEVELS)("a block at %s has another background than every other block", (level) => {
    for (const depth of [TRUECOLOR, 256] as const) {
      const colors = paletteOf(name, depth);
      const own = colorOf(colors.bg("text", level)) as Rgb;
      const other = LEVELS.filter((each) => each !== level).map((each) => colors.bg("text", each));
      for (const bg of [
        ...ROLES.filter((role) => !isLevel(role)).map((role) => colors.bg(role, "normal")),
        ...other,
      ])
        expect(difference(own, colorOf(bg) as Rgb), `${bg}, ${depth} colours`).toBeGreaterThanOrEqual(FAR);
    }
  });
});

describe.each(["clear-dark", "clear-light"])("%s, for colour-blind readers", (name) => {
  test.each(LEVELS)("%s differs from every other role as without green cones", (level) => {
    const { role, dE } = nearest(name, level, TRUECOLOR, "deutan");
    expect(dE, role).toBeGreaterThanOrEqual(FAR);
    // The 256 colours have few dark ones.
    expect(nearest(name, level, 256, "deutan").dE).toBeGreaterThanOrEqual(20);
  });
  test.each(["protan", "deutan"] as const)("%s: good, warn and critical differ", (eyes) => {
    const { good = 0, warn = 0, critical = 0 } = theme(name)?.colors ?? {};
    for (const dE of [
      difference(good, warn, eyes),
      difference(good, critical, eyes),
      difference(warn, critical, eyes),
    ])
      expect(dE).toBeGreaterThan(20);
  });
});

test("theme terminal: the colours of the levels, normal and bright, are those of no other role", () => {
  /** 1 is red and 3 is yellow. */
  const hue = (sgr: string) => (sgr === "" ? undefined : Number(sgr) % 10);
  for (const depth of [16, 256, TRUECOLOR] as const) {
    const { fg, bg } = paletteOf("terminal", depth);
    expect([fg("warn"), bg("text", "warn")].map(hue)).toEqual([3, 3]);
    expect([fg("critical"), bg("text", "critical")].map(hue)).toEqual([1, 1]);
    for (const role of ROLES.filter((each) => !isLevel(each)))
      for (const sgr of [fg(role), bg(role, "normal")]) expect([1, 3], role).not.toContain(hue(sgr));
  }
});

/** Normal colours 1 to 6 and the foreground, as terminals ship them. */
const TERMINALS = {
  xterm: [0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5],
  VGA: [0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa],
  "Apple Terminal": [0xc23621, 0x25bc24, 0xadad27, 0x492ee1, 0xd338d3, 0x33bbc8, 0xcbcccd],
  "Windows Terminal": [0xc50f1f, 0x13a10e, 0xc19c00, 0x0037da, 0x881798, 0x3a96dd, 0xcccccc],
  "GNOME Terminal": [0xcc0000, 0x4e9a06, 0xc4a000, 0x3465a4, 0x75507b, 0x06989a, 0xd3d7cf],
  "One Half Dark": [0xe06c75, 0x98c379, 0xe5c07b, 0x61afef, 0xc678dd, 0x56b6c2, 0xdcdfe4],
  "One Half Light": [0xe45649, 0x50a14f, 0xc18401, 0x0184bc, 0xa626a4, 0x0997b3, 0x383a42],
  "Solarized Dark": [0xdc322f, 0x859900, 0xb58900, 0x268bd2, 0xd33682, 0x2aa198, 0x839496],
  "Solarized Light": [0xdc322f, 0x859900, 0xb58900, 0x268bd2, 0xd33682, 0x2aa198, 0x657b83],
} as const;

test.each(Object.entries(TERMINALS))("theme terminal, with the colours of %s", (_terminal, colors) => {
  const { fg } = paletteOf("terminal", 16);
  const shown = (role: Role): Rgb => (fg(role) === "" ? colors[6] : colors[Number(fg(role)) - 31]) as Rgb;
  for (const level of LEVELS)
    for (const role of ROLES)
      if (role !== level) expect(difference(shown(level), shown(role)), role).toBeGreaterThanOrEqual(FAR);
});

/** Figures of the sample "near" that are at a level, and figures that are not. */
const WARNED = ["93%", "96%", "out 14:14", "78%", "41%", "rebase 2/5"];
const CALM = ["Opus 5.5", "billing", "+1", "~12", "932k/1M", "$123", "+214", "-57", "5h", "7d"];

describe.each(themeNames())("rows drawn in theme %s", (name) => {
  const rows = (sample: SampleName, style: string, colors: ColorDepth, cells = 300) => {
    const terminal = { cells, colors, links: false, background: "dark" } as const;
    const config = { ...DEFAULT_CONFIG, theme: name, style } as Config;
    return renderLine(sampleContext(sample, terminal, config)).flatMap(drawnRuns);
  };
  const depths = [16, 256, TRUECOLOR] as const;

  test("plain: only warnings have the colour of one, and they are bold", () => {
    for (const depth of depths)
      for (const cells of [300, 116, 76, 36]) {
        const { fg } = paletteOf(name, depth);
        const isWarning = (run: DrawnRun) => run.fg === fg("warn") || run.fg === fg("critical");
        expect(rows("busy", "plain", depth, cells).filter((run) => run.bold || isWarning(run))).toEqual([]);
        const near = rows("near", "plain", depth, cells);
        expect(near.filter((run) => run.bold !== isWarning(run))).toEqual([]);
        expect(near.some(isWarning)).toBe(true);
        if (cells < 300) continue;
        expectTexts(near.filter(isWarning), WARNED, CALM);
        expectTexts(
          near.filter((run) => !isWarning(run)),
          CALM,
          WARNED,
        );
      }
  });

  test.each(["powerline", "capsule"])(
    "%s: only blocks with a warning have the background of one",
    (style) => {
      for (const depth of depths) {
        const { bg } = paletteOf(name, depth);
        const isWarning = (run: DrawnRun) =>
          run.bg === bg("text", "warn") || run.bg === bg("text", "critical");
        expect(rows("busy", style, depth).filter(isWarning)).toEqual([]);
        const near = rows("near", style, depth);
        expect(near.filter((run) => run.bold)).toEqual([]);
        expectTexts(near.filter(isWarning), WARNED, ["Opus 5.5", "billing", "$123", "+214", "-57"]);
      }
    },
  );
});

function expectTexts(runs: readonly DrawnRun[], present: readonly string[], absent: readonly string[]): void {
  const text = ` ${runs.map((run) => run.text).join(" ")} `;
  for (const each of present) expect(text).toContain(each);
  for (const each of absent) expect(text).not.toContain(` ${each}`);
}

test("rows without colours have no bold text", () => {
  const terminal = { cells: 116, colors: 0, links: false, background: "dark" } as const;
  expect(renderLine(sampleContext("near", terminal)).join("")).not.toContain("\x1b");
});

test("there are several themes for both backgrounds, and the terminal's own colours for an unknown one", () => {
  expect(themeNames().length).toBeGreaterThanOrEqual(9);
  expect(named.filter(([, , background]) => background === "light").length).toBeGreaterThanOrEqual(4);
  expect(chooseTheme("auto", { background: "dark" })).toEqual(theme("harbor-dark") as never);
  expect(chooseTheme("auto", { background: "light" })).toEqual(theme("harbor-light") as never);
  expect(chooseTheme("auto", { background: "unknown" }).background).toBe("any");
  expect(chooseTheme("no such theme", { background: "dark" }).background).toBe("any");
  expect(theme("constructor")).toBeUndefined();
});

test("colours as SGR parameters", () => {
  expect(sgr(0x8fc7ff, 16_777_216, "fg")).toBe("38;2;143;199;255");
  expect(sgr(0x8fc7ff, 256, "bg")).toBe("48;5;117");
  expect(sgr(0x808080, 256, "fg")).toBe("38;5;244");
  expect(sgr(0xff0000, 16, "fg")).toBe("91");
  expect(sgr(0x800000, 16, "bg")).toBe("41");
  expect(sgr(0x123456, 0, "fg")).toBe("");
  expect(parseRgb("#ABC")).toBe(0xaabbcc);
  for (const wrong of ["abc", "#abcd", "#gggggg", "", "#12345"]) expect(parseRgb(wrong)).toBeUndefined();
  expect(luminance(0xffffff)).toBeCloseTo(1);
  expect(contrast(0, 0xffffff)).toBeCloseTo(21);
});
