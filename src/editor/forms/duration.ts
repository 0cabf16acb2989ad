/** Durations as the configuration has them: "500ms", "5s", "10m", "1h". */
import type { Choice, TypedEdit } from "./item.ts";

/** @param ms milliseconds */
export function durationText(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** Common durations from `minMs` to `maxMs`, the present one and the default among them. Milliseconds. */
export function durationChoices(minMs: number, maxMs: number, ...present: readonly number[]): Choice[] {
  const common = [
    100, 250, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 20_000, 30_000, 60_000, 300_000, 900_000,
    3_600_000,
  ];
  return [...new Set([...common, ...present])]
    .filter((ms) => ms >= minMs && ms <= maxMs)
    .sort((one, other) => one - other)
    .map((ms) => ({ value: ms, label: durationText(ms) }));
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A field for a duration; the configuration's check knows the limits. @param ms the present one */
export const durationField = (ms: number): TypedEdit => ({
  hint: "a time like 5s: a number and ms, s, m or h",
  text: durationText(ms),
  read(text) {
    const [, number, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)\s*$/.exec(text) ?? [];
    if (number === undefined) return { error: `invalid time '${text}'; expected a number and ms, s, m or h` };
    return { value: Math.round(Number(number) * (UNITS[unit] ?? 1)) };
  },
});
