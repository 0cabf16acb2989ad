/** The up-to-date ledger and the terminal, for one run of `plimsoll usage`. */

import { join } from "node:path";
import { claudeDirectories } from "../../claude/directories.ts";
import { directoryLookup } from "../../claude/project-path.ts";
import type { Markup } from "../../cli/characters.ts";
import { CommandError, EXIT } from "../../cli/errors.ts";
import { print, reportError, writeErr } from "../../cli/output.ts";
import type { Config } from "../../config/config.ts";
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
import { INDEX_WAIT_MS } from "../../state/timeouts.ts";
import { showProgress } from "../../usage/progress.ts";
import type { Query } from "../../usage/query.ts";
import type { ReportContext } from "../../usage/report-context.ts";
import { terminalStyle } from "./style.ts";

export interface UsageSource {
  readonly ledger: Ledger;
  /** The context as of now. */
  context(): ReportContext;
  /** Index what was appended to the active transcripts. */
  refresh(): Promise<void>;
  /** Print lines, until the reader closes the pipe. @returns the exit code */
  write(lines: Iterable<string>, markup: Markup): number;
}

const WRITE_BYTES = 1 << 16;

/**
 * Open the ledger, index new transcript lines, and call `body`.
 * @throws CommandError (exit 74) if the ledger or the state directory cannot be used
 */
export async function withUsage<Result>(
  query: Query,
  body: (source: UsageSource) => Promise<Result>,
): Promise<Result> {
  const paths = statePaths(process.env);
  if (!paths)
    throw new CommandError("no state directory for the ledger", {
      exitCode: EXIT.io,
      hint: "set HOME, or PLIMSOLL_STATE to a directory",
    });
  prepareStateDirectory(paths);
  const config = await refreshConfig(configPath(process.env), paths.configCache, reportError);
  using ledger = openLedger(paths.ledger, { prices: config.prices, mode: query.mode });
  await updateLedger(ledger, indexerLock(paths), "complete");
  reportRepairs(ledger);
  const reported = ledger.repair;
  const result = await body({
    ledger,
    context: () => contextOf(ledger, query.zone ?? LOCAL, paths, config),
    refresh: () => updateLedger(ledger, indexerLock(paths), "active"),
    write,
  });
  if (ledger.repair !== reported) reportRepairs(ledger);
  return result;
}

function contextOf(ledger: Ledger, zone: Zone, paths: StatePaths, config: Config): ReportContext {
  const now = Date.now();
  const directories = claudeDirectories(process.env);
  return {
    ledger,
    zone,
    now,
    fiveHourResetsAt: resetOf(paths, now),
    ...directoryLookup(directories),
    home: process.env.HOME,
    transcriptFolders: directories.map((path) => join(path, "projects")),
    style: () => terminalStyle(config),
  };
}

/** Report a repair of just now, and losses of earlier repairs that are not acknowledged. */
function reportRepairs(ledger: Ledger): void {
  if (ledger.repair) reportError(`plimsoll: ${describeRepair(ledger.repair)}`);
  const notice = lossNotice(ledger.losses());
  if (notice !== undefined)
    reportError(
      `plimsoll: ${notice}; sums may be too low. 'plimsoll doctor --acknowledge' dismisses this notice`,
    );
}

/** When the five-hour window ends, as passes recorded it, if all Claude Code directories agree. Unix milliseconds. */
function resetOf(paths: StatePaths, now: number): number | undefined {
  const directories = new Set(claudeDirectories(process.env).map((path) => realPath(path) ?? path));
  const resets = [...directories].flatMap((path) => {
    const limits = readState(paths, "account", path)?.parts.limits?.value;
    return limits && hasFiveHour(limits, now) ? [fiveHourReset(limits, now)] : [];
  });
  return resets.length === 1 ? resets[0] : undefined;
}

/** By the C library: JavaScript's own time zone takes four milliseconds to load. */
const LOCAL = tabulate((at) => (localTime(at)?.offsetSeconds ?? 0) * 1000);

/**
 * Index new transcript lines. If another process is indexing, which commits as it goes, use what there is. A complete
 * pass first waits, because passes over active transcripts are short.
 */
async function updateLedger(ledger: Ledger, lockPath: string, scope: "complete" | "active"): Promise<void> {
  const waitMs = scope === "complete" ? INDEX_WAIT_MS : 0;
  using lock = await acquire(lockPath, { waitMs, command: "usage: index" });
  if (!lock) {
    if (scope === "complete")
      reportError(
        "plimsoll: another process is indexing the transcripts: figures may be incomplete until it is done",
      );
    return;
  }
  let progress: ReturnType<typeof showProgress> | undefined;
  try {
    const { unreadable, cut } = await ledger.index(claudeDirectories(process.env), {
      scan: scope,
      onProgress: (state) => {
        progress ??= startProgress();
        progress.update(state);
      },
    });
    if (cut !== undefined && scope === "complete")
      reportError("plimsoll: the Claude directories are too large: some transcripts were skipped");
    for (const { path, reason } of unreadable) reportError(`plimsoll: ${path} cannot be read: ${reason}`);
  } finally {
    progress?.end();
  }
}

function startProgress() {
  if (!process.stderr.isTTY) return { update() {}, end() {} };
  return showProgress((text) => writeErr(text, "screen"), process.stderr.columns || 80);
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
