/** The contract of a step of `plimsoll selftest`: one function in `steps/` and one line in its registry. */
import type { Bench } from "./bench.ts";
import type { Ended } from "./ended.ts";

export interface Step {
  readonly name: string;
  /** What it makes sure of, in one line. */
  readonly about: string;
  /**
   * @returns what was seen to be right, in a few words
   * @throws Unexpected when something is not as it should be; what else it throws counts as that
   */
  run(bench: Bench): Promise<string>;
}

/** Something is not as it should be. */
export class Unexpected extends Error {
  readonly expected: string;
  readonly seen: string;
  readonly hint: string | undefined;

  /** @param what what was looked at: "the row of a payload" */
  constructor(what: string, expected: string, seen: string, hint?: string) {
    super(what);
    this.name = "Unexpected";
    this.expected = expected;
    this.seen = seen;
    this.hint = hint;
  }
}

/** @throws Unexpected unless both are the same, members and all */
export function expectSame(what: string, seen: unknown, expected: unknown, hint?: string): void {
  if (!Bun.deepEquals(seen, expected)) throw new Unexpected(what, textOf(expected), textOf(seen), hint);
}

/** @throws Unexpected unless the program ended like this: "exit 0" */
export function expectEnd(what: string, ended: Ended, how: string, hint?: string): void {
  if (ended.how === how) return;
  const said = ended.stderr.trim() || ended.stdout.trim();
  throw new Unexpected(what, how, said === "" ? ended.how : `${ended.how}: ${said}`, hint);
}

/** @throws Unexpected unless `text` holds each of the pieces */
export function expectPieces(what: string, text: string, pieces: readonly string[], hint?: string): void {
  const missing = pieces.filter((piece) => !text.includes(piece));
  if (missing.length > 0)
    throw new Unexpected(what, pieces.join(" and "), text.trim() === "" ? "nothing" : text.trim(), hint);
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
