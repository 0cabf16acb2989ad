/**
 * The signs that stand before or between figures, by icon set.
 *
 * Every sign has the same width in every terminal: "unicode" and "nerd" have only one-cell signs, none of East Asian
 * width "ambiguous" but the separator dot, the ellipsis and "≥", and only what common fonts have; "emoji" has only emoji that
 * are wide by default (no variation selectors).
 */
import type { IconSet } from "../../config/config.ts";

const SETS = ["unicode", "nerd", "emoji", "ascii"] as const satisfies readonly IconSet[];

/** Each sign's text in unicode, nerd, emoji and ascii; empty where the set goes without. */
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
} as const satisfies Record<string, readonly [unicode: string, nerd: string, emoji: string, ascii: string]>;

export type IconName = keyof typeof ICONS;

export const ICON_NAMES = Object.keys(ICONS) as IconName[];

/** @returns the sign, or an empty text where the set goes without */
export const icon = (set: IconSet, name: IconName): string =>
  ICONS[name][Math.max(0, SETS.indexOf(set))] as string;
