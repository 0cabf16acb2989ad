/** A sum of messages, and of what was billed without one, that grows. */
import type { TokenCounts } from "../claude/transcript.ts";
import type { Priced, Spend } from "../state/spend.ts";
import { worse } from "./prices.ts";
import type { Cost, Rollup } from "./sums.ts";

/** Smaller sums and differences are rounding. USD. */
export const ROUNDING = 1e-9;

/** What is added to a sum without a message. */
interface Unexplained {
  readonly usd: number;
  readonly tokens?: TokenCounts;
  readonly uncertain?: boolean;
  readonly tokensMissing?: boolean;
}

/** A sum that grows. */
export class Tally {
  costUsd = 0;
  priced: Priced = "exact";
  /** The part of this sum that no message explains, if there is any. */
  unattributed?: Tally;
  /** The tokens are a lower bound: some were billed that no message and no count of the client has. */
  tokensMissing = false;
  input = 0;
  output = 0;
  read = 0;
  write5m = 0;
  write1h = 0;
  messages = 0;
  firstAt = Number.POSITIVE_INFINITY;
  lastAt = Number.NEGATIVE_INFINITY;

  add(rollup: Rollup, cost: Cost): void {
    this.costUsd += cost.usd;
    this.priced = worse(this.priced, cost.priced);
    this.input += rollup.input;
    this.output += rollup.output;
    this.read += rollup.read;
    this.write5m += rollup.write5m;
    this.write1h += rollup.write1h;
    this.messages += rollup.messages;
    if (rollup.firstAt < this.firstAt) this.firstAt = rollup.firstAt;
    if (rollup.lastAt > this.lastAt) this.lastAt = rollup.lastAt;
  }

  addUnattributed(booking: Unexplained): void {
    this.#book(booking);
    this.unattributed ??= new Tally();
    this.unattributed.#book(booking);
  }

  #book({ usd, tokens, uncertain, tokensMissing }: Unexplained): void {
    if (tokensMissing) this.tokensMissing = true;
    if (uncertain) this.priced = worse(this.priced, "estimated");
    this.costUsd += usd;
    if (Math.abs(this.costUsd) < ROUNDING) this.costUsd = 0;
    if (!tokens) return;
    this.input += tokens.input;
    this.output += tokens.output;
    this.read += tokens.cacheRead;
    this.write5m += tokens.cacheWrite5m;
    this.write1h += tokens.cacheWrite1h;
  }

  merge(other: Tally): void {
    this.costUsd += other.costUsd;
    this.priced = worse(this.priced, other.priced);
    if (other.tokensMissing) this.tokensMissing = true;
    if (other.unattributed) {
      this.unattributed ??= new Tally();
      this.unattributed.merge(other.unattributed);
    }
    this.input += other.input;
    this.output += other.output;
    this.read += other.read;
    this.write5m += other.write5m;
    this.write1h += other.write1h;
    this.messages += other.messages;
    this.firstAt = Math.min(this.firstAt, other.firstAt);
    this.lastAt = Math.max(this.lastAt, other.lastAt);
  }

  /** The cost that no message explains; negative where messages cost more than their bill. USD. */
  get unattributedUsd(): number {
    return this.unattributed?.costUsd ?? 0;
  }

  get tokens(): number {
    return this.input + this.output + this.read + this.write5m + this.write1h;
  }

  spend(): Spend {
    return {
      costUsd: this.costUsd,
      priced: this.priced,
      unattributedUsd: this.unattributedUsd,
      inputTokens: this.input,
      outputTokens: this.output,
      cacheReadTokens: this.read,
      cacheWriteTokens: this.write5m + this.write1h,
      ...(this.tokensMissing ? { tokensMissing: true } : {}),
    };
  }
}
