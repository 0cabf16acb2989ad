import { describe, expect, test } from "bun:test";
import { channels, contrast, luminance, mix, parseRgb, type Rgb, sgr } from "../../../src/line/look/color.ts";
import { chooseTheme, theme } from "../../../src/line/look/theme.ts";
import { themeNames } from "../../../src/line/look/themes.ts";
import { ROLES } from "../../../src/line/segment.ts";

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
  test("has levels that differ from the roles that they mark", () => {
    for (const role of ["context", "money", "limit", "branch", "cache"] as const) {
      expect(colors.warn).not.toBe(colors[role] as Rgb);
      expect(colors.critical).not.toBe(colors[role] as Rgb);
    }
  });
});

/** How a colour looks without one kind of cone: Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB. */
const BLINDNESS = {
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
} as const;

/** CIE L*a*b* of a colour as it is seen with that blindness. */
function seen(color: Rgb, matrix: readonly number[]): [number, number, number] {
  const linear = channels(color).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const at = (row: number) =>
    Math.max(
      0,
      Math.min(
        1,
        linear.reduce((sum, part, column) => sum + part * (matrix[row * 3 + column] as number), 0),
      ),
    );
  const [r, g, b] = [at(0), at(1), at(2)];
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

test.each(["clear-dark", "clear-light"])("%s: colour-blind readers can tell the levels apart", (name) => {
  const colors = theme(name)?.colors as Record<string, Rgb>;
  for (const matrix of Object.values(BLINDNESS)) {
    const levels = ["good", "warn", "critical"].map((role) => seen(colors[role] as Rgb, matrix));
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const [one, other] = [levels[a], levels[b]] as [number[], number[]];
      const distance = Math.hypot(...one.map((part, index) => part - (other[index] as number)));
      expect(distance).toBeGreaterThan(20);
    }
  }
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
