/**
 * `plimsoll usage live`: the active block, redrawn every second until a key is pressed.
 *
 * It draws on the terminal's alternate screen, so that the terminal is restored however it ends: by a key, by a signal,
 * or because the terminal is closed.
 */
import { drawOn } from "../cli/output.ts";
import { duration } from "../line/look/format.ts";
import { CHART_ROLE, filledBar } from "./chart.ts";
import { lowerBoundMark } from "./format.ts";
import { accountOf, blockLines, legendLines } from "./overview.ts";
import type { ReportContext } from "./report-context.ts";
import { fit } from "./table.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const REDRAW_MS = 1_000;
/** Exit codes: 128 and the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface TerminalStreams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/**
 * Redraw until a key, a signal or the end of the terminal.
 * @param contextNow called for each frame
 * @param refresh updates the ledger
 * @returns the exit code: 0 for a key, 128 and its number for a signal
 */
export async function live(
  contextNow: () => ReportContext,
  refresh: () => Promise<void>,
  { input, output }: TerminalStreams,
): Promise<number> {
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => end(code));
  input.on("data", () => end(0));
  const closed = () => end(SIGNALS.SIGHUP);
  input.on("end", closed);
  input.on("error", closed);
  output.on("error", closed);
  const draw = () => {
    const rows = screen(contextNow()).slice(0, Math.max(1, output.rows - 1));
    drawOn(output, `\x1b[H${rows.map((line) => `${line}\x1b[K\r\n`).join("")}\x1b[J`);
  };
  output.on("resize", draw);
  input.setRawMode(true);
  drawOn(output, ENTER);
  try {
    input.resume();
    for (;;) {
      draw();
      const code = await Promise.race([ended, Bun.sleep(REDRAW_MS)]);
      if (code !== undefined) return code;
      await refresh();
    }
  } finally {
    try {
      drawOn(output, LEAVE);
      input.setRawMode(false);
      input.pause();
    } catch {
      // The terminal is closed: nothing to restore.
    }
  }
}

/** One frame. @returns lines that fit the terminal's width. @throws LedgerError */
export function screen(context: ReportContext): string[] {
  const { zone, now } = context;
  const style = context.style();
  const { format, colors, width, bar: shape } = style;
  const account = accountOf(context);
  const { block, today } = account;
  const clock = new Date(now + zone.offsetMs(now)).toISOString().slice(11, 19);
  const lines = [
    `${colors.bold("Plimsoll")}  ${colors.dim(`${account.day} ${clock}`)}`,
    "",
    ...blockLines(account, context),
    "",
    `${colors.bold("Today")}   ${format.usd(today.costUsd, today.priced)}`,
  ];
  if (block) {
    const rows: [string, number][] = [
      ["Input", block.input],
      ["Output", block.output],
      ["Cache write", block.cacheWrite5m + block.cacheWrite1h],
      ["Cache read", block.cacheRead],
    ];
    const most = Math.max(1, ...rows.map(([, count]) => count));
    const cells = Math.max(6, Math.min(40, width - 30));
    const mark = lowerBoundMark(block.tokensMissing);
    const bars = rows.map(([name, count]) => {
      const filled = colors.paint(CHART_ROLE, filledBar(count / most, cells, shape));
      return `${name.padEnd(12)} ${(mark + format.count(count)).padStart(13)}  ${filled}`.trimEnd();
    });
    const age = `The block began ${block.endIsKnown ? "" : "~"}${duration(now - block.startAt)} ago.`;
    lines.push("", ...bars, "", colors.dim(age));
  }
  const drawn = lines.map((line) => fit(line, width));
  return [...drawn, ...legendLines(drawn, style), "", fit(colors.dim("Press any key to leave."), width)];
}
