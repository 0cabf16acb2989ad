/**
 * A session's bills as one series that never falls.
 *
 * A bill survives a resume, but not a kill: a client that resumes a killed session continues from the last bill in the
 * transcript, and what was spent after that is missing from all later bills. So bills are read by run of the client: a
 * run that begins lower than another one ended adds what it spends, not what it reports.
 */
import type { ModelBill } from "../claude/transcript.ts";
import { branchesOf, type SavedBill } from "./model-bills.ts";

/** One bill of one session. */
export interface BillPoint {
  /** Unix milliseconds. */
  readonly at: number;
  /** Empty for a bill of the transcript, which does not have it. */
  readonly run: string;
  readonly totalUsd: number;
  /** When the client began to count, if known. Unix milliseconds. */
  readonly since: number | null;
  /** By model, on a bill of a transcript. */
  readonly models?: Readonly<Record<string, ModelBill>>;
}

export interface BillSeries {
  /** In order of time, never falling; `totalUsd` is cumulative over all runs of the client. */
  readonly points: readonly { readonly at: number; readonly totalUsd: number }[];
  /** Messages before this were billed by runs that left no bill. Unix milliseconds. */
  readonly since: number;
}

/**
 * The session's cost at each of its bills, with what was lost between runs.
 * @param points in any order
 * @param inheritedUsd the part of the first run's bills that another session spent (forks.ts)
 */
export function accumulate(points: readonly BillPoint[], inheritedUsd = 0): BillSeries {
  const runs = new Map<string, { firstAt: number; last: number; since: number }>();
  let current = "";
  /** The cost in the eyes of the client that reported last. */
  let client = inheritedUsd;
  let totalUsd = 0;
  /** Totals in the transcript: a client that resumes the session starts from one of them. */
  const saved: number[] = [];
  const sorted = points.toSorted((a, b) => a.at - b.at || a.totalUsd - b.totalUsd);
  const branches = branchesOf(sorted.filter(isSaved));
  const namesOf = new Map<BillPoint, string>();
  const cumulative = sorted.map((point) => {
    const { at, run: name, totalUsd: reported, since } = point;
    const branch = branches.get(point as BillPoint & SavedBill);
    const fromUsd = branch && Math.min(reported, branch.from?.totalUsd ?? inheritedUsd);
    const runName =
      name ||
      runWithTotal(runs, current, point) ||
      (branch && otherRun(runs, namesOf.get(branch.beside), fromUsd as number, reported)) ||
      (branch && `branch ${at}`) ||
      newRunName(since, runs.get(current)?.firstAt) ||
      (reportsLess(sorted, current, point) && otherRun(runs, current, 0, reported)) ||
      current;
    namesOf.set(point, runName);
    let run = runs.get(runName);
    if (!run) {
      // A run that begins at zero lost what was before; a bill of the transcript counts from its own start.
      let began = since ?? (reported === 0 ? at : Number.NEGATIVE_INFINITY);
      let last =
        name === "" ? (runs.size === 0 ? Math.min(reported, inheritedUsd) : 0) : Math.min(reported, client);
      if (last < client && name !== "") {
        // It lost the run that was killed, and may have spent before its first bill: it started from a total in the
        // transcript, or from zero.
        last = Math.max(0, ...saved.filter((usd) => usd <= reported));
        if (reported > 0) began = Number.POSITIVE_INFINITY;
      }
      if (fromUsd !== undefined) last = fromUsd;
      run = { firstAt: at, last, since: began };
      // A fork's transcript has no bill for what it inherited.
      if (runs.size > 0 || inheritedUsd === 0) saved.push(last);
      runs.set(runName, run);
    } else if (since !== null) run.since = since;
    if (name === "") saved.push(reported);
    if (reported >= run.last) {
      totalUsd += reported - run.last;
      run.last = reported;
      client = reported;
      current = runName;
    }
    return { at, totalUsd };
  });
  return { points: cumulative, since: Math.min(...[...runs.values()].map((run) => run.since)) };
}

/** A run, up to the bill that was read last. */
interface BillRun {
  /** When its first bill was read. Unix milliseconds. */
  readonly firstAt: number;
  /** Its newest bill. USD. */
  readonly last: number;
}

/** A run that began to count this long after another one's first bill is a different one. ms. */
const SAME_RUN_MS = 1_000;

/** Whether a bill is one of a transcript, by model. */
export const isSaved = (point: BillPoint): point is BillPoint & SavedBill =>
  point.run === "" && point.models !== undefined;

/**
 * The run, known from payloads, that wrote a bill of the transcript, if the bill before it is from another run.
 * @param other the run of the bill before it
 * @param fromUsd the bill that it continues from
 */
function otherRun(
  runs: ReadonlyMap<string, BillRun>,
  other: string | undefined,
  fromUsd: number,
  reported: number,
): string | undefined {
  let found: [string, number] | undefined;
  for (const [name, { last }] of runs) {
    if (name === other || !isPayloadRun(name)) continue;
    if (last >= fromUsd && last <= reported && last >= (found?.[1] ?? 0)) found = [name, last];
  }
  return found?.[0];
}

/** The run, known from payloads, that reported the same total as a bill of the transcript; preferably the current one. */
function runWithTotal(
  runs: ReadonlyMap<string, BillRun>,
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

/** Whether a run reports less after a bill: the bill is from another run. */
const reportsLess = (points: readonly BillPoint[], run: string, { at, totalUsd }: BillPoint): boolean =>
  isPayloadRun(run) &&
  points.some((point) => point.run === run && point.at > at && point.totalUsd < totalUsd);

/** Runs known from transcripts only have names of this kind, or none. */
const isPayloadRun = (name: string): boolean => name !== "" && !/^(since|branch) /.test(name);

/** A run of the transcript's bills: undefined for the one that reported last, unless counting began after that. */
const newRunName = (since: number | null, currentFirstAt: number | undefined): string | undefined =>
  currentFirstAt !== undefined && (since === null || since <= currentFirstAt + SAME_RUN_MS)
    ? undefined
    : `since ${since}`;
