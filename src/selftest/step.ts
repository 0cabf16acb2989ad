/** A step of `plimsoll selftest`, and the assertions for it. */
import type { StepContext } from "./context.ts";
import type { RunEnd } from "./program.ts";

export interface SelftestStep {
  readonly name: string;
  /** What it verifies, in one line. */
  readonly about: string;
  /**
   * @returns what was verified, in a few words
   * @throws Unexpected, or any other error, which also counts as a failure
   */
  run(context: StepContext): Promise<string>;
}

/** An assertion failed. */
export class Unexpected extends Error {
  readonly expected: string;
  readonly seen: string;
  readonly hint: string | undefined;

  /** @param what was examined: "the row of a payload" */
  constructor(what: string, expected: string, seen: string, hint?: string) {
    super(what);
    this.name = "Unexpected";
    this.expected = expected;
    this.seen = seen;
    this.hint = hint;
  }
}

/** @throws Unexpected unless both are deeply equal */
export function expectSame(what: string, seen: unknown, expected: unknown, hint?: string): void {
  if (!Bun.deepEquals(seen, expected)) throw new Unexpected(what, textOf(expected), textOf(seen), hint);
}

/** @throws Unexpected unless the program ended like this: "exit 0" */
export function expectEnd(what: string, end: RunEnd, how: string): void {
  if (end.how === how) return;
  const output = end.stderr.trim() || end.stdout.trim();
  throw new Unexpected(what, how, output === "" ? end.how : `${end.how}: ${output}`);
}

/** @throws Unexpected unless `text` contains every piece */
export function expectPieces(what: string, text: string, pieces: readonly string[]): void {
  if (pieces.some((piece) => !text.includes(piece)))
    throw new Unexpected(what, pieces.join(" and "), text.trim() || "nothing");
}

/** @throws Unexpected unless `text` is JSON */
export function expectJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Unexpected(what, "JSON", (error as Error).message);
  }
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
