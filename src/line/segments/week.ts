import { levelOf } from "../level.ts";
import { isNothing, spent } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { segment } from "../segment.ts";

export const week = segment({
  name: "week",
  about: "Cost of all sessions of the account in seven local days, including today",
  source: "state usage of the account",
  absent: "the ledger has not been read yet, or nothing was spent in those days",
  priority: 38,
  part: "usage",
  levels: { warn: Number.POSITIVE_INFINITY, critical: Number.POSITIVE_INFINITY, unit: "USD" },
  render(context, { levels }) {
    const part = context.account?.parts.usage;
    const usage = part?.value;
    if (!usage || isNothing(usage.week)) return undefined;
    return {
      role: "money",
      level: levelOf(usage.week.costUsd, levels),
      spans: [
        { text: "week ", role: "muted" },
        { text: spent(usage.week, usage.partial), role: "money" },
      ],
      ...freshness(context, "usage", part),
    };
  },
});
