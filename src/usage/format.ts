/** Numbers, money and times for people. */
import { printable } from "../cli/characters.ts";
import type { Priced } from "../state/spend.ts";

export interface Format {
  /** 1,234,567 as the locale groups it. */
  count(value: number): string;
  /** 1.2M */
  short(value: number): string;
  /** $1.23, with `~` for an estimate and `?` where a price is missing. */
  usd(value: number, priced?: Priced): string;
  percent(part: number): string;
}

/** What stands before a count that is a lower bound. */
export const lowerBoundMark = (isMissing: boolean | undefined): string => (isMissing ? ">" : "");

/** @param locale as in `LANG`: `de_DE.UTF-8`; "C" and "POSIX" group as English does */
export function makeFormat(locale: string | undefined): Format {
  const grouped = numberFormat(locale, { maximumFractionDigits: 0 });
  const cents = numberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const fine = numberFormat(locale, { minimumFractionDigits: 4, maximumFractionDigits: 4 });
  const compact = numberFormat(locale, { maximumSignificantDigits: 3 });
  return {
    count: (value) => grouped.format(value),
    short: (value) => {
      const [unit, factor] =
        value >= 1e9 ? ["G", 1e9] : value >= 1e6 ? ["M", 1e6] : value >= 1e3 ? ["k", 1e3] : ["", 1];
      return `${compact.format(value / factor)}${unit}`;
    },
    usd: (value, priced = "exact") => {
      const size = Math.abs(value);
      const amount = (size > 0 && size < 0.01 ? fine : cents).format(size);
      const mark = priced === "estimated" ? "~" : "";
      // Nothing is known of what is missing: it is not zero.
      const missing = priced === "unpriced" ? (size === 0 ? "$?" : `$${amount}+?`) : `$${amount}`;
      return `${value < 0 ? "-" : ""}${mark}${missing}`;
    },
    percent: (part) => `${Math.round(part * 100)}%`,
  };
}

function numberFormat(locale: string | undefined, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = (locale ?? "").replace(/[.@].*$/, "").replace("_", "-");
  try {
    return new Intl.NumberFormat(name === "" || name === "C" || name === "POSIX" ? "en-US" : name, options);
  } catch (error) {
    // The environment names a locale that does not exist: numbers are still wanted.
    if (error instanceof RangeError) return new Intl.NumberFormat("en-US", options);
    throw error;
  }
}

/** The locale that numbers are in, by the rules of POSIX. */
export const numericLocale = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
  env.LC_ALL || env.LC_NUMERIC || env.LANG;

/** 1h05m, 12m, 40s. @param ms milliseconds */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}

/** Names come from transcripts. A longer one would push the figures aside. UTF-16 units. */
const LONGEST_NAME = 80;

/** A model's whole name, or a session's: made visible, and shortened when no person would read all of it. */
export const shownName = (name: string): string => printable(name, LONGEST_NAME);

/** `opus-4-5` of `claude-opus-4-5-20251101`, made visible. */
export const shortModel = (model: string): string =>
  shownName(model.replace(/^claude-/, "").replace(/-\d{8}(?=$|-fast$)/, ""));

/** The folder of a project's slug, as far as it can be told; made visible. */
export const shortProject = (slug: string): string =>
  shownName(slug.replace(/^-(home|Users)-[^-]+-/, "").replace(/^-/, ""));

/** The beginning of a session's id, made visible. */
export const shortSession = (id: string): string => Bun.sliceAnsi(shownName(id), 0, 8);
