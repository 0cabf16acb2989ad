import { levelOf } from "../level.ts";
import { isNothing, localDay, spent } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { segment } from "../segment.ts";

export const today = segment({
  name: "today",
  about: "Cost of all sessions of the account since local midnight",
  source: "state usage of the account",
  absent: "the ledger has not been read yet, or nothing was spent today",
  priority: 52,
  part: "usage",
  levels: { warn: Number.POSITIVE_INFINITY, critical: Number.POSITIVE_INFINITY, unit: "USD" },
  render(context, { levels }) {
    const part = context.account?.parts.usage;
    const usage = part?.value;
    if (!usage || usage.day !== localDay(context.localTime(context.now)) || isNothing(usage.today))
      return undefined;
    return {
      role: "money",
      level: levelOf(usage.today.costUsd, levels),
      spans: [
        { text: "today ", role: "muted" },
        { text: spent(usage.today, usage.partial), role: "money" },
      ],
      ...freshness(context, "usage", part),
    };
  },
});
