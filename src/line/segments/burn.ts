import { levelOf } from "../level.ts";
import { money, tokens } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { type Span, segment } from "../segment.ts";

export const burn = segment({
  name: "burn",
  about: "The running block's burn rate in USD an hour, and tokens a minute",
  source: "state usage of the account",
  absent: "no block is running, or it has messages over less than ten minutes",
  priority: 36,
  part: "usage",
  levels: { warn: Number.POSITIVE_INFINITY, critical: Number.POSITIVE_INFINITY, unit: "USD an hour" },
  options: { tokens: { default: false, about: "also tokens a minute" } },
  render(context, { tokens: withTokens, levels }) {
    const part = context.account?.parts.usage;
    const block = part?.value?.block;
    if (!block || block.endAt <= context.now) return undefined;
    const { burnUsdPerHour, tokensPerMinute, tokensMissing, priced } = block;
    const rate: Span[] = [];
    if (burnUsdPerHour !== undefined && priced !== "unpriced")
      rate.push({ text: `${money(burnUsdPerHour, priced)}/h`, role: "money" });
    const flow: Span[] =
      withTokens && tokensPerMinute !== undefined
        ? [
            {
              text: `${rate.length > 0 ? " " : ""}${tokensMissing ? ">" : ""}${tokens(tokensPerMinute)}/min`,
              role: "muted",
            },
          ]
        : [];
    if (rate.length + flow.length === 0) return undefined;
    return {
      role: "money",
      level: levelOf(burnUsdPerHour ?? 0, levels),
      spans: [...rate, ...flow],
      ...(rate.length > 0 ? { short: rate } : {}),
      ...freshness(context, "usage", part),
    };
  },
});
