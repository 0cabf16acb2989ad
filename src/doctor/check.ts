/** The contract of a check of `plimsoll doctor`: one file in `checks/` and one line in its registry. */
import type { StatePaths } from "../state/paths.ts";

/**
 * - good: as it should be
 * - note: worth knowing; it works, and nothing has to be done
 * - bad: something does not work as promised
 */
export type Level = Finding["level"];

interface Said {
  /** What was found, on one line. */
  readonly text: string;
  /** Particulars, one line each. */
  readonly details?: readonly string[];
}

export interface Good extends Said {
  readonly level: "good";
}

export interface Note extends Said {
  readonly level: "note";
  /** What may be done about it. */
  readonly hint?: string;
  readonly fix?: Fix;
}

export interface Bad extends Said {
  readonly level: "bad";
  /** What to do about it. */
  readonly hint: string;
  readonly fix?: Fix;
}

export type Finding = Good | Note | Bad;

/**
 * Mends what was found, as far as that is ours to do. Doing it again, when there is nothing left to do, does nothing.
 * @param say told of each act once it is done; no act, no word
 * @throws Error that says what could not be done
 */
export type Fix = (say: (act: string) => void) => void | Promise<void>;

/** What a check may look at. */
export interface CheckContext {
  readonly paths: StatePaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory that doctor was started in: the project whose settings count. */
  readonly cwd: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** Columns of the terminal that doctor was started in; absent without one. */
  readonly columns?: number;
}

export interface Check {
  readonly name: string;
  /** What it makes sure of, in one line. */
  readonly about: string;
  /** It looks at what is in the state directory: passed over where that is not ours to look into. */
  readonly needsState?: true;
  /** Must not change anything, and must not wait for anything without a bound. What it throws is a finding of its own. */
  run(surroundings: CheckContext): Findings | Promise<Findings>;
}

/** One, or as many as there are faults. */
export type Findings = Finding | readonly Finding[];

/** Something is as it should be. */
export const good = (text: string, details?: readonly string[]): Good => ({
  level: "good",
  text,
  ...(details === undefined ? {} : { details }),
});

/** Something is worth knowing. */
export const note = (text: string, more: Omit<Note, "level" | "text"> = {}): Note => ({
  level: "note",
  text,
  ...more,
});

/** Something does not work as promised. */
export const bad = (text: string, more: Omit<Bad, "level" | "text">): Bad => ({
  level: "bad",
  text,
  ...more,
});

/** @returns the first few, and how many more there are */
export function few(lines: readonly string[], most = 8): string[] {
  return lines.length <= most + 1 ? [...lines] : [...lines.slice(0, most), `and ${lines.length - most} more`];
}

/** @returns a size for a person */
export const bytesText = (bytes: number): string =>
  bytes < 10_000
    ? `${bytes} bytes`
    : bytes < 1e6
      ? `${Math.round(bytes / 1e3)} KB`
      : `${(bytes / 1e6).toFixed(1)} MB`;

/** @returns "1 pass", "2 passes" */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
