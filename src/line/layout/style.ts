/**
 * How the blocks of a row are joined. A style tells what its joints cost before it draws them, so that the layout can
 * fit the row first.
 */

import type { Config } from "../../config/config.ts";
import type { Level } from "../level.ts";
import { icon } from "../look/icons.ts";
import type { Palette } from "../look/theme.ts";
import type { Role, Span } from "../segment.ts";
import { cells } from "./cells.ts";
import { clean } from "./clean.ts";
import type { TextRun } from "./paint.ts";

export type Side = "left" | "right";

/** A block that stays in its row, in its final form. */
export interface Drawn {
  readonly spans: readonly Span[];
  readonly role: Role;
  readonly level: Level;
  readonly link?: string | undefined;
}

export interface Joiner {
  /** Cells that `count` blocks of one side need besides their own text. */
  cost(count: number): number;
  draw(blocks: readonly Drawn[], side: Side, palette: Palette): TextRun[];
}

/** Makes a joiner from the configuration, for a terminal with colours or without. */
type Style = (config: Config, colored: boolean) => Joiner;

const STYLES = {
  /** Separators between the segments. */
  plain({ separator, icons }) {
    const text = clean(separator ?? ` ${icon(icons, "separator")} `);
    const width = cells(text);
    return {
      cost: (count) => Math.max(0, count - 1) * width,
      draw(blocks, _side, palette) {
        const runs: TextRun[] = [];
        for (const block of blocks) {
          if (runs.length > 0) runs.push({ text, fg: palette.fg("muted") });
          addForeground(runs, block, palette);
        }
        return runs;
      },
    };
  },

  /** Backgrounds that end in points. */
  powerline: ({ icons }, colored) => ({
    cost: (count) => count * 3,
    draw(blocks, side, palette) {
      const point = icon(icons, side === "left" ? "pointLeft" : "pointRight");
      const thin = icon(icons, side === "left" ? "thinLeft" : "thinRight");
      const runs: TextRun[] = [];
      for (let index = 0; index < blocks.length; index++) {
        const block = blocks[index] as Drawn;
        const neighbour = blocks[side === "left" ? index + 1 : index - 1];
        const beyond = neighbour === undefined ? "" : palette.bg(neighbour.role, neighbour.level);
        const same = !colored || palette.bg(block.role, block.level) === beyond;
        const joint: TextRun = {
          text: same ? thin : point,
          fg: same ? palette.on(block.role, block.level) : palette.edge(block.role, block.level),
          bg: beyond,
        };
        if (side === "right") runs.push(joint);
        addBackground(runs, block, palette, " ");
        if (side === "left") runs.push(joint);
      }
      return runs;
    },
  }),

  /** Backgrounds with round ends. */
  capsule: ({ icons }, colored) => ({
    cost: (count) => count * 2 + Math.max(0, count - 1),
    draw(blocks, _side, palette) {
      const open = icon(icons, colored ? "capLeft" : "bareLeft");
      const close = icon(icons, colored ? "capRight" : "bareRight");
      const runs: TextRun[] = [];
      for (const block of blocks) {
        if (runs.length > 0) runs.push({ text: " " });
        const fg = palette.edge(block.role, block.level);
        runs.push({ text: open, fg });
        addBackground(runs, block, palette, "");
        runs.push({ text: close, fg });
      }
      return runs;
    },
  }),
} as const satisfies Readonly<Record<string, Style>>;

export const STYLE_NAMES = Object.keys(STYLES) as (keyof typeof STYLES)[];

/** The joiner of the configured style; of an unknown one, plain's. */
export function joinerOf(config: Config, colored: boolean): Joiner {
  const style: Style = Object.hasOwn(STYLES, config.style)
    ? STYLES[config.style as keyof typeof STYLES]
    : STYLES.plain;
  return style(config, colored);
}

/** The index of the span that the block's level is about, or -1 when it is about the whole block. */
export function markedSpan(spans: readonly Span[]): number {
  for (let index = 0; index < spans.length; index++) if (spans[index]?.marked) return index;
  return -1;
}

/**
 * Without a background, spans of the block's role take its level's colour, or only the marked one does.
 */
export function addForeground(runs: TextRun[], { spans, role, level, link }: Drawn, palette: Palette): void {
  const isAboutAll = markedSpan(spans) < 0;
  for (const span of spans) {
    const isOfLevel = span.marked || (isAboutAll && span.role === role);
    const shown = isOfLevel && level !== "normal" ? level : span.role;
    runs.push(plainRun(span.text, shown, palette, link));
  }
}

/** @returns text without a background; in colour, what is wrong is bold too */
export const plainRun = (text: string, role: Role, palette: Palette, link?: string): TextRun => ({
  text,
  fg: palette.fg(role),
  bold: palette.depth > 0 && (role === "warn" || role === "critical"),
  link,
});

function addBackground(
  runs: TextRun[],
  { spans, role, level, link }: Drawn,
  palette: Palette,
  padding: string,
): void {
  const fg = palette.on(role, level);
  const bg = palette.bg(role, level);
  runs.push({ text: padding, fg, bg });
  for (const { text } of spans) runs.push(link === undefined ? { text, fg, bg } : { text, fg, bg, link });
  runs.push({ text: padding, fg, bg });
}
