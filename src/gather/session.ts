/** What a session's file keeps of its newest payload. */
import { compactionPoint, compactionSettings, compactsAutomatically } from "../claude/compaction.ts";
import { projectTheme } from "../claude/theme.ts";
import { identify } from "../os/identity.ts";
import type { PartName } from "../state/parts.ts";
import type { CompactionFacts, SessionState } from "../state/scopes.ts";
import { withoutUndefined } from "../state/shape.ts";
import type { Pass } from "./part.ts";

/** The client's settings seldom change, and a pass may run every few seconds. Milliseconds. */
const REREAD_MS = 30_000;

/**
 * Update a session's state from the request.
 * @returns the parts that are due whatever their age: its usage, when the client has billed more
 */
export function updateSession(state: SessionState, pass: Pass): PartName[] {
  const { request, now, lookups } = pass;
  const { payload, claudeDir, clientPid } = request;
  const { cwd, model, context, cost } = payload;
  if (cwd !== undefined) state.cwd = cwd;
  if (model.id !== undefined) state.model = model.id;
  const client = clientPid === undefined ? undefined : identify(clientPid, lookups);
  if (client) state.client = { pid: client.pid, start: client.start, bootId: client.bootId };
  const isBilled = cost.usd !== undefined && cost.usd !== state.seen?.costUsd;
  const seen = withoutUndefined({
    at: now,
    name: payload.sessionName,
    transcriptPath: payload.transcriptPath,
    claudeDir,
    contextPercent: context.usedPercent,
    contextWindow: context.window,
    costUsd: cost.usd,
  });
  state.seen = { ...state.seen, ...seen };
  const compaction = compactionFacts(state, pass);
  if (compaction) state.compaction = compaction;
  if (claudeDir !== undefined && (pass.force || compaction === undefined || compaction.readAt === now))
    updateTheme(state, claudeDir);
  return isBilled ? ["session-usage"] : [];
}

/** As often as the settings are read for compaction; at each pass while that is not known. */
function updateTheme(state: SessionState, claudeDir: string): void {
  const theme = projectTheme(state.cwd ?? "/", claudeDir);
  if (theme === undefined) delete state.projectTheme;
  else state.projectTheme = theme;
}

/** @returns undefined when the session's model or window is not known */
function compactionFacts(
  { cwd = "/", compaction: before }: SessionState,
  { request: { payload, claudeDir }, env, now, force }: Pass,
): CompactionFacts | undefined {
  const model = payload.model.id;
  const { window } = payload.context;
  if (claudeDir === undefined || model === undefined || window === undefined) return undefined;
  const isFresh = !force && before && before.readAt <= now && now - before.readAt < REREAD_MS;
  if (isFresh && before.window === window && before.model === model) return before;
  const settings = compactionSettings(cwd, claudeDir, model);
  const point = compactionPoint(window, env, settings);
  const isOff = !compactsAutomatically(env, settings);
  return withoutUndefined({ window, model, readAt: now, point, off: isOff || undefined });
}
