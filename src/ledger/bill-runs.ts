/** Which run of the client wrote a bill into the transcript: the bill itself does not say. */
import type { BillPoint } from "./bills.ts";
import type { SavedBill } from "./branches.ts";

/** A run as far as its bills were read. */
interface Run {
  /** When its first bill was read. Unix milliseconds. */
  readonly firstAt: number;
  /** Its newest bill. USD. */
  readonly last: number;
}

/** A run that began counting this long after another one's first bill cannot be that one. ms. */
const SAME_RUN_MS = 1_000;

/** Whether a bill is one of a transcript, by model. */
export const isSaved = (point: BillPoint): point is BillPoint & SavedBill =>
  point.run === "" && point.models !== undefined;

/**
 * Which run that payloads told of wrote a bill, if the bill before it in the transcript is that of another run.
 * @param other the run of the bill before it
 * @param fromUsd the bill that it goes on from
 */
export function besides(
  runs: ReadonlyMap<string, Run>,
  other: string | undefined,
  fromUsd: number,
  said: number,
): string | undefined {
  let found: [string, number] | undefined;
  for (const [name, { last }] of runs) {
    if (name === other || !isPayloadRun(name)) continue;
    if (last >= fromUsd && last <= said && last >= (found?.[1] ?? 0)) found = [name, last];
  }
  return found?.[0];
}

/** Which run that payloads told of had said exactly what a transcript's bill says; the current one if it did. */
export function equalTo(
  runs: ReadonlyMap<string, Run>,
  current: string,
  { totalUsd, since }: BillPoint,
): string | undefined {
  const equal = [...runs]
    .filter(([name]) => isPayloadRun(name))
    .filter(
      ([, { last, firstAt }]) => last === totalUsd && (since === null || since <= firstAt + SAME_RUN_MS),
    )
    .map(([name]) => name);
  return equal.includes(current) ? current : equal.at(-1);
}

/** Whether a run says less after a bill than the bill: it is that of another run. */
export const saysLess = (points: readonly BillPoint[], run: string, { at, totalUsd }: BillPoint): boolean =>
  isPayloadRun(run) &&
  points.some((point) => point.run === run && point.at > at && point.totalUsd < totalUsd);

/** Runs that only transcripts tell of have a name of this kind, or none. */
const isPayloadRun = (name: string): boolean => name !== "" && !/^(since|branch) /.test(name);

/** The transcript does not say which run wrote a bill: the one that spoke last, unless it began counting after that. */
export const speakerOf = (since: number | null, currentFirstAt: number | undefined): string | undefined =>
  currentFirstAt !== undefined && (since === null || since <= currentFirstAt + SAME_RUN_MS)
    ? undefined
    : `since ${since}`;
