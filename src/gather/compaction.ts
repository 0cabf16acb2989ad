/** When the client will compact a session by itself, from the settings that are in force for it. */
import { compactionPoint, compactionSettings, compactsAutomatically } from "../claude/compaction.ts";
import type { Handover } from "../state/handover.ts";
import type { CompactionFacts } from "../state/schema.ts";

/** Settings seldom change, and a pass may come every few seconds. Milliseconds. */
const REREAD_MS = 30_000;

/** @returns undefined when the session's model or window is not known */
export function compactionFacts(
  before: CompactionFacts | undefined,
  { cwd = "/", claudeDir, model, contextWindow: window }: Handover,
  env: Readonly<Record<string, string | undefined>>,
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
