/** The contract of a check of `plimsoll doctor`: one function in `checks/` and one line in its registry. */
import type { StatePaths } from "../state/paths.ts";

/** good: nothing to do. warning: worth knowing, works all the same. bad: something does not work. */
export type Level = "good" | "warning" | "bad";

export interface Finding {
  readonly level: Level;
  /** What was found, on one line. */
  readonly text: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Particulars, one line each. */
  readonly details?: readonly string[];
}

/** What a check may look at. */
export interface Surroundings {
  readonly paths: StatePaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory that doctor was started in: the project whose settings count. */
  readonly cwd: string;
  /** Unix milliseconds. */
  readonly now: number;
}

export interface Check {
  readonly name: string;
  /** What it makes sure of, in one line. */
  readonly about: string;
  /** Must not change anything. What it throws is a bad finding of its own. */
  run(surroundings: Surroundings): Finding | Promise<Finding>;
}

export const good = (text: string): Finding => ({ level: "good", text });

export const warning = (text: string, more: Omit<Finding, "level" | "text"> = {}): Finding => ({
  level: "warning",
  text,
  ...more,
});

export const bad = (text: string, more: Omit<Finding, "level" | "text"> = {}): Finding => ({
  level: "bad",
  text,
  ...more,
});

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
