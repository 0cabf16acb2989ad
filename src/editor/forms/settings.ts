/** The settings on the first screen, below the rows. */
import { COST_SOURCES } from "../../config/config.ts";
import { STYLE_NAMES } from "../../line/layout/style.ts";
import { BAR_CHOICES } from "../../line/look/bar.ts";
import { ICON_CHOICES, icon } from "../../line/look/icons.ts";
import { theme } from "../../line/look/theme.ts";
import { themeNames } from "../../line/look/themes.ts";
import { baseOf } from "../document.ts";
import { askExportPath, askImportPath } from "../exchange.ts";
import { type EditorState, open } from "../state.ts";
import { type Choice, type Item, namedChoices } from "./item.ts";
import { presetItem } from "./preset.ts";

const NERD_SIGNS = (["directory", "branch", "model", "clock"] as const)
  .map((name) => icon("nerd", name))
  .join("  ");
const NERD_CHECK = `${NERD_SIGNS}  A folder, a branch, a chip, a clock? If you see boxes, choose unicode.`;

type Phrases = Readonly<Record<string, string>>;

const STYLES: Phrases = {
  plain: "text with separators between the segments",
  powerline: "coloured blocks that end in points",
  capsule: "coloured blocks, each on its own",
};

const ICONS: Phrases = {
  auto: "narrow where signs may take two cells, else unicode",
  unicode: "few signs, which common fonts have",
  narrow: "as unicode, with signs that take one cell in every terminal",
  nerd: `arrows and icons; needs a Nerd Font. ${NERD_CHECK}`,
  emoji: "emoji, of two cells each",
  ascii: "ASCII characters only",
};

const BARS: Phrases = {
  auto: "slant where the signs of line may take two cells, else line",
  line: "a line: ━━━╾──",
  slant: "slanted boxes: ▰▰▰▱▱▱",
  block: "shaded blocks: ███░░░",
  smooth: "blocks in steps of an eighth: ███▌",
  box: "boxes: ▮▮▮▯▯▯",
  braille: "dots: ⣿⣿⣿⣤⣀⣀",
  ascii: "ASCII characters: ###---",
};

const aboutIn = (phrases: Phrases) => (name: string) => phrases[name] ?? "";

/** @returns the settings of the whole line, then what opens a screen of its own */
export function settingItems(state: EditorState): Item[] {
  return [...lookItems(state), ...moreItems(state)];
}

function lookItems(state: EditorState): Item[] {
  const { config } = state.document;
  const base = baseOf(state.document);
  const { separator, bar } = config;
  const named = (label: "theme" | "style" | "icons", about: string, choices: readonly Choice[]): Item => ({
    label,
    about,
    path: [label],
    value: config[label],
    base: base[label],
    shown: config[label],
    shownBase: base[label],
    edit: { kind: "choice", choices },
  });
  return [
    presetItem(state),
    named("theme", "Colours; auto follows Claude Code and the background", [
      { value: "auto", label: "auto", about: "follows Claude Code's theme, then the background" },
      ...namedChoices(themeNames(), (name) => theme(name)?.about ?? ""),
    ]),
    named("style", "How segments are joined", namedChoices(STYLE_NAMES, aboutIn(STYLES))),
    {
      ...named(
        "icons",
        config.icons === "nerd" ? NERD_CHECK : "Signs before and between figures; nerd needs a Nerd Font",
        namedChoices(ICON_CHOICES, aboutIn(ICONS)),
      ),
    },
    separatorItem(separator),
    {
      label: "bar",
      about: "The shape of bars",
      path: ["bar", "shape"],
      value: bar.shape,
      base: base.bar.shape,
      shown: bar.shape,
      shownBase: base.bar.shape,
      edit: { kind: "choice", choices: namedChoices(BAR_CHOICES, aboutIn(BARS)) },
    },
    numberItem(
      "bar cells",
      "The length of bars; 0 draws none",
      ["bar", "cells"],
      bar.cells,
      base.bar.cells,
      60,
    ),
    numberItem("margin", "Cells left free at the right edge", ["margin"], config.margin, base.margin, 200),
    numberItem(
      "padding",
      "statusLine.padding as in Claude Code's settings",
      ["padding"],
      config.padding,
      base.padding,
      50,
    ),
    {
      label: "costs from",
      about: "Where costs come from: Plimsoll's ledger, or the program ccusage, which must be installed",
      path: ["billing", "source"],
      value: config.billing.source,
      base: base.billing.source,
      shown: config.billing.source,
      shownBase: base.billing.source,
      edit: { kind: "choice", choices: namedChoices(COST_SOURCES) },
    },
  ];
}

const numberItem = (
  label: string,
  about: string,
  path: readonly string[],
  value: number,
  base: number,
  max: number,
): Item => ({
  label,
  about,
  path,
  value,
  base,
  shown: String(value),
  shownBase: String(base),
  edit: { kind: "number", min: 0, max, step: 1 },
});

const SEPARATORS: readonly (readonly [string, string])[] = [
  [" · ", "dot"],
  [" | ", "bar"],
  [" / ", "slash"],
  ["  ", "two spaces"],
  [" ", "one space"],
  [" • ", "bullet"],
  [" › ", "angle"],
];

const separatorItem = (separator: string | undefined): Item => ({
  label: "separator",
  about: "Text between two segments in plain style",
  path: ["separator"],
  value: separator,
  base: undefined,
  shown: separator === undefined ? "default" : `"${separator}"`,
  edit: {
    kind: "choice",
    choices: [
      { value: undefined, label: "default", about: "the icon set's own" },
      ...SEPARATORS.map(([value, about]) => ({ value, label: `"${value}"`, about })),
    ],
    typed: {
      hint: "a text of at most 20 characters, with its spaces",
      text: separator ?? " · ",
      read: (text) => ({ value: text }),
    },
  },
});

function moreItems(state: EditorState): Item[] {
  const { config } = state.document;
  const count = (of: object, what: string) => {
    const own = Object.keys(of).length;
    return own === 0 ? "" : `${own} ${what}`;
  };
  const screen = (
    label: string,
    about: string,
    shown: string,
    go: (from: EditorState) => EditorState,
  ): Item => ({
    label,
    about,
    shown,
    edit: { kind: "open", open: go },
  });
  const form = (kind: "colors" | "refresh" | "commands") => (from: EditorState) =>
    open(from, { name: "form", form: { kind }, index: 0 });
  const installed = state.installed === undefined ? "" : state.installed ? "installed" : "not installed";
  return [
    screen("colours", "Colours of roles, over the theme's", count(config.colors, "own"), form("colors")),
    screen(
      "data age",
      "How old a gathered figure may become before it is gathered again",
      count(config.refresh, "own"),
      form("refresh"),
    ),
    screen(
      "commands",
      "Your own programs, whose output is a segment",
      count(config.commands, "defined"),
      form("commands"),
    ),
    screen("import", "Read a configuration from another file", "", askImportPath),
    screen("export", "Write this configuration to another file", "", askExportPath),
    screen(
      "Claude Code",
      state.installed
        ? "How often Claude Code redraws the line; remove the line from its settings"
        : "Add the line to Claude Code's settings; shows the change first",
      installed,
      (from) => ({
        ...from,
        effect: { kind: "plan-install", refresh: undefined },
      }),
    ),
  ];
}
