/**
 * `plimsoll selftest`: test the program in a directory and an environment of its own. It neither reads nor writes
 * anything of the user's, and needs no other program.
 *
 * The whole test has a deadline. However it ends, it leaves no process running; unless it is killed, it leaves no file.
 */
import { printable } from "../cli/characters.ts";
import { SELFTEST_DEADLINE_MS, SELFTEST_RUN_MS } from "../state/timeouts.ts";
import { openContext, type StepContext } from "./context.ts";
import { makeDirectory, type SelftestDirectory } from "./directory.ts";
import { type SelftestStep, Unexpected } from "./step.ts";

export interface StepResult {
  readonly name: string;
  readonly about: string;
  readonly ok: boolean;
  readonly tookMs: number;
  /** What was verified. */
  readonly detail?: string;
  /** What was examined and differs. */
  readonly what?: string;
  readonly expected?: string;
  readonly seen?: string;
  readonly hint?: string;
}

export interface SelftestReport {
  readonly ok: boolean;
  readonly tookMs: number;
  /** The directory of the test's files. */
  readonly place: string;
  /** The directory still exists: `--keep`, or it could not be removed. */
  readonly kept: boolean;
  readonly steps: readonly StepResult[];
}

export interface SelftestOptions {
  /** Absolute path of the program to test. */
  readonly program: string;
  readonly steps: readonly SelftestStep[];
  /** Candidates for the parent of the test's directory, in this order. */
  readonly places: readonly string[];
  /** Keep the directory. */
  readonly keep: boolean;
  /** Ends the test early. */
  readonly signal: AbortSignal;
  /** Of the whole test. Milliseconds. */
  readonly deadlineMs?: number;
  /** Of one run of the program. Milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Run all steps, one after the other.
 * @throws NoPlaceError without a writable directory
 */
export async function selftest(options: SelftestOptions): Promise<SelftestReport> {
  const { deadlineMs = SELFTEST_DEADLINE_MS, timeoutMs = SELFTEST_RUN_MS } = options;
  const started = performance.now();
  const directory = makeDirectory(options.places, options.keep);
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(deadlineMs)]);
  const results: StepResult[] = [];
  let notRemoved: string | undefined;
  try {
    const { context, end } = openContext(directory.path, { path: options.program, timeoutMs, signal });
    for (const step of options.steps) results.push(await runStep(step, context, signal));
    await end();
  } finally {
    notRemoved = directory.leave();
  }
  if (notRemoved !== undefined) results.push(cleanupFailed(directory, notRemoved));
  return {
    ok: results.every(({ ok }) => ok),
    tookMs: Math.round(performance.now() - started),
    place: directory.path,
    kept: options.keep || notRemoved !== undefined,
    steps: results,
  };
}

/** A step that throws has failed; the others still run. */
async function runStep(step: SelftestStep, context: StepContext, signal: AbortSignal): Promise<StepResult> {
  const { name, about, run } = step;
  const started = performance.now();
  let rest: { ok: boolean } & Partial<StepResult>;
  try {
    signal.throwIfAborted();
    rest = { ok: true, detail: await run(context) };
  } catch (error) {
    rest = { ok: false, ...(signal.aborted ? interrupted(signal) : failure(error)) };
  }
  return { name, about, tookMs: Math.round(performance.now() - started), ...rest };
}

function failure(error: unknown): Partial<StepResult> {
  if (error instanceof Unexpected) {
    const { message, expected, seen, hint } = error;
    return { what: message, expected, seen, ...(hint !== undefined && { hint }) };
  }
  const seen = error instanceof Error ? error.message : String(error);
  return { what: "the step itself", expected: "no error", seen };
}

const interrupted = ({ reason }: AbortSignal): Partial<StepResult> => ({
  what: "the duration",
  expected: "an end before the deadline",
  seen:
    reason instanceof DOMException && reason.name === "TimeoutError"
      ? "the deadline passed"
      : "a signal to end",
  hint: "run it again when the machine is less busy",
});

const cleanupFailed = ({ path }: SelftestDirectory, seen: string): StepResult => ({
  name: "cleanup",
  about: "the test's own directory is removed",
  ok: false,
  tookMs: 0,
  what: `removing ${path}`,
  expected: "it is gone",
  seen,
  hint: "remove it yourself",
});

/** @returns a line per step, with what was expected and seen if that differs, and a summary */
export function describeSelftest({ ok, steps, tookMs, place, kept }: SelftestReport): string {
  const width = Math.max(...steps.map(({ name }) => name.length));
  const failed = steps.filter((step) => !step.ok).length;
  return [
    ...steps.flatMap((step) => describeStep(step, width)),
    ...(kept ? [`its files are in ${printable(place)}`] : []),
    `${ok ? "everything works" : `${failed} of ${steps.length} failed`}, after ${tookMs} ms`,
  ].join("\n");
}

function describeStep(step: StepResult, width: number): string[] {
  const { name, ok, tookMs, detail, what, expected, seen, hint } = step;
  const head = `${ok ? "ok  " : "FAIL"}  ${name.padEnd(width)}  ${String(tookMs).padStart(5)} ms  `;
  const more = Object.entries({ expected, seen, hint }).flatMap(([word, text]) =>
    text === undefined ? [] : labelled(`${word}: `, text).map((line) => " ".repeat(head.length) + line),
  );
  return [head + printable(detail ?? what ?? ""), ...more];
}

/** The output of a program may have several lines. */
const labelled = (label: string, text: string): string[] =>
  text.split("\n").map((line, index) => (index === 0 ? label : " ".repeat(label.length)) + printable(line));
