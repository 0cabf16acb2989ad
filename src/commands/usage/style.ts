/** How reports look on the terminal at hand: its width, the locale's numbers, and the colours of the line. */

import type { Config } from "../../config/config.ts";
import { readTerminal } from "../../display/terminal.ts";
import { barShape } from "../../line/look/bar.ts";
import { palette } from "../../line/look/theme.ts";
import { resolveOptions } from "../../line/options.ts";
import { block } from "../../line/segments/block.ts";
import { NO_COLORS, themeColors } from "../../usage/colors.ts";
import { makeFormat, numericLocale } from "../../usage/format.ts";
import type { TerminalStyle } from "../../usage/table.ts";
import { knownGround } from "../preview-ground.ts";

/** Width of a line if stdout is not a terminal. Cells. */
const PIPE_WIDTH = 160;
const LEAST_WIDTH = 20;

/** @returns the style for stdout: colours on a terminal only, none with NO_COLOR or TERM=dumb */
export function terminalStyle(config: Config): TerminalStyle {
  const isTerminal = process.stdout.isTTY;
  const terminal = { ...readTerminal(process.env, config), ...(isTerminal ? knownGround() : {}) };
  const width = isTerminal ? process.stdout.columns : Number(process.env.COLUMNS);
  return {
    format: makeFormat(numericLocale(process.env)),
    colors: isTerminal ? themeColors(palette(config.theme, config.colors, terminal)) : NO_COLORS,
    bar: barShape({ ...config, bar: { ...config.bar, shape: "auto" } }, terminal),
    width: width >= LEAST_WIDTH ? width : isTerminal ? LEAST_WIDTH : PIPE_WIDTH,
    blockLevels: resolveOptions(undefined, block.levels, config.segments.block).levels,
  };
}
