import type { Context } from "../context.ts";
import { levelOf } from "../level.ts";
import { bar, barShape } from "../look/bar.ts";
import { percent, tokens } from "../look/format.ts";
import { type Span, segment } from "../segment.ts";

export const context = segment({
  name: "context",
  about: "Use of the context window: bar, percentage as the client computes it, tokens of the window",
  source: "payload context_window",
  absent: "it is not known yet: before the first reply, and after /compact",
  brief: "not known yet",
  priority: 95,
  levels: {
    warn: 70,
    critical: 85,
    unit: "% of what fits before the client compacts; of the window if that is not known",
  },
  options: {
    show: { default: "used", choices: ["used", "left"], about: "the part used, or the part left" },
    bar: { default: true, about: "the bar" },
    tokens: { default: true, about: "tokens used and of the window" },
  },
  render(context, { show, bar: withBar, tokens: withTokens, levels }) {
    const { usedPercent, usedTokens, window } = context.payload.context;
    if (usedPercent === undefined) return undefined;
    const { cells } = context.config.bar;
    const left = show === "left";
    const figure = left ? `${percent(Math.max(0, 100 - usedPercent))} left` : percent(usedPercent);
    const gauge = (length: number): Span[] => {
      const { filled, rest } = bar(
        left ? 100 - usedPercent : usedPercent,
        length,
        barShape(context.config, context.terminal),
      );
      return withBar && length > 0
        ? [
            { text: filled, role: "context" },
            { text: rest, role: "muted" },
            { text: " ", role: "muted" },
          ]
        : [];
    };
    const detail: Span[] = [];
    if (withTokens && usedTokens !== undefined && window !== undefined) {
      const shown = left ? Math.max(0, window - usedTokens) : usedTokens;
      detail.push({ text: ` ${tokens(shown)}/${tokens(window)}`, role: "muted" });
    }
    return {
      role: "context",
      icon: "context",
      level: levelOf(loadOf(context) ?? usedPercent, levels),
      spans: [...gauge(cells), { text: figure, role: "context" }, ...detail],
      short: [...gauge(Math.min(cells, 4)), { text: figure, role: "context" }],
    };
  },
});

/**
 * Use of what fits before the client compacts automatically. Percent.
 *
 * Where Claude Code's settings do not set that size, the session's newest automatic compaction shows it: the client
 * waited until the API refused, or its server sent a size.
 */
function loadOf({ payload, session }: Context): number | undefined {
  const { usedTokens, window } = payload.context;
  const facts = session?.compaction;
  if (usedTokens === undefined || window === undefined || facts?.window !== window || facts.off)
    return undefined;
  const observed = session?.parts.transcript?.value?.lastCompaction?.autoAtTokens;
  const point = facts.point ?? (observed !== undefined && observed <= window ? observed : undefined);
  return point === undefined ? undefined : (100 * usedTokens) / point;
}
