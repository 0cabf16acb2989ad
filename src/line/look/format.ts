/**
 * Figures for people: short, no more precise than they are known, and bounded for hostile values.
 * No Intl and no local `Date`: either costs more than the whole line.
 */
import { totalTokens } from "../../claude/token-counts.ts";
import type { LocalTime } from "../../os/ffi/time.ts";
import type { Priced, Spend } from "../../state/spend.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A percentage without decimals: "<1%", "99%" below 100, at most ">999%". */
export function percent(value: number): string {
  if (!(value > 0)) return "0%";
  if (value < 1) return "<1%";
  if (value > 99 && value < 100) return "99%";
  return value >= 999.5 ? ">999%" : `${Math.round(value)}%`;
}

/** A count of tokens: "950", "1.2k", "65k", "1M". */
export function tokens(value: number): string {
  if (!(value > 0)) return "0";
  if (value < 1000) return String(Math.round(value));
  if (value < 999_500) return `${threeDigits(value / 1e3)}k`;
  if (value < 999_500_000) return `${threeDigits(value / 1e6)}M`;
  return value < 999_500_000_000 ? `${threeDigits(value / 1e9)}B` : ">999B";
}

/** One decimal below 10, none above, and no ".0". */
function threeDigits(value: number): string {
  const rounded = value < 9.95 ? Math.round(value * 10) / 10 : Math.round(value);
  return String(rounded);
}

/** A count; from 10,000 on like tokens. */
export const count = (value: number): string =>
  value < 10_000 ? String(Math.max(0, Math.round(value))) : tokens(value);

/**
 * USD: "$0.03", "<$0.01", "$123", "$12.3k". An estimate is marked "~"; a sum with a part that has no price is
 * "$?", or ">$1.20" when the rest has one.
 */
export function money(usd: number, priced: Priced = "exact"): string {
  if (priced === "unpriced") return usd >= 0.01 ? `>${amount(usd)}` : "$?";
  const text = amount(usd);
  return priced === "estimated" && !text.startsWith("<") ? `~${text}` : text;
}

function amount(usd: number): string {
  if (!(usd > 0)) return "$0.00";
  if (usd < 0.01) return "<$0.01";
  if (usd < 99.995) return `$${usd.toFixed(2)}`;
  if (usd < 9_999.5) return `$${Math.round(usd)}`;
  if (usd < 999_950) return `$${oneDecimal(usd / 1e3)}k`;
  return usd < 999_950_000 ? `$${oneDecimal(usd / 1e6)}M` : "$999M+";
}

const oneDecimal = (value: number): string => String(Math.round(value * 10) / 10);

/** A sum of the ledger; a partial one is a lower bound. */
export function spent({ costUsd, priced }: Spend, partial = false): string {
  const text = money(costUsd, priced);
  return partial && !text.startsWith(">") ? `>${text}` : text;
}

/** Neither money nor tokens. */
export const isNothing = (spend: Spend): boolean => spend.costUsd === 0 && totalTokens(spend) === 0;

/** A span of time in at most two units: "35s", "5m", "1h05m", "3d7h", "120d". Negative is "0s". */
export function duration(ms: number): string {
  if (!(ms >= SECOND)) return "0s";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m`;
  if (ms < DAY) {
    const minutes = Math.floor((ms % HOUR) / MINUTE);
    return `${Math.floor(ms / HOUR)}h${minutes < 10 ? "0" : ""}${minutes}m`;
  }
  const days = Math.floor(ms / DAY);
  if (days > 999) return ">999d";
  const hours = Math.floor((ms % DAY) / HOUR);
  return days < 10 && hours > 0 ? `${days}d${hours}h` : `${days}d`;
}

/** A span of time in its largest unit: "35s", "5m", "2h", "3d". */
export function age(ms: number): string {
  if (ms >= DAY) return ms >= 1000 * DAY ? ">999d" : `${Math.floor(ms / DAY)}d`;
  if (ms >= HOUR) return `${Math.floor(ms / HOUR)}h`;
  return duration(ms);
}

/** How long ago: "45s ago", "3m ago"; of an instant in the future "0s ago". */
export const ago = (ms: number): string => `${age(ms)} ago`;

/** Hours and minutes: "14:05", or "2:05pm" on a clock of 12 hours. */
export function clockTime(time: LocalTime, hours: 12 | 24 = 24): string {
  const minutes = `${time.minute < 10 ? "0" : ""}${time.minute}`;
  if (hours === 24) return `${time.hour < 10 ? "0" : ""}${time.hour}:${minutes}`;
  return `${time.hour % 12 === 0 ? 12 : time.hour % 12}:${minutes}${time.hour < 12 ? "am" : "pm"}`;
}

/** The local day as in the ledger: "2026-11-21". */
export function localDay(time: LocalTime | undefined): string | undefined {
  if (!time) return undefined;
  const two = (value: number) => `${value < 10 ? "0" : ""}${value}`;
  return `${time.year}-${two(time.month)}-${two(time.day)}`;
}
