/** The signs that the line is made of, and which of them the common programming fonts have. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LEVEL_MARKS } from "../../../src/line/level.ts";
import { BAR_SHAPES, bar } from "../../../src/line/look/bar.ts";
import { ICON_NAMES, ICON_SET_NAMES, icon } from "../../../src/line/look/icons.ts";

/** Where `test/tools/fonts.ts` writes what the fonts have. */
export const FONTS_PATH = join(import.meta.dir, "../../fixtures/fonts.txt");

/** Separates the name of a line in that file from its signs. */
export const NAME_END = " | ";

/** In the private use area, where Nerd Fonts have their icons. */
export const isNerdSign = (sign: string): boolean => sign >= "\ue000" && sign <= "\uf8ff";

/** The signs outside ASCII of some texts, sorted. */
const signsOf = (texts: readonly string[]): string[] =>
  [...new Set(texts.join(""))].filter((sign) => sign > "~").sort();

export const iconSigns = (set: string): string[] => signsOf(ICON_NAMES.map((name) => icon(set, name)));

/** Every sign of a bar, at every percentage. */
export function barSigns(shape: string): string[] {
  const drawn = Array.from({ length: 101 }, (_, percent) => bar(percent, 10, shape));
  return signsOf(drawn.flatMap(({ filled, rest }) => [filled, rest]));
}

/** All signs of the line that are not of Nerd Fonts: icons, bars of every shape, marks. */
export const allSigns = (): string[] =>
  signsOf([
    ...ICON_SET_NAMES.flatMap(iconSigns),
    ...BAR_SHAPES.flatMap(barSigns),
    ...Object.values(LEVEL_MARKS),
  ]).filter((sign) => !isNerdSign(sign));

export interface FontTable {
  /** The signs that the fonts were asked for. */
  readonly asked: ReadonlySet<string>;
  /** What each font has of them, by its name and version. */
  readonly fonts: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @returns the table in `test/fixtures/fonts.txt` */
export function readFonts(): FontTable {
  const lines = readFileSync(FONTS_PATH, "utf8").trimEnd().split("\n");
  const rows = lines
    .filter((line) => !line.startsWith("#"))
    .map((line): [string, Set<string>] => {
      const [name = "", signs = ""] = line.split(NAME_END);
      return [name, new Set(signs)];
    });
  const [[, asked], ...fonts] = rows as [[string, Set<string>], ...[string, Set<string>][]];
  return { asked, fonts: new Map(fonts) };
}
