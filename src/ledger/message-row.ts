/** A message as a row of the ledger, and which of two lines for one message is the better row. */
import type { UsageLine } from "../claude/transcript.ts";
import { storable } from "./digest.ts";
import { FLAG } from "./schema.ts";

/** Requests with more input than this are long ones. */
const LONG_INPUT = 200_000;

/** A row of `messages`; `seq` is its number, 0 until it has one. Times are Unix milliseconds, `cost` is in USD. */
export interface Row {
  seq: number;
  id: string;
  request: string;
  session: number;
  model: number;
  file: number;
  at: number;
  flags: number;
  input: number;
  output: number;
  write5m: number;
  write1h: number;
  read: number;
  searches: number;
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
  const totalInput = line.input + line.cacheRead + line.cacheWrite5m + line.cacheWrite1h;
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
      (totalInput > LONG_INPUT ? FLAG.long : 0) |
      (line.costUsd === undefined ? 0 : FLAG.costed) |
      (line.sidechain ? FLAG.sidechain : 0) |
      (line.speed === undefined ? 0 : FLAG.hasSpeed),
    input: line.input,
    output: line.output,
    write5m: line.cacheWrite5m,
    write1h: line.cacheWrite1h,
    read: line.cacheRead,
    searches: line.webSearches,
    cost: line.costUsd ?? null,
  };
}

/** Whether a line tells more of its message than the one we have. */
export function isBetter(candidate: Row, found: Row): boolean {
  const sidechain = candidate.flags & FLAG.sidechain;
  if (sidechain !== (found.flags & FLAG.sidechain)) return sidechain === 0;
  const tokens = tokensOf(candidate) - tokensOf(found);
  if (tokens !== 0) return tokens > 0;
  const speed = candidate.flags & FLAG.hasSpeed;
  if (speed !== (found.flags & FLAG.hasSpeed)) return speed !== 0;
  return candidate.at < found.at;
}

const tokensOf = (row: Row): number => row.input + row.output + row.read + row.write5m + row.write1h;
