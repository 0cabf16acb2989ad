/**
 * The signs before and between figures, and at the ends of blocks, by icon set.
 *
 * - "unicode" has what the common programming fonts have (test/fixtures/fonts.txt). East Asian "ambiguous" are
 *   `↑ ↓ → ≠ ≡ ≥ × · …` and `▌`: one cell, but two where a CJK locale makes them wide.
 * - "narrow" is for those: of its signs only `≥ · … ▌` are ambiguous.
 * - "nerd" needs a Nerd Font. In fonts without the suffix "Mono" an icon is wider than its cell, so a space follows it.
 * - "emoji" has only emoji that are wide by default, without variation selectors.
 *
 * In a set, each sign has one meaning.
 */
import type { Config } from "../../config/config.ts";
import type { Terminal } from "../context.ts";

/** A new set is its name here and its column below. */
export const ICON_SET_NAMES = ["unicode", "narrow", "nerd", "emoji", "ascii"] as const;

/** The values of the setting: "auto" is "narrow" where ambiguous characters are wide, else "unicode". */
export const ICON_CHOICES = ["auto", ...ICON_SET_NAMES] as const;

type Columns<Names extends readonly string[]> = { readonly [Index in keyof Names]: string };

/** Each sign's text in the order of the sets; empty where a set has none. */
const ICONS = {
  directory: ["", "", "\uf07b", "📁", ""],
  branch: ["", "", "\ue0a0", "🌿", ""],
  commit: ["@", "@", "\uf417 ", "📌", "@"],
  worktree: ["◫", "❏", "\uf1bb ", "🌳", "wt:"],
  pullRequest: ["", "", "\uf407", "🔀", ""],
  model: ["", "", "\uf2db", "🤖", ""],
  fast: ["»", "↯", "\uf0e7", "⚡", "fast"],
  context: ["", "", "\uf1c0", "🧠", ""],
  cache: ["", "", "\uf49b", "🧊", ""],
  limit: ["", "", "\uf252", "⏳", ""],
  /** When it ends: the reset of a limit. */
  reset: ["→", "↻", "\uf021 ", "🔄", "reset "],
  /** When it ends, or what it comes to by then: the cache, a projection. */
  into: ["→", "⇢", "→", "→", "->"],
  clock: ["", "", "\uf017", "🕒", ""],
  session: ["◷", "◷", "\uf253", "⏰", ""],
  lines: ["", "", "\uf448", "📝", ""],
  style: ["", "", "\uf1fc", "🎨", ""],
  agent: ["", "", "\uf007", "👤", ""],
  name: ["", "", "\uf02b", "📛", ""],
  tool: ["", "", "\uf0ad", "🔧", ""],
  todo: ["", "", "\uf0ae", "📋", ""],
  message: ["", "", "\uf075", "💬", ""],
  turns: ["", "", "\uf086", "🔁", ""],
  tokens: ["", "", "\uf51e", "🔢", ""],
  live: ["", "", "\uf233", "📡", ""],
  staged: ["+", "+", "+", "+", "+"],
  modified: ["~", "~", "~", "~", "~"],
  untracked: ["?", "?", "?", "?", "?"],
  conflicts: ["≠", "≢", "≠", "≠", "!="],
  ahead: ["↑", "⇡", "↑", "↑", "^"],
  behind: ["↓", "⇣", "↓", "↓", "v"],
  stash: ["≡", "⚑", "\uf01c ", "📦", "stash "],
  approved: ["✓", "✓", "✓", "✅", "ok"],
  failed: ["×", "✗", "×", "❌", "x"],
  atLeast: ["≥", "≥", "≥", "≥", ">="],
  ellipsis: ["…", "…", "…", "…", ".."],
  separator: ["·", "·", "·", "·", "|"],
  /** Powerline, seen from the left and the right: between two backgrounds, or thin between two equal ones. */
  pointLeft: ["▌", "▌", "\ue0b0", "▌", ">"],
  pointRight: ["▐", "▐", "\ue0b2", "▐", "<"],
  thinLeft: ["›", "›", "\ue0b1", "›", ">"],
  thinRight: ["‹", "‹", "\ue0b3", "‹", "<"],
  /** The ends of capsules, with colours and bare. */
  capLeft: ["▐", "▐", "\ue0b6", "▐", "["],
  capRight: ["▌", "▌", "\ue0b4", "▌", "]"],
  bareLeft: ["(", "(", "\ue0b7", "(", "["],
  bareRight: [")", ")", "\ue0b5", ")", "]"],
} as const satisfies Record<string, Columns<typeof ICON_SET_NAMES>>;

export type IconName = keyof typeof ICONS;

export const ICON_NAMES = Object.keys(ICONS) as IconName[];

/** @returns the sign, empty if the set lacks it; "auto" and unknown sets use the first set */
export const icon = (set: string, name: IconName): string =>
  ICONS[name][Math.max(0, (ICON_SET_NAMES as readonly string[]).indexOf(set))] as string;

/** @returns the configuration with the icon set that "auto" resolves to in this terminal, where that is not the first */
export const withIcons = (config: Config, { ambiguousIsWide }: Terminal): Config =>
  // A spread is slow in a render.
  ambiguousIsWide && config.icons === "auto" ? { ...config, icons: "narrow" } : config;

/** @returns the name of the icon set in use */
export function iconSetOf(config: Config, terminal: Terminal): string {
  const { icons } = withIcons(config, terminal);
  return icons === "auto" ? ICON_SET_NAMES[0] : icons;
}
