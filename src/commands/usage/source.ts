/** The ledger brought up to date, and the terminal, for one run of `plimsoll usage`. */

import { claudeDirectories } from "../../claude/directories.ts";
import type { Markup } from "../../cli/characters.ts";
import { CommandError, EXIT } from "../../cli/errors.ts";
import { print, reportError, writeErr } from "../../cli/output.ts";
import { refreshConfig } from "../../config-file/refresh.ts";
import { describeRepair, type Ledger, lossNotice, openLedger, type Zone } from "../../ledger/index.ts";
import { tabulate } from "../../ledger/zones.ts";
import { realPath } from "../../os/ffi/file.ts";
import { localTime } from "../../os/ffi/time.ts";
import { acquire } from "../../os/lock/flock.ts";
import { prepareStateDirectory } from "../../state/directory.ts";
import { fiveHourReset, hasFiveHour } from "../../state/limit-windows.ts";
import { configPath, indexerLock, type StatePaths, statePaths } from "../../state/paths.ts";
import { readState } from "../../state/scopes.ts";
import { makeFormat, numericLocale } from "../../usage/format.ts";
import { showProgress } from "../../usage/progress.ts";
import type { Query } from "../../usage/query.ts";
import type { ReportContext } from "../../usage/reports.ts";
import type { TerminalStyle } from "../../usage/table.ts";

export interface UsageSource {
  readonly ledger: Ledger;
  /** At this moment. */
  context(): ReportContext;
  /** Index what was appended to the active transcripts. */
  refresh(): Promise<void>;
  /** Print lines, until the reader closes the pipe. @returns the exit code */
  write(lines: Iterable<string>, markup: Markup): number;
}

/** How long a report waits for a pass that is indexing. Milliseconds. */
const LOCK_WAIT_MS = 2_000;

/** Cells a line may take where there is no terminal to ask. */
const PIPE_WIDTH = 160;
const WRITE_BYTES = 1 << 16;

/** Open the ledger, bring it up to date, and use it. */
export async function withUsage<Result>(
  query: Query,
  body: (source: UsageSource) => Promise<Result>,
): Promise<Result> {
  const paths = statePaths(process.env);
  if (!paths)
    throw new CommandError("there is no place for the ledger", {
      exitCode: EXIT.io,
      hint: "set HOME, or PLIMSOLL_STATE to a directory",
    });
  prepareStateDirectory(paths);
  const { prices } = await refreshConfig(configPath(process.env), paths.configCache, reportError);
  using ledger = openLedger(paths.ledger, { prices, mode: query.mode });
  await readOn(ledger, indexerLock(paths), "complete");
  report(ledger);
  const reported = ledger.repair;
  const result = await body({
    ledger,
    context: () => contextOf(ledger, query.zone ?? LOCAL, paths),
    refresh: () => readOn(ledger, indexerLock(paths), "active"),
    write,
  });
  if (ledger.repair !== reported) report(ledger);
  return result;
}

function contextOf(ledger: Ledger, zone: Zone, paths: StatePaths): ReportContext {
  const now = Date.now();
  return { ledger, zone, now, fiveHourResetsAt: resetOf(paths, now), style: terminalStyle };
}

/** Say what was repaired just now, and what an earlier repair lost until the user has acknowledged it. */
function report(ledger: Ledger): void {
  if (ledger.repair) reportError(`plimsoll: ${describeRepair(ledger.repair)}`);
  const notice = lossNotice(ledger.losses());
  if (notice !== undefined)
    reportError(`plimsoll: ${notice}; sums may be too low. 'plimsoll doctor --acknowledge' ends this notice`);
}

/** What the status line's passes keep of the limits, of every Claude Code directory whose transcripts are read. */
function resetOf(paths: StatePaths, now: number): number | undefined {
  const directories = new Set(claudeDirectories(process.env).map((path) => realPath(path) ?? path));
  const resets = [...directories].flatMap((path) => {
    const limits = readState(paths, "account", path)?.parts.limits?.value;
    return limits && hasFiveHour(limits, now) ? [fiveHourReset(limits, now)] : [];
  });
  return resets.length === 1 ? resets[0] : undefined;
}

/** The C library knows the local clock; JavaScript's own takes four milliseconds to wake up. */
const LOCAL = tabulate((at) => (localTime(at)?.offsetSeconds ?? 0) * 1000);

/**
 * While another process indexes, the figures are those that there are: it commits as it goes. A pass that looks at what is
 * active takes the time of a render: a complete look waits for it.
 */
async function readOn(ledger: Ledger, lockPath: string, look: "complete" | "active"): Promise<void> {
  const waitMs = look === "complete" ? LOCK_WAIT_MS : 0;
  using lock = await acquire(lockPath, { waitMs, command: "usage: index" });
  if (!lock) {
    if (look === "complete")
      reportError(
        "plimsoll: another process is reading the transcripts: figures may be incomplete until it is done",
      );
    return;
  }
  let progress: ReturnType<typeof showProgress> | undefined;
  try {
    const { unreadable, cut } = await ledger.index(claudeDirectories(process.env), {
      look,
      onProgress: (state) => {
        progress ??= startProgress();
        progress.note(state);
      },
    });
    if (cut !== undefined && look === "complete")
      reportError("plimsoll: the Claude directories are too large: not every transcript was found");
    for (const { path, reason } of unreadable) reportError(`plimsoll: ${path} cannot be read: ${reason}`);
  } finally {
    progress?.end();
  }
}

function startProgress() {
  if (!process.stderr.isTTY) return { note() {}, end() {} };
  return showProgress((text) => writeErr(text, "screen"), process.stderr.columns || 80);
}

function terminalStyle(): TerminalStyle {
  const { createColors } = require("picocolors") as typeof import("picocolors");
  const terminal = process.stdout.isTTY;
  const width = terminal ? process.stdout.columns : Number(process.env.COLUMNS);
  return {
    format: makeFormat(numericLocale(process.env)),
    colors: createColors(terminal && !process.env.NO_COLOR && process.env.TERM !== "dumb"),
    width: width >= 20 ? width : terminal ? 20 : PIPE_WIDTH,
  };
}

function write(lines: Iterable<string>, markup: Markup): number {
  let waiting = "";
  for (const line of lines) {
    waiting += `${line}\n`;
    if (waiting.length < WRITE_BYTES) continue;
    if (!print(waiting, markup)) return EXIT.ok;
    waiting = "";
  }
  print(waiting, markup);
  return EXIT.ok;
}
