import { isNothing } from "../look/format.ts";
import { accountSpend } from "../parts.ts";
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
    const usage = context.account?.parts.usage?.value;
    if (!usage || isNothing(usage.week)) return undefined;
    return accountSpend(context, "week", usage.week, levels);
  },
});
