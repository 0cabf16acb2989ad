import type { Context } from "../context.ts";
import { levelOf } from "../level.ts";
import { money } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { type Piece, segment } from "../segment.ts";

export const cost = segment({
  name: "cost",
  about:
    "Cost of the session: the client's bill, or the ledger's sum where the bill is incomplete; of a fork, since it was forked",
  source: "payload cost.total_cost_usd; state usage of the session",
  absent: "no model has been called yet",
  brief: "none yet",
  priority: 85,
  part: "session-usage",
  levels: { warn: Number.POSITIVE_INFINITY, critical: Number.POSITIVE_INFINITY, unit: "USD" },
  render(context, { levels }) {
    const sum = sessionCost(context);
    if (!sum) return undefined;
    return {
      role: "money",
      level: levelOf(sum.usd, levels),
      spans: [{ text: sum.text, role: "money" }],
      ...sum.marks,
    };
  },
});

/** Smaller differences are rounding. USD. */
const ROUNDING = 1e-9;

/**
 * The bill, if there is one: transcripts lack the cost of `/compact` and other housekeeping. But a client that was killed
 * starts from zero when the session is resumed; the ledger does not.
 */
function sessionCost(
  context: Context,
): { usd: number; text: string; marks: Pick<Piece, "staleMs" | "failure"> } | undefined {
  const { usd: total, apiDurationMs } = context.payload.cost;
  const part = context.session?.parts.usage;
  // The total of a fork includes that of the session it was forked from.
  const usd = total === undefined ? undefined : Math.max(0, total - (part?.value?.inheritedUsd ?? 0));
  const forgot = usd !== undefined && (part?.value?.billUsd ?? 0) > usd + ROUNDING;
  if (usd !== undefined && !forgot) {
    // A new session reports 0 before the first request.
    return usd === 0 && !apiDurationMs ? undefined : { usd, text: money(usd), marks: {} };
  }
  if (!part?.value) return undefined;
  const { costUsd, priced } = part.value;
  return { usd: costUsd, text: money(costUsd, priced), marks: freshness(context, "session-usage", part) };
}
