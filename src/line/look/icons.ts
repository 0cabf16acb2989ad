/**
 * The signs before and between figures, and at the ends of blocks, by icon set.
 *
 * Every sign has the same width in every terminal: "unicode" and "nerd" have one-cell signs only, none of East Asian
 * width "ambiguous" but the separator dot, the ellipsis and "≥", and only what common fonts have; "emoji" has only
 * emoji that are wide by default (no variation selectors).
 */

/** A new set is its name here and its column below. */
export const ICON_SET_NAMES = ["unicode", "nerd", "emoji", "ascii"] as const;

type Columns<Names extends readonly string[]> = { readonly [Index in keyof Names]: string };

/** Each sign's text in the order of the sets; empty where a set has none. */
const ICONS = {
  directory: ["", "\uf07b", "📁", ""],
  branch: ["", "\ue0a0", "🌿", ""],
  commit: ["@", "\uf417", "📌", "@"],
  worktree: ["❏", "\uf1bb", "🌳", "wt:"],
  pullRequest: ["", "\uf407", "🔀", ""],
  model: ["", "\uf2db", "🤖", ""],
  fast: ["↯", "\uf0e7", "⚡", "fast"],
  context: ["", "\uf1c0", "🧠", ""],
  cache: ["", "\uf49b", "🧊", ""],
  money: ["", "\uf155", "💰", ""],
  limit: ["", "\uf252", "⏳", ""],
  reset: ["↻", "\uf021", "🔄", "reset "],
  clock: ["", "\uf017", "🕒", ""],
  session: ["◷", "\uf253", "⏰", ""],
  lines: ["", "\uf440", "📝", ""],
  style: ["", "\uf1fc", "🎨", ""],
  agent: ["", "\uf007", "👤", ""],
  name: ["", "\uf02b", "📛", ""],
  tool: ["", "\uf0ad", "🔧", ""],
  todo: ["", "\uf0ae", "📋", ""],
  message: ["", "\uf075", "💬", ""],
  turns: ["", "\uf086", "🔁", ""],
  tokens: ["", "\uf51e", "🔢", ""],
  live: ["", "\uf233", "📡", ""],
  staged: ["+", "+", "+", "+"],
  modified: ["~", "~", "~", "~"],
  untracked: ["?", "?", "?", "?"],
  conflicts: ["✗", "✗", "✗", "x"],
  ahead: ["⇡", "⇡", "⇡", "^"],
  behind: ["⇣", "⇣", "⇣", "v"],
  stash: ["⚑", "\uf01c", "📦", "stash "],
  approved: ["✓", "✓", "✅", "ok"],
  rejected: ["✗", "✗", "❌", "no"],
  failed: ["✗", "✗", "❌", "x"],
  atLeast: ["≥", "≥", "≥", ">="],
  ellipsis: ["…", "…", "…", ".."],
  separator: ["·", "·", "·", "|"],
  input: ["⇣", "⇣", "⇣", "in "],
  output: ["⇡", "⇡", "⇡", "out "],
  into: ["⇢", "⇢", "⇢", "->"],
  /** Powerline, seen from the left and the right: between two backgrounds, or thin between two equal ones. */
  pointLeft: ["▌", "\ue0b0", "▌", ">"],
  pointRight: ["▐", "\ue0b2", "▐", "<"],
  thinLeft: ["›", "\ue0b1", "›", ">"],
  thinRight: ["‹", "\ue0b3", "‹", "<"],
  /** The ends of capsules, with colours and bare. */
  capLeft: ["▐", "\ue0b6", "▐", "["],
  capRight: ["▌", "\ue0b4", "▌", "]"],
  bareLeft: ["(", "\ue0b7", "(", "["],
  bareRight: [")", "\ue0b5", ")", "]"],
} as const satisfies Record<string, Columns<typeof ICON_SET_NAMES>>;

export type IconName = keyof typeof ICONS;

export const ICON_NAMES = Object.keys(ICONS) as IconName[];

/** @returns the sign, empty where the set has none; of an unknown set, that of the first */
export const icon = (set: string, name: IconName): string =>
  ICONS[name][Math.max(0, (ICON_SET_NAMES as readonly string[]).indexOf(set))] as string;
