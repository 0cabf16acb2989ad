/** What a session's file keeps of its newest payload. */
import { compactionPoint, compactionSettings, compactsAutomatically } from "../claude/compaction.ts";
import { identify } from "../os/identity.ts";
import type { PartName } from "../state/parts.ts";
import type { CompactionFacts, Seen, SessionState } from "../state/scopes.ts";
import type { Pass } from "./part.ts";

/** The client's settings seldom change, and a pass may run every few seconds. Milliseconds. */
const REREAD_MS = 30_000;

/**
 * Update a session's state from the request.
 * @returns the parts that are due whatever their age: its usage, when the client has billed more
 */
export function updateSession(state: SessionState, { request, env, now, lookups }: Pass): PartName[] {
  if (request.cwd !== undefined) state.cwd = request.cwd;
  if (request.model !== undefined) state.model = request.model;
  const client = request.clientPid === undefined ? undefined : identify(request.clientPid, lookups);
  if (client) state.client = { pid: client.pid, start: client.start, bootId: client.bootId };
  const seen: Omit<Seen, "at"> = {
    ...(request.sessionName === undefined ? {} : { name: request.sessionName }),
    ...(request.transcriptPath === undefined ? {} : { transcriptPath: request.transcriptPath }),
    ...(request.claudeDir === undefined ? {} : { claudeDir: request.claudeDir }),
    ...(request.contextPercent === undefined ? {} : { contextPercent: request.contextPercent }),
    ...(request.contextWindow === undefined ? {} : { contextWindow: request.contextWindow }),
    ...(request.costUsd === undefined ? {} : { costUsd: request.costUsd }),
  };
  const isBilled = request.costUsd !== undefined && request.costUsd !== state.seen?.costUsd;
  state.seen = { ...state.seen, ...seen, at: now };
  const compaction = compactionFacts(state.compaction, request, env, now);
  if (compaction) state.compaction = compaction;
  return isBilled ? ["session-usage"] : [];
}

/** @returns undefined when the session's model or window is not known */
function compactionFacts(
  before: CompactionFacts | undefined,
  { cwd = "/", claudeDir, model, contextWindow: window }: Pass["request"],
  env: Pass["env"],
  now: number,
): CompactionFacts | undefined {
  if (claudeDir === undefined || model === undefined || window === undefined) return undefined;
  const isFresh = before && before.readAt <= now && now - before.readAt < REREAD_MS;
  if (isFresh && before.window === window && before.model === model) return before;
  const settings = compactionSettings(cwd, claudeDir, model);
  const point = compactionPoint(window, env, settings);
  return {
    window,
    model,
    readAt: now,
    ...(point === undefined ? {} : { point }),
    ...(compactsAutomatically(env, settings) ? {} : { off: true }),
  };
}
