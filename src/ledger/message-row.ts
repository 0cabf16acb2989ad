/** A message as a row of the ledger, and which of two lines for one message is the better row. */
import {
  inputTokens,
  type MutableUsage,
  mapUsage,
  TOKEN_KINDS,
  totalTokens,
} from "../claude/token-counts.ts";
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

/** What the row of a line refers to. */
export interface References {
  /** The message's id, or what stands for it. */
  readonly id: string;
  readonly session: number;
  readonly model: number;
  readonly file: number;
}

/** @returns the row that a line of a transcript makes */
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
    ...mapUsage((kind) => line[kind]),
    cost: line.costUsd ?? null,
  };
}

/** Requests over the model's limit have another price. The whole prompt counts, cached or not. */
function longFlags(line: UsageLine): number {
  const total = inputTokens(line);
  if (total <= LEAST_LONG_TOKENS) return 0;
  const { least, most } = line.requests ?? { least: total, most: total };
  const limit = longTokens(modelName(line.model).id);
  return (most > limit ? FLAG.long : 0) | (most > limit && least <= limit ? FLAG.partlyLong : 0);
}

/**
 * Whether a line tells more of its message than the one we have.
 *
 * Final counts go before those of a stream that had not ended: some gateways first say that the whole prompt was new
 * and only at the end how much of it was cached, so that the first count is the larger one. Of lines with the same
 * counts the earliest stays; {@link merged} keeps what the others add to it.
 */
export function isBetter(candidate: Row, found: Row): boolean {
  const sidechain = candidate.flags & FLAG.sidechain;
  if (sidechain !== (found.flags & FLAG.sidechain)) return sidechain === 0;
  if (!sameCounts(candidate, found)) {
    const final = candidate.flags & FLAG.final;
    if (final !== (found.flags & FLAG.final)) return final !== 0;
    const tokens = totalTokens(candidate) - totalTokens(found);
    if (tokens !== 0) return tokens > 0;
  }
  if (((candidate.flags ^ found.flags) & CLASS) !== 0) {
    const known = knownOfPrice(candidate) - knownOfPrice(found);
    if (known !== 0) return known > 0;
  }
  const speed = candidate.flags & FLAG.hasSpeed;
  if (speed !== (found.flags & FLAG.hasSpeed)) return speed !== 0;
  return candidate.at < found.at;
}

/** The better row of two for one message, with what only the other one knows of the same counts. */
export function merged(better: Row, other: Row): Row {
  const adds = sameCounts(better, other) ? other.flags & FLAG.final : 0;
  return adds === 0 ? better : { ...better, flags: better.flags | adds };
}

/** Whether replacing one row by the other changes any sum. */
export const sumsDiffer = (a: Row, b: Row): boolean =>
  a.at !== b.at ||
  a.session !== b.session ||
  a.model !== b.model ||
  a.webSearches !== b.webSearches ||
  a.cost !== b.cost ||
  ((a.flags ^ b.flags) & CLASS) !== 0 ||
  !sameCounts(a, b);

const sameCounts = (a: Row, b: Row): boolean => TOKEN_KINDS.every((kind) => a[kind] === b[kind]);

/**
 * How much a row knows of its price: where it was served, and which requests are behind it. An earlier version of the
 * ledger kept neither, and no final counts.
 */
const knownOfPrice = ({ flags }: Row): number =>
  ((flags & FLAG.us) !== 0 ? 2 : 0) + ((flags & FLAG.final) !== 0 ? 1 : 0);
