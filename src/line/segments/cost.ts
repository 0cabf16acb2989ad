import type { Context } from "../context.ts";
import { levelOf } from "../level.ts";
import { money } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { type Piece, segment } from "../segment.ts";

export const cost = segment({
  name: "cost",
  about:
    "What the session has cost: the client's bill, or the ledger's sum where that is incomplete; of a fork, since it was forked",
  source: "payload cost.total_cost_usd; state usage of the session",
  absent: "nothing has been asked of a model yet",
  priority: 85,
  part: "session-usage",
  levels: { warn: Number.POSITIVE_INFINITY, critical: Number.POSITIVE_INFINITY, unit: "USD" },
  render(context, { levels }) {
    const sum = sessionCost(context);
    if (!sum) return undefined;
    return {
      role: "money",
      icon: "money",
      level: levelOf(sum.usd, levels),
      spans: [{ text: sum.text, role: "money" }],
      ...sum.marks,
    };
  },
});

/** Smaller differences are rounding. USD. */
const ROUNDING = 1e-9;

/**
 * The bill where there is one: transcripts leave out what `/compact` and other housekeeping cost. But a client that was
 * killed has forgotten, when the session is resumed, what it had spent; the ledger has not.
 */
function sessionCost(
  context: Context,
): { usd: number; text: string; marks: Pick<Piece, "staleMs" | "failure"> } | undefined {
  const { usd: total, apiDurationMs } = context.payload.cost;
  const part = context.session?.parts.usage;
  // The client carries the total of a forked session over into the fork.
  const usd = total === undefined ? undefined : Math.max(0, total - (part?.value?.inheritedUsd ?? 0));
  const forgot = usd !== undefined && (part?.value?.billUsd ?? 0) > usd + ROUNDING;
  if (usd !== undefined && !forgot) {
    // A new session reports 0 because nothing has been asked yet, not because it was free.
    return usd === 0 && !apiDurationMs ? undefined : { usd, text: money(usd), marks: {} };
  }
  if (!part?.value) return undefined;
  const { costUsd, priced } = part.value;
  return { usd: costUsd, text: money(costUsd, priced), marks: freshness(context, "session-usage", part) };
}
