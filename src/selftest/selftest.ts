/**
 * The program tried out by itself, in a directory and an environment of its own: nothing of the user's is read or
 * written, and no other program is needed.
 *
 * Bounded as a whole. However it ends, nothing is left running; unless it is killed, no file is left either.
 */
import { SELFTEST_DEADLINE_MS, SELFTEST_RUN_MS } from "../state/timeouts.ts";
import { type Bench, openBench } from "./bench.ts";
import { makePlace, type Place } from "./place.ts";
import { type Step, Unexpected } from "./step.ts";

/** One step's result. */
export interface Result {
  readonly name: string;
  readonly about: string;
  readonly ok: boolean;
  readonly tookMs: number;
  /** What was seen to be right. */
  readonly detail?: string;
  /** What was looked at and is not as it should be, and how it is. */
  readonly what?: string;
  readonly expected?: string;
  readonly seen?: string;
  readonly hint?: string;
}

export interface Report {
  readonly ok: boolean;
  readonly tookMs: number;
  /** The directory that the test worked in. */
  readonly place: string;
  /** The directory is still there: it was to be kept, or could not be removed. */
  readonly kept: boolean;
  readonly steps: readonly Result[];
}

export interface SelftestOptions {
  /** The program to try out: its absolute path. */
  readonly program: string;
  readonly steps: readonly Step[];
  /** Where to look for a directory that can be written to, in this order. */
  readonly places: readonly string[];
  /** Leave the directory as it is at the end. */
  readonly keep: boolean;
  /** Ends the test early. */
  readonly signal: AbortSignal;
  readonly deadlineMs?: number;
  /** How long one run of the program may take. Milliseconds. */
  readonly patienceMs?: number;
}

/**
 * Take all steps, one after the other.
 * @throws NoPlaceError when there is nowhere to write
 */
export async function selftest(options: SelftestOptions): Promise<Report> {
  const started = performance.now();
  const place = makePlace(options.places, options.keep);
  const deadline = AbortSignal.timeout(options.deadlineMs ?? SELFTEST_DEADLINE_MS);
  const signal = AbortSignal.any([options.signal, deadline]);
  const results: Result[] = [];
  let left: string | undefined;
  try {
    const patienceMs = options.patienceMs ?? SELFTEST_RUN_MS;
    const { bench, end } = openBench(place.path, { path: options.program, patienceMs, signal });
    for (const step of options.steps) results.push(await take(step, bench, signal));
    await end();
  } finally {
    left = place.leave();
  }
  if (left !== undefined) results.push(notRemoved(place, left));
  return {
    ok: results.every(({ ok }) => ok),
    tookMs: Math.round(performance.now() - started),
    place: place.path,
    kept: options.keep || left !== undefined,
    steps: results,
  };
}

/** A step that cannot be taken has failed; it must not keep the others from being taken. */
async function take({ name, about, run }: Step, bench: Bench, signal: AbortSignal): Promise<Result> {
  const started = performance.now();
  const end = (rest: { ok: boolean } & Partial<Result>): Result => ({
    name,
    about,
    tookMs: Math.round(performance.now() - started),
    ...rest,
  });
  try {
    signal.throwIfAborted();
    return end({ ok: true, detail: await run(bench) });
  } catch (error) {
    return end({ ok: false, ...(signal.aborted ? cutShort(signal) : wrong(error)) });
  }
}

function wrong(error: unknown): Partial<Result> {
  if (!(error instanceof Unexpected))
    return {
      what: "the step itself",
      expected: "no error",
      seen: error instanceof Error ? error.message : String(error),
    };
  const { message, expected, seen, hint } = error;
  return { what: message, expected, seen, ...(hint !== undefined && { hint }) };
}

const cutShort = ({ reason }: AbortSignal): Partial<Result> => ({
  what: "the time that it took",
  expected: "an end by itself",
  seen:
    reason instanceof DOMException && reason.name === "TimeoutError"
      ? "the deadline passed"
      : "a signal to end",
  hint: "run it again when the machine has less to do",
});

const notRemoved = ({ path }: Place, why: string): Result => ({
  name: "cleanup",
  about: "the test's own directory is removed",
  ok: false,
  tookMs: 0,
  what: `removing ${path}`,
  expected: "it is gone",
  seen: why,
  hint: "remove it by hand",
});
