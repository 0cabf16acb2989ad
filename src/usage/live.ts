/**
 * `plimsoll usage live`: the running block, redrawn each second until a key is pressed.
 *
 * It draws on the terminal's other screen, so that what stood there before stands there after, however it ends: by a
 * key, by a signal, or because the terminal is closed.
 */

import { drawOn } from "../cli/output.ts";
import type { Ledger } from "../ledger/index.ts";
import type { Zone } from "../ledger/zones.ts";
import { bar } from "./chart.ts";
import { duration, lowerBoundMark } from "./format.ts";
import { blockLines } from "./overview.ts";
import { fit } from "./table.ts";
import type { Look } from "./tables.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const REDRAW_MS = 1_000;

/** The terminal, as far as the screen needs it. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/**
 * Draw until it is ended.
 * @param refresh brings the ledger up to date
 * @param resetOf when the client's five-hour window ends, if it is known. Unix milliseconds
 * @returns the exit code: 0 for a key, 128 and its number for a signal
 */
export async function live(
  ledger: Ledger,
  zone: Zone,
  lookOf: () => Look,
  refresh: () => Promise<void>,
  resetOf: () => number | undefined,
  { input, output }: Terminal,
): Promise<number> {
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const [signal, code] of Object.entries(signals)) process.on(signal, () => end(code));
  input.on("data", () => end(0));
  // The terminal was closed: there is nobody left to draw for.
  input.on("end", () => end(129));
  input.on("error", () => end(129));
  output.on("error", () => end(129));
  output.on("resize", () => draw());
  const draw = () => {
    const lines = screen(ledger, zone, Date.now(), lookOf(), resetOf());
    const rows = lines.slice(0, Math.max(1, output.rows - 1));
    drawOn(output, `\x1b[H${rows.map((line) => `${line}\x1b[K\r\n`).join("")}\x1b[J`);
  };
  input.setRawMode(true);
  drawOn(output, ENTER);
  try {
    input.resume();
    let running = true;
    const code = ended.finally(() => {
      running = false;
    });
    while (running) {
      draw();
      await Promise.race([code, Bun.sleep(REDRAW_MS)]);
      if (running) await refresh();
    }
    return await code;
  } finally {
    try {
      drawOn(output, LEAVE);
      input.setRawMode(false);
      input.pause();
    } catch {
      // The terminal is gone: nothing has to be put back, and there is nobody to tell.
    }
  }
}

export function screen(
  ledger: Ledger,
  zone: Zone,
  now: number,
  look: Look,
  fiveHourResetsAt?: number,
): string[] {
  const { format, paint, room } = look;
  const account = ledger.accountUsage({ now, timezone: zone, ...(fiveHourResetsAt && { fiveHourResetsAt }) });
  const { block, today } = account;
  const clock = new Date(now + zone.offsetMs(now)).toISOString().slice(11, 19);
  const lines = [
    `${paint.bold("Plimsoll")}  ${paint.dim(`${account.day} ${clock}`)}`,
    "",
    ...blockLines(account, now, look),
    "",
    `${paint.bold("Today")}   ${format.usd(today.costUsd, today.priced)}`,
  ];
  if (block) {
    const rows: [string, number][] = [
      ["Input", block.inputTokens],
      ["Output", block.outputTokens],
      ["Cache write", block.cacheWriteTokens],
      ["Cache read", block.cacheReadTokens],
    ];
    const most = Math.max(1, ...rows.map(([, count]) => count));
    const cells = Math.max(6, Math.min(40, room - 30));
    lines.push("");
    const mark = lowerBoundMark(block.tokensMissing);
    for (const [name, count] of rows)
      lines.push(
        `${name.padEnd(12)} ${(mark + format.count(count)).padStart(13)}  ${bar(count / most, cells)}`.trimEnd(),
      );
    lines.push(
      "",
      paint.dim(`The block began ${block.endIsKnown ? "" : "~"}${duration(now - block.startAt)} ago.`),
    );
  }
  return [...lines, "", paint.dim("Press any key to leave.")].map((line) => fit(line, room));
}
