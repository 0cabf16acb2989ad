/**
 * How blocks are joined: plain with separators, powerline with pointed joints, capsules with round ends.
 * A style knows what the joints cost before it draws them, so that the layout can fit a row first.
 */

import type { Config, IconSet } from "../../config/config.ts";
import type { Level } from "../level.ts";
import { icon } from "../look/icons.ts";
import type { Palette } from "../look/theme.ts";
import type { Role, Span } from "../segment.ts";
import { cells } from "./cells.ts";
import { clean } from "./clean.ts";
import type { Run } from "./paint.ts";

export type Side = "left" | "right";

/** A block that stays in its row, in its final form. */
export interface Drawn {
  readonly spans: readonly Span[];
  readonly role: Role;
  readonly level: Level;
  readonly link?: string | undefined;
}

export interface Joiner {
  /** Cells that `count` blocks of one side need beside their own text. */
  cost(count: number): number;
  draw(blocks: readonly Drawn[], side: Side, palette: Palette): Run[];
}

/** The joints of the settings' style. */
export function joints(settings: Config, colored: boolean): Joiner {
  if (settings.style === "powerline") return powerline(settings.icons, colored);
  if (settings.style === "capsule") return capsule(settings.icons, colored);
  return plain(clean(settings.separator ?? ` ${icon(settings.icons, "separator")} `));
}

function plain(separator: string): Joiner {
  const width = cells(separator);
  return {
    cost: (count) => Math.max(0, count - 1) * width,
    draw(blocks, _side, palette) {
      const runs: Run[] = [];
      for (const block of blocks) {
        if (runs.length > 0) runs.push({ text: separator, fg: palette.fg("muted") });
        addForeground(runs, block, palette);
      }
      return runs;
    },
  };
}

/** A block's spans without a background: spans of its own role take its level's colour. */
export function addForeground(runs: Run[], { spans, role, level, link }: Drawn, palette: Palette): void {
  for (const span of spans) {
    const fg = palette.fg(span.role === role && level !== "normal" ? level : span.role);
    runs.push({ text: span.text, fg, link });
  }
}

/** Left and right joints: between two backgrounds, and between two blocks that have the same one. */
const POINTS: Readonly<
  Record<IconSet, { left: string; right: string; thinLeft: string; thinRight: string }>
> = {
  unicode: { left: "▌", right: "▐", thinLeft: "›", thinRight: "‹" },
  nerd: { left: "\ue0b0", right: "\ue0b2", thinLeft: "\ue0b1", thinRight: "\ue0b3" },
  emoji: { left: "▌", right: "▐", thinLeft: "›", thinRight: "‹" },
  ascii: { left: ">", right: "<", thinLeft: ">", thinRight: "<" },
};

function powerline(icons: IconSet, colored: boolean): Joiner {
  const points = POINTS[icons];
  return {
    cost: (count) => count * 3,
    draw(blocks, side, palette) {
      const runs: Run[] = [];
      for (let index = 0; index < blocks.length; index++) {
        const block = blocks[index] as Drawn;
        const neighbour = blocks[side === "left" ? index + 1 : index - 1];
        const beyond = neighbour === undefined ? "" : palette.bg(neighbour.role, neighbour.level);
        const same = !colored || palette.bg(block.role, block.level) === beyond;
        const thin = side === "left" ? points.thinLeft : points.thinRight;
        const joint: Run = {
          text: same ? thin : points[side],
          fg: same ? palette.on(block.role, block.level) : palette.edge(block.role, block.level),
          bg: beyond,
        };
        if (side === "right") runs.push(joint);
        addBackground(runs, block, palette, " ");
        if (side === "left") runs.push(joint);
      }
      return runs;
    },
  };
}

/** Ends of a capsule with colours and without. */
const CAPS: Readonly<Record<IconSet, { colored: [string, string]; bare: [string, string] }>> = {
  unicode: { colored: ["▐", "▌"], bare: ["(", ")"] },
  nerd: { colored: ["\ue0b6", "\ue0b4"], bare: ["\ue0b7", "\ue0b5"] },
  emoji: { colored: ["▐", "▌"], bare: ["(", ")"] },
  ascii: { colored: ["[", "]"], bare: ["[", "]"] },
};

function capsule(icons: IconSet, colored: boolean): Joiner {
  const [open, close] = CAPS[icons][colored ? "colored" : "bare"];
  return {
    cost: (count) => count * 2 + Math.max(0, count - 1),
    draw(blocks, _side, palette) {
      const runs: Run[] = [];
      for (const block of blocks) {
        if (runs.length > 0) runs.push({ text: " " });
        const fg = palette.edge(block.role, block.level);
        runs.push({ text: open, fg });
        addBackground(runs, block, palette, "");
        runs.push({ text: close, fg });
      }
      return runs;
    },
  };
}

/** A block's text on its background, between two paddings. */
function addBackground(
  runs: Run[],
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
