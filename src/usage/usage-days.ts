/** Usage by local day, for charts. */
import { Tally } from "../ledger/tally.ts";
import { DAY_MS } from "../ledger/zones.ts";
import type { ReportRow } from "./aggregate.ts";

/** Days are numbers since 1970-01-01. */
export class UsageDays {
  readonly #sums: ReadonlyMap<number, Tally>;
  /** The first day with usage; undefined without usage. */
  readonly first: number | undefined;

  /** @param rows one per day, in order */
  constructor(rows: readonly ReportRow[]) {
    this.#sums = new Map(rows.map(({ key, sum }) => [Date.parse(key) / DAY_MS, sum]));
    this.first = this.#sums.keys().next().value;
  }

  /** @returns the sum of a day; undefined without usage */
  on(day: number): Tally | undefined {
    return this.#sums.get(day);
  }

  /** The sum of a range, both days included. */
  sum(from: number, to: number): Tally {
    const total = new Tally();
    for (const [day, sum] of this.#sums) if (day >= from && day <= to) total.merge(sum);
    return total;
  }

  /** How many days of a range, both included, have usage. */
  count(from: number, to: number): number {
    return [...this.#sums.keys()].filter((day) => day >= from && day <= to).length;
  }
}
