/**
 * One bounded pass: the due parts of a session, its working tree and its account, each scope under its own lock.
 *
 * A scope that another pass holds is skipped. No lock is held while another one is waited for, so passes cannot
 * deadlock.
 */

import { hasNewTheme } from "../claude/theme.ts";
import { refreshConfig } from "../config-file/refresh.ts";
import { setLowPriority } from "../os/ffi/process.ts";
import { LookupCache } from "../os/identity.ts";
import { armDeadline } from "../os/run/deadline.ts";
import { workingTrees } from "../os/run/executable.ts";
import { prepareStateDirectory } from "../state/directory.ts";
import type { PassRequest } from "../state/handover.ts";
import { oneLine, PassLog } from "../state/log.ts";
import type { PartName } from "../state/parts.ts";
import type { StatePaths } from "../state/paths.ts";
import type { AccountState } from "../state/scopes.ts";
import { sweep } from "../state/sweep.ts";
import { KILL_DELAY_MS } from "../state/timeouts.ts";
import { replaceFile } from "../state/write.ts";
import { costSource } from "./cost/source.ts";
import { isNewReport, reportOf } from "./limits.ts";
import type { Pass } from "./part.ts";
import { type PartReport, ScopePass, type ScopeReport } from "./scope-pass.ts";
import { updateSession } from "./session.ts";

export interface PassOptions
  extends Pick<Pass, "paths" | "env" | "force" | "reindex" | "waitMs" | "onProgress"> {
  /** Works out what the pass is about: within the deadline, because it may read stdin and search for files. */
  request(): Promise<PassRequest>;
  /** The pass then kills what its parts have started, and writes what it has. Milliseconds. */
  readonly deadlineMs: number;
  /** Run at low priority: no process waits for the result. */
  readonly background: boolean;
}

export interface PassReport {
  readonly tookMs: number;
  /** The pass had to end before its parts were done. */
  readonly cut: boolean;
  readonly scopes: readonly ScopeReport[];
  readonly parts: readonly PartReport[];
}

/**
 * Run a pass, as all that this process does: the kernel ends the process after its deadline, signals end it early.
 * @throws StateDirectoryError without a usable state directory
 */
export async function runPass(options: PassOptions): Promise<PassReport> {
  using _kill = armDeadline(options.deadlineMs + KILL_DELAY_MS);
  if (options.background) setLowPriority();
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => stop.abort());
  const request = await options.request();
  const { payload, root, claudeDir } = request;
  const { sessionId } = payload;
  const started = performance.now();
  const { paths, env, deadlineMs } = options;
  prepareStateDirectory(paths);
  const passLog = new PassLog(paths, sessionId?.slice(0, 8) ?? "no session");
  const log = (message: string) => passLog.write(message);
  if (request.payloadText !== undefined) keepPayload(paths, request.payloadText, log);
  const timer = setTimeout(() => {
    log(`the pass was not done after ${deadlineMs / 1000} s`);
    stop.abort();
  }, deadlineMs);
  const shared = {
    ...options,
    request,
    config: await refreshConfig(request.configPath, paths.configCache, log),
    trees: workingTrees([root, payload.cwd, payload.projectDir], env.HOME),
    now: Date.now(),
    signal: stop.signal,
    lookups: new LookupCache(),
    log,
  };
  const cost = costSource(shared);
  try {
    const pass: Pass = { ...shared, cost };
    // Concurrently: a working tree does not wait for the long history of an account.
    const outcomes = await Promise.all([
      ...(sessionId === undefined ? [] : [new ScopePass("session", sessionId, pass, updateSession).gather()]),
      ...(root === undefined ? [] : [new ScopePass("repo", root, pass).gather()]),
      ...(claudeDir === undefined ? [] : [new ScopePass("account", claudeDir, pass, accountNews).gather()]),
    ]);
    removeOldFiles(shared);
    return {
      tookMs: Math.round(performance.now() - started),
      cut: stop.signal.aborted,
      scopes: outcomes.map(({ report }) => report),
      parts: outcomes.flatMap(({ parts }) => parts),
    };
  } finally {
    clearTimeout(timer);
    await cost.close();
  }
}

/** A session's new report of its limits, and another theme of the client, are recorded at once. */
function accountNews({ claudeDir, parts }: AccountState, { request }: Pass): PartName[] {
  const theme = parts.theme?.value;
  return [
    ...(isNewReport(parts.limits?.value, reportOf(request)) ? (["limits"] as const) : []),
    ...(theme && hasNewTheme(claudeDir, theme) ? (["theme"] as const) : []),
  ];
}

/** The newest payload wins, whichever session it is of: `plimsoll doctor` needs a real one. */
function keepPayload(paths: StatePaths, payload: string, log: Pass["log"]): void {
  try {
    replaceFile(paths.lastPayload, Buffer.from(payload));
  } catch (error) {
    log(oneLine(`the payload cannot be kept: ${(error as Error).message}`));
  }
}

function removeOldFiles({ paths, now, log }: Pick<Pass, "paths" | "now" | "log">): void {
  try {
    const swept = sweep(paths, now);
    if (swept > 0) log(`swept ${swept} old files`);
  } catch (error) {
    log(oneLine(`old files cannot be swept: ${(error as Error).message}`));
  }
}
