/** Counts, costs, durations and names as reports show them. */

import { printable } from "../cli/characters.ts";
import { cutMiddle } from "../line/layout/cells.ts";
import { percent } from "../line/look/format.ts";
import { abbreviateHome } from "../line/segments/directory.ts";
import type { Priced } from "../state/spend.ts";

export interface Format {
  /** 1,234,567, grouped by the locale's rules. */
  count(value: number): string;
  /** 1.2M */
  short(value: number): string;
  /** $1.23, with `~` for an estimate and `?` for a missing price. */
  usd(value: number, priced?: Priced): string;
  /** @param part 0 to 1 */
  percent(part: number): string;
}

/** Whether a cost is more than a rounding error: smaller ones would be printed as $0.0000. */
export const isVisibleUsd = (usd: number): boolean => Math.abs(usd) >= 5e-5;

/** The prefix of a count that is a lower bound. */
export const lowerBoundMark = (isMissing: boolean | undefined): string => (isMissing ? ">" : "");

/** @param locale as in `LANG`: `de_DE.UTF-8`; unknown ones, "C" and "POSIX" are en-US */
export function makeFormat(locale: string | undefined): Format {
  const grouped = numberFormat(locale, { maximumFractionDigits: 0 });
  const cents = numberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const fine = numberFormat(locale, { minimumFractionDigits: 4, maximumFractionDigits: 4 });
  const compact = numberFormat(locale, { maximumSignificantDigits: 3 });
  return {
    count: (value) => grouped.format(value),
    short: (value) => {
      const [unit, factor] =
        value >= 1e9 ? ["B", 1e9] : value >= 1e6 ? ["M", 1e6] : value >= 1e3 ? ["k", 1e3] : ["", 1];
      return `${compact.format(value / factor)}${unit}`;
    },
    usd: (value, priced = "exact") => {
      const size = Math.abs(value);
      const amount = (size > 0 && size < 0.01 ? fine : cents).format(size);
      const mark = priced === "estimated" ? "~" : "";
      // Unknown is not zero.
      const missing = priced === "unpriced" ? (size === 0 ? "$?" : `$${amount}+?`) : `$${amount}`;
      return `${value < 0 ? "-" : ""}${mark}${missing}`;
    },
    percent: (part) => percent(part * 100),
  };
}

function numberFormat(locale: string | undefined, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = (locale ?? "").replace(/[.@].*$/, "").replace("_", "-");
  try {
    return new Intl.NumberFormat(name === "" || name === "C" || name === "POSIX" ? "en-US" : name, options);
  } catch (error) {
    // The locale does not exist.
    if (error instanceof RangeError) return new Intl.NumberFormat("en-US", options);
    throw error;
  }
}

/** The locale of numbers, by the rules of POSIX. */
export const numericLocale = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
  env.LC_ALL || env.LC_NUMERIC || env.LANG;

/** "1 day", "2 days". */
export const counted = (count: number, noun: string, format?: Pick<Format, "count">): string =>
  `${format ? format.count(count) : count} ${noun}${count === 1 ? "" : "s"}`;

/** A longer name, which transcripts may contain, would leave no room for figures. UTF-16 units. */
const LONGEST_NAME = 80;

/** The name of a model or session: printable, and cut if it is too long. */
export const shownName = (name: string): string => printable(name, LONGEST_NAME);

/** `opus-4-5` for `claude-opus-4-5-20251101`. */
export const shortModel = (model: string): string =>
  shownName(model.replace(/^claude-/, "").replace(/-\d{8}(?=$|-fast$)/, ""));

/** The name of a project that no transcript has: the session is known from its bill only. */
export const UNKNOWN_PROJECT = "unknown";

/** A project: its directory, with `~` for the home directory; if unknown, its slug, without the latter if it can be. */
export function projectName(slug: string, path: string | undefined, home: string | undefined): string {
  if (slug === "") return UNKNOWN_PROJECT;
  if (path === undefined) {
    const rest = slug.replace(/^-(home|Users)-[^-]+-/, "").replace(/^-/, "");
    // A directory below the home directory without letters or digits would leave dashes only.
    return shownName(/[^-]/.test(rest) ? rest : slug);
  }
  return cutMiddle(printable(abbreviateHome(path, home)), LONGEST_NAME, "…");
}

/** The first characters of a session's id. */
export const shortSession = (id: string): string => Bun.sliceAnsi(shownName(id), 0, 8);
