/**
 * One bounded pass: the due parts of a session, its working tree and its account, each scope under its own lock.
 *
 * A scope that another pass is at is left to it. Each scope's lock is taken, used and released by itself, never while
 * another is waited for, so that passes cannot wait for each other in a circle.
 */
import { identify, LookupCache } from "../os/identity.ts";
import { workingTrees } from "../os/run/executable.ts";
import { prepareStateDirectory } from "../state/directory.ts";
import type { Handover } from "../state/handover.ts";
import { PassLog } from "../state/log.ts";
import type { StatePaths } from "../state/paths.ts";
import type { AccountState, PartName, Seen, SessionState } from "../state/schema.ts";
import { sweep } from "../state/sweep.ts";
import { replaceFile } from "../state/write.ts";
import { compactionFacts } from "./compaction.ts";
import { openMoney } from "./cost/source.ts";
import { isNews } from "./limits.ts";
import type { ScopeName, States } from "./part.ts";
import { reportOf } from "./parts/limits.ts";
import { plain } from "./plain.ts";
import { accountScope, repoScope, type Scope, sessionScope } from "./scope.ts";
import { type PartReport, type PassContext, ScopePass, type ScopeReport } from "./scope-pass.ts";
import { currentSettings } from "./settings.ts";

export interface PassOptions {
  readonly paths: StatePaths;
  readonly request: Handover;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gather everything, whatever its age and even while backing off. */
  readonly force?: boolean;
  /** Wait this long for a pass that is running. Milliseconds. Default: not at all. */
  readonly waitMs?: number;
  /** Index the whole history again. */
  readonly reindex?: boolean;
  /** The pass then kills what its parts have started and writes what it has. Milliseconds. */
  readonly deadlineMs: number;
  /** Ends the pass early, as its deadline would. */
  readonly signal?: AbortSignal;
  /** Tells how far a long index is, for a person who waits. */
  onProgress?(bytesRead: number, bytesTotal: number): void;
}

export interface PassReport {
  readonly tookMs: number;
  /** The pass had to end before its parts were done. */
  readonly cut: boolean;
  readonly scopes: readonly ScopeReport[];
  readonly parts: readonly PartReport[];
}

/**
 * Run a pass.
 * @throws StateDirectoryError when there is no place for state
 */
export async function runPass(options: PassOptions): Promise<PassReport> {
  const started = performance.now();
  const now = Date.now();
  const { paths, request, env, force = false, waitMs = 0 } = options;
  const trees = workingTrees([request.root, request.cwd, request.projectDir], env.HOME);
  prepareStateDirectory(paths);
  const log = new PassLog(paths, request.sessionId?.slice(0, 8) ?? "no session");
  const note = (message: string) => log.say(message);
  const settings = await currentSettings(paths, request.configPath, note);
  if (request.payload !== undefined) keepPayload(paths, request.payload, note);
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => {
    note(`the pass was not done after ${options.deadlineMs / 1000} s`);
    stop.abort();
  }, options.deadlineMs);
  const money = await openMoney({ ...options, trees, settings, now, note, signal: stop.signal });
  const lookups = new LookupCache();
  try {
    const shared = { paths, request, settings, env, trees, force, waitMs, now, money, lookups, note };
    const visits = await visitAll({ ...shared, signal: stop.signal });
    sweepQuietly(paths, now, note);
    return {
      tookMs: Math.round(performance.now() - started),
      cut: stop.signal.aborted,
      scopes: visits.map(({ report }) => report),
      parts: visits.flatMap(({ parts }) => parts),
    };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", onAbort);
    await money.close();
  }
}

/** The scopes do not wait for each other: a working tree is not busy because an account's history is long. */
function visitAll(context: PassContext): Promise<Visited[]> {
  const { paths, request } = context;
  const { sessionId, root, claudeDir } = request;
  return Promise.all([
    ...(sessionId === undefined ? [] : [visit(sessionScope(paths, sessionId), context, tellSession)]),
    ...(root === undefined ? [] : [visit(repoScope(paths, root), context)]),
    ...(claudeDir === undefined ? [] : [visit(accountScope(paths, claudeDir), context, newsForAccount)]),
  ]);
}

interface Visited {
  readonly report: ScopeReport;
  readonly parts: readonly PartReport[];
}

/** @param begin prepares the state; gives the parts that are due whatever their age */
async function visit<Name extends ScopeName>(
  scope: Scope<Name>,
  context: PassContext,
  begin: (state: States[Name], context: PassContext) => PartName[] = () => [],
): Promise<Visited> {
  const visit = await ScopePass.open(scope, context);
  if (!(visit instanceof ScopePass)) return { report: visit, parts: [] };
  let report: ScopeReport;
  try {
    await visit.gather(begin(visit.state, context));
  } finally {
    report = visit.close(Date.now());
  }
  return { report, parts: visit.parts };
}

/** What the payload says of the session goes into its file as it is. */
function tellSession(state: SessionState, { request, env, now, lookups }: PassContext): PartName[] {
  if (request.cwd !== undefined) state.cwd = request.cwd;
  if (request.model !== undefined) state.model = request.model;
  const client = request.clientPid === undefined ? undefined : identify(request.clientPid, lookups);
  if (client) state.client = { pid: client.pid, start: client.start, bootId: client.bootId };
  const said: Omit<Seen, "at"> = {
    ...(request.sessionName === undefined ? {} : { name: request.sessionName }),
    ...(request.transcriptPath === undefined ? {} : { transcriptPath: request.transcriptPath }),
    ...(request.claudeDir === undefined ? {} : { claudeDir: request.claudeDir }),
    ...(request.contextPercent === undefined ? {} : { contextPercent: request.contextPercent }),
    ...(request.contextWindow === undefined ? {} : { contextWindow: request.contextWindow }),
    ...(request.costUsd === undefined ? {} : { costUsd: request.costUsd }),
  };
  const isBilled = request.costUsd !== undefined && request.costUsd !== state.seen?.costUsd;
  state.seen = { ...state.seen, ...said, at: now };
  const compaction = compactionFacts(state.compaction, request, env, now);
  if (compaction) state.compaction = compaction;
  return isBilled ? ["session-usage"] : [];
}

const newsForAccount = (state: AccountState, { request }: PassContext): PartName[] =>
  isNews(state.parts.limits?.value, reportOf(request)) ? ["limits"] : [];

/** The newest payload wins, whosesoever it is: `plimsoll doctor` needs a real one. */
function keepPayload(paths: StatePaths, payload: string, note: (message: string) => void): void {
  try {
    replaceFile(paths.lastPayload, Buffer.from(payload));
  } catch (error) {
    note(plain(`the payload cannot be kept: ${(error as Error).message}`));
  }
}

function sweepQuietly(paths: StatePaths, now: number, note: (message: string) => void): void {
  try {
    const swept = sweep(paths, now);
    if (swept > 0) note(`swept ${swept} old files`);
  } catch (error) {
    note(plain(`old files cannot be swept: ${(error as Error).message}`));
  }
}
