/** What segments read of gathered parts: the value, and whether it is old or could not be gathered. */
import { ttlOf } from "../state/due.ts";
import { PARTS, type PartName } from "../state/parts.ts";
import type { Part } from "../state/scopes.ts";
import type { Context } from "./context.ts";
import type { Piece } from "./segment.ts";

/** A figure is marked with its age when it is this old, and older than a few times to live. */
const STALE_MS = 60_000;
const STALE_LIVES = 4;

/** Any part of the state that the context has. */
export function partOf(context: Context, name: PartName): Part<unknown> | undefined {
  const { session, repo, account } = context;
  const scopes = [session?.parts, repo?.parts, account?.parts] as readonly (
    | Readonly<Record<string, Part<unknown> | undefined>>
    | undefined
  )[];
  const scope = { session: 0, repo: 1, account: 2 }[PARTS[name].scope];
  return scopes[scope]?.[PARTS[name].key];
}

/** The marks of a piece that shows a gathered part. */
export function freshness(
  context: Context,
  name: PartName,
  part: Part<unknown> | undefined,
): Pick<Piece, "staleMs" | "failure"> {
  if (!part) return {};
  const life = ttlOf(name, context.config);
  const { staleMs } = staleSince(context.now, part.gatheredAt, life);
  return { staleMs, failure: isFailing(part) ? part.error : undefined };
}

/** Whether the newest attempt failed: one that was only too early did not. */
export const isFailing = (part: Part<unknown> | undefined): boolean => (part?.failures ?? 0) > 0;

/** The age mark of something gathered at `at` that lives for `lifeMs`. */
export function staleSince(now: number, at: number, lifeMs: number): Pick<Piece, "staleMs"> {
  const old = now - at;
  return { staleMs: old > Math.max(STALE_MS, STALE_LIVES * lifeMs) ? old : undefined };
}
