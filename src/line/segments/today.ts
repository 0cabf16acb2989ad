import { isNothing, localDay } from "../look/format.ts";
import { accountSpend } from "../parts.ts";
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
    const usage = context.account?.parts.usage?.value;
    if (!usage || usage.day !== localDay(context.localTime(context.now)) || isNothing(usage.today))
      return undefined;
    return accountSpend(context, "today", usage.today, levels);
  },
});
