/** Gathered parts in segments: the value, and marks for one that is stale or could not be gathered. */
import { ttlOf } from "../state/due.ts";
import { PARTS, type PartName } from "../state/parts.ts";
import type { Part } from "../state/scopes.ts";
import type { Spend } from "../state/spend.ts";
import type { Context } from "./context.ts";
import { type Levels, levelOf } from "./level.ts";
import { spent } from "./look/format.ts";
import type { Piece } from "./segment.ts";

/** A figure is stale when it is older than this, and than its time to live times the factor. */
const STALE_MS = 60_000;
const STALE_AGE_FACTOR = 4;

export function partOf(context: Context, name: PartName): Part<unknown> | undefined {
  const { scope, key } = PARTS[name];
  const parts: Readonly<Record<string, Part<unknown> | undefined>> | undefined = context[scope]?.parts;
  return parts?.[key];
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

/** What the account spent over some days, with the marks of the part it comes from. */
export function accountSpend(context: Context, label: string, days: Spend, levels: Levels): Piece {
  const part = context.account?.parts.usage;
  return {
    role: "money",
    level: levelOf(days.costUsd, levels),
    spans: [
      { text: `${label} `, role: "muted" },
      { text: spent(days, part?.value?.partial), role: "money" },
    ],
    ...freshness(context, "usage", part),
  };
}

/** Whether the newest attempt failed. One that was too early did not. */
export const isFailing = (part: Part<unknown> | undefined): boolean => (part?.failures ?? 0) > 0;

/** The age mark of something gathered at `at` that lives for `lifeMs`. */
export function staleSince(now: number, at: number, lifeMs: number): Pick<Piece, "staleMs"> {
  const old = now - at;
  return { staleMs: old > Math.max(STALE_MS, STALE_AGE_FACTOR * lifeMs) ? old : undefined };
}
