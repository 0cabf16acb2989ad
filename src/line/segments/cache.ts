import { clockTime, duration, percent, tokens } from "../look/format.ts";
import { icon } from "../look/icons.ts";
import { type Span, segment } from "../segment.ts";

/** A cache lives an hour at most (with 5 minutes for clocks that differ): a later end means that the clock was set back. */
const LONGEST_LIFE_MS = 65 * 60_000;

export const cache = segment({
  name: "cache",
  about: "The prompt cache: share of the input served from it, and when it expires",
  source: "payload prompt_cache",
  absent: "no prompt has been cached yet",
  brief: "nothing cached",
  priority: 40,
  levels: { warn: 50, critical: -1, unit: "% of input served from the cache, or less" },
  options: {
    time: { default: "clock", choices: ["clock", "left"], about: "when it expires, or the time left" },
  },
  render(context, { time, levels: [warn, critical] }) {
    const cache = context.payload.cache;
    if (!cache) return undefined;
    const { expiresAt, hitRatio, recacheTokensIfCold } = cache;
    const warm = expiresAt === undefined ? cache.warm : expiresAt > context.now;
    const hit = hitRatio === undefined ? undefined : Math.min(1, hitRatio) * 100;
    if (warm === undefined && hit === undefined) return undefined;
    const low = hit !== undefined && (cache.requests ?? 0) > 2;
    const level = low && hit <= critical ? "critical" : low && hit <= warn ? "warn" : "normal";
    const label: Span = { text: "cache", role: "muted" };
    const ratio: Span[] = hit === undefined ? [] : [{ text: ` ${percent(hit)}`, role: "cache" }];
    if (warm === false) {
      const cost = recacheTokensIfCold ? ` ${tokens(recacheTokensIfCold)}` : "";
      return {
        role: "cache",
        icon: "cache",
        spans: [label, { text: ` cold${cost}`, role: "warn" }],
        short: [{ text: "cold", role: "warn" }],
      };
    }
    const until: Span[] = [];
    if (expiresAt !== undefined) {
      const clock = time === "clock" ? context.localTime(expiresAt) : undefined;
      const isPossible = expiresAt - context.now <= LONGEST_LIFE_MS;
      const text = !isPossible ? "?" : clock ? clockTime(clock) : duration(expiresAt - context.now);
      until.push({ text: ` ${icon(context.config.icons, "into")}${text}`, role: "muted" });
    }
    return {
      role: "cache",
      icon: "cache",
      level,
      spans:
        ratio.length > 0 ? [label, ...ratio, ...until] : [label, { text: " warm", role: "cache" }, ...until],
      short: [label, ...(ratio.length > 0 ? ratio : [{ text: " warm", role: "cache" } as const])],
    };
  },
});
