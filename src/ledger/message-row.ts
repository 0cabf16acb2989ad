/** A message as a row of the ledger, and which of two rows for one message is better. */
import { inputTokens, type MutableUsage, sameTokens, totalTokens, usageOf } from "../claude/token-counts.ts";
import type { UsageLine } from "../claude/transcript.ts";
import { LEAST_LONG_TOKENS, longTokens } from "./built-in-prices.ts";
import { storable } from "./digest.ts";
import { modelName } from "./model-names.ts";
import { CLASS, FLAG } from "./schema.ts";

/** A row of `messages`; `seq` is its number, 0 until it has one. Times are Unix milliseconds, `cost` is in USD. */
export interface Row extends MutableUsage {
  seq: number;
  id: string;
  request: string;
  session: number;
  model: number;
  file: number;
  at: number;
  flags: number;
  cost: number | null;
}

export interface References {
  /** The id of the message, or what identifies it instead. */
  readonly id: string;
  readonly session: number;
  readonly model: number;
  readonly file: number;
}

/** The row for a line of a transcript. */
export function rowOf(line: UsageLine, { id, session, model, file }: References): Row {
  return {
    seq: 0,
    id,
    request: storable(line.requestId ?? ""),
    session,
    model,
    file,
    at: line.at,
    flags:
      (line.speed === "fast" ? FLAG.fast : 0) |
      longFlags(line) |
      (line.costUsd === undefined ? 0 : FLAG.costed) |
      (line.sidechain ? FLAG.sidechain : 0) |
      (line.speed === undefined ? 0 : FLAG.hasSpeed) |
      (line.geo === "us" ? FLAG.us : 0) |
      (line.final ? FLAG.final : 0),
    ...usageOf(line),
    cost: line.costUsd ?? null,
  };
}

/** Requests above the limit of the model have another price. The whole prompt counts, cached or not. */
function longFlags(line: UsageLine): number {
  const total = inputTokens(line);
  if (total <= LEAST_LONG_TOKENS) return 0;
  const { least, most } = line.requests ?? { least: total, most: total };
  const limit = longTokens(modelName(line.model).id);
  return (most > limit ? FLAG.long : 0) | (most > limit && least <= limit ? FLAG.partlyLong : 0);
}

/**
 * Whether a line is better than the one that was found before: in this order, if it is not of a sidechain, has the final
 * counts, more tokens, more facts about its price, a speed, or is earlier.
 *
 * Final counts win over larger ones: some gateways first report the whole prompt as new, and only at the end how much of
 * it was cached. Of lines with the same counts {@link merged} keeps what the others add.
 */
export function isBetter(candidate: Row, found: Row): boolean {
  const sidechain = candidate.flags & FLAG.sidechain;
  if (sidechain !== (found.flags & FLAG.sidechain)) return sidechain === 0;
  if (!sameTokens(candidate, found)) {
    const final = candidate.flags & FLAG.final;
    if (final !== (found.flags & FLAG.final)) return final !== 0;
    const tokens = totalTokens(candidate) - totalTokens(found);
    if (tokens !== 0) return tokens > 0;
  }
  if (((candidate.flags ^ found.flags) & CLASS) !== 0) {
    const known = priceFacts(candidate) - priceFacts(found);
    if (known !== 0) return known > 0;
  }
  const speed = candidate.flags & FLAG.hasSpeed;
  if (speed !== (found.flags & FLAG.hasSpeed)) return speed !== 0;
  return candidate.at < found.at;
}

/** The better row, with what the other one adds to the same counts. */
export function merged(better: Row, other: Row): Row {
  const adds = sameTokens(better, other) ? other.flags & FLAG.final : 0;
  return adds === 0 ? better : { ...better, flags: better.flags | adds };
}

/** Whether replacing one row by the other changes a sum. */
export const sumsDiffer = (a: Row, b: Row): boolean =>
  a.at !== b.at ||
  a.session !== b.session ||
  a.model !== b.model ||
  a.webSearches !== b.webSearches ||
  a.cost !== b.cost ||
  ((a.flags ^ b.flags) & CLASS) !== 0 ||
  !sameTokens(a, b);

/** Earlier versions of the ledger kept neither where a message was served nor whether its counts were final. */
const priceFacts = ({ flags }: Row): number =>
  ((flags & FLAG.us) !== 0 ? 2 : 0) + ((flags & FLAG.final) !== 0 ? 1 : 0);
