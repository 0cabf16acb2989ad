/** A growing sum of messages and of what was billed without a message. */
import { addTokens, type MutableTokens, NO_TOKENS, totalTokens } from "../claude/token-counts.ts";
import type { Priced, Spend } from "../state/spend.ts";
import { type Booking, ROUNDING } from "./bookings.ts";
import { worse } from "./prices.ts";
import type { Cost, Rollup } from "./sums.ts";

/** What was billed without a message. */
type Unattributed = Pick<Booking, "usd" | "tokens" | "uncertain" | "tokensMissing">;

export class Tally {
  costUsd = 0;
  priced: Priced = "exact";
  /** The part of this sum that has no message. */
  unattributed?: Tally;
  /** The tokens are a lower bound: requests with unknown token counts were billed. */
  tokensMissing = false;
  readonly counts: MutableTokens = { ...NO_TOKENS };
  messages = 0;
  firstAt = Number.POSITIVE_INFINITY;
  lastAt = Number.NEGATIVE_INFINITY;

  add(rollup: Rollup, cost: Cost): void {
    this.costUsd += cost.usd;
    this.priced = worse(this.priced, cost.priced);
    addTokens(this.counts, rollup);
    this.messages += rollup.messages;
    if (rollup.firstAt < this.firstAt) this.firstAt = rollup.firstAt;
    if (rollup.lastAt > this.lastAt) this.lastAt = rollup.lastAt;
  }

  addUnattributed(booking: Unattributed): void {
    this.#book(booking);
    this.unattributed ??= new Tally();
    this.unattributed.#book(booking);
  }

  #book({ usd, tokens, uncertain, tokensMissing }: Unattributed): void {
    if (tokensMissing) this.tokensMissing = true;
    if (uncertain) this.priced = worse(this.priced, "estimated");
    this.costUsd += usd;
    if (Math.abs(this.costUsd) < ROUNDING) this.costUsd = 0;
    if (tokens) addTokens(this.counts, tokens);
  }

  merge(other: Tally): void {
    this.costUsd += other.costUsd;
    this.priced = worse(this.priced, other.priced);
    if (other.tokensMissing) this.tokensMissing = true;
    if (other.unattributed) {
      this.unattributed ??= new Tally();
      this.unattributed.merge(other.unattributed);
    }
    addTokens(this.counts, other.counts);
    this.messages += other.messages;
    this.firstAt = Math.min(this.firstAt, other.firstAt);
    this.lastAt = Math.max(this.lastAt, other.lastAt);
  }

  /** The cost without a message; negative if messages cost more than was billed. USD. */
  get unattributedUsd(): number {
    return this.unattributed?.costUsd ?? 0;
  }

  get tokens(): number {
    return totalTokens(this.counts);
  }

  spend(): Spend {
    return {
      costUsd: this.costUsd,
      priced: this.priced,
      unattributedUsd: this.unattributedUsd,
      ...this.counts,
      ...(this.tokensMissing ? { tokensMissing: true } : {}),
    };
  }
}
