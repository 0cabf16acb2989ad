import { isPossibleReset } from "../../state/limit-windows.ts";
import { levelOf } from "../level.ts";
import { duration, money, spent } from "../look/format.ts";
import { icon } from "../look/icons.ts";
import { freshness } from "../parts.ts";
import { type Span, segment } from "../segment.ts";

export const block = segment({
  name: "block",
  about: "The running five-hour block: its cost, burn rate, projection and time left",
  source: "state usage of the account",
  absent: "no block is running, or the ledger has not been read yet",
  priority: 50,
  part: "usage",
  levels: { warn: Number.POSITIVE_INFINITY, critical: Number.POSITIVE_INFINITY, unit: "USD" },
  options: {
    burn: { default: true, about: "the burn rate" },
    projection: { default: true, about: "the projected cost at its end" },
    left: { default: true, about: "the time left; ~ marks an inferred end" },
  },
  render(context, options) {
    const part = context.account?.parts.usage;
    const block = part?.value?.block;
    if (!block || block.endAt <= context.now) return undefined;
    const sign = icon(context.config.icons, "into");
    const figure: Span[] = [
      { text: "block ", role: "muted" },
      { text: spent(block, part.value?.partial), role: "money" },
    ];
    const more: Span[] = [];
    // If the clock was set back, neither the time left nor the projection is known.
    const isPossible = isPossibleReset("fiveHour", block.endAt, context.now);
    if (options.burn && block.burnUsdPerHour !== undefined && block.priced !== "unpriced")
      more.push({ text: ` ${money(block.burnUsdPerHour, block.priced)}/h`, role: "muted" });
    if (isPossible && options.projection && block.projectedUsd !== undefined && block.priced !== "unpriced")
      more.push({ text: ` ${sign}${money(block.projectedUsd, "estimated")}`, role: "muted" });
    if (options.left) {
      const mark = block.endIsKnown ? "" : "~";
      const left = isPossible ? `${mark}${duration(block.endAt - context.now)}` : "?";
      more.push({ text: ` ${left} left`, role: "muted" });
    }
    return {
      role: "money",
      level: levelOf(block.costUsd, options.levels),
      spans: [...figure, ...more],
      short: figure,
      ...freshness(context, "usage", part),
    };
  },
});
