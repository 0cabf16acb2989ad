import { levelOf } from "../level.ts";
import { LIMIT_LEVELS } from "../limit.ts";
import { duration, money, percent } from "../look/format.ts";
import { icon } from "../look/icons.ts";
import { type Span, segment } from "../segment.ts";

/** No period is longer: a later reset means that the clock was set back. Milliseconds. */
const LONGEST_PERIOD_MS = 367 * 86_400_000;

export const spend = segment({
  name: "spend",
  about: "The spend limit: share used, in USD if the client sends it, time to reset",
  source: "payload rate_limits.spend_limit",
  absent: "no spend limit, no reply yet, or the period is over",
  brief: "none",
  priority: 65,
  levels: LIMIT_LEVELS,
  render(context, { levels }) {
    const limit = context.payload.limits?.spend;
    if (!limit || (limit.resetsAt !== undefined && limit.resetsAt <= context.now)) return undefined;
    const { usedPercent, usedUsd, limitUsd, resetsAt } = limit;
    const figure: Span[] = [
      { text: "spend ", role: "muted" },
      { text: percent(usedPercent), role: "limit" },
    ];
    const more: Span[] = [];
    if (usedUsd !== undefined && limitUsd !== undefined)
      more.push({ text: ` ${money(usedUsd)}/${money(limitUsd)}`, role: "muted" });
    if (resetsAt !== undefined) {
      const ms = resetsAt - context.now;
      const left = ms > LONGEST_PERIOD_MS ? "?" : duration(ms);
      more.push({ text: ` ${icon(context.config.icons, "reset")}${left}`, role: "muted" });
    }
    return {
      role: "limit",
      icon: "limit",
      level: levelOf(usedPercent, levels),
      spans: [...figure, ...more],
      short: figure,
    };
  },
});
