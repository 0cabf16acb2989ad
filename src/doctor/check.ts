/** The contract of a check of `plimsoll doctor`. Adding one takes a file in `checks/` and a row in its registry. */
import type { Environment } from "../os/environment.ts";
import type { StatePaths } from "../state/paths.ts";

/**
 * - ok: as expected
 * - info: worth knowing, no action needed
 * - error: something does not work as promised
 */
export type FindingLevel = "ok" | "info" | "error";

export interface Finding {
  readonly level: FindingLevel;
  /** On one line. */
  readonly text: string;
  /** One line each. */
  readonly details?: readonly string[];
  /** How to fix it; present for every error. */
  readonly hint?: string;
  readonly fix?: Fix;
}

/**
 * Repairs a finding, as far as doctor may. Idempotent.
 * @param report receives each action once it is done
 * @throws Error with the step that failed
 */
export type Fix = (report: (action: string) => void) => void | Promise<void>;

/** The inputs of a check. */
export interface CheckContext {
  readonly paths: StatePaths;
  readonly env: Environment;
  /** The working directory: the project whose settings apply. */
  readonly cwd: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** Columns of the terminal; absent without one. */
  readonly columns?: number;
}

export interface Check {
  readonly name: string;
  /** What it verifies, in one line. */
  readonly about: string;
  /** It reads the state directory: skipped where that is not ours. */
  readonly needsState?: true;
  /** Changes nothing, and waits for nothing without a timeout. A thrown error becomes a finding. */
  run(context: CheckContext): Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>;
}

type More = Omit<Finding, "level" | "text">;

export const ok = (text: string): Finding => ({ level: "ok", text });

export const info = (text: string, more: More = {}): Finding => ({ level: "info", text, ...more });

export const error = (text: string, more: More & { readonly hint: string }): Finding => ({
  level: "error",
  text,
  ...more,
});

/** @returns the findings that apply; if none does, one that all is well */
export function findingsOr(healthy: string, candidates: readonly (Finding | false | undefined)[]): Finding[] {
  const findings = candidates.filter((each) => typeof each === "object");
  return findings.length > 0 ? findings : [ok(healthy)];
}

/** @returns the first lines, and the number of the others */
export function few(lines: readonly string[], most = 8): string[] {
  return lines.length <= most + 1 ? [...lines] : [...lines.slice(0, most), `and ${lines.length - most} more`];
}

/** @returns "9999 bytes", "10 KB", "1.0 MB" */
export const bytesText = (bytes: number): string =>
  bytes < 10_000
    ? `${bytes} bytes`
    : bytes < 1e6
      ? `${Math.round(bytes / 1e3)} KB`
      : `${(bytes / 1e6).toFixed(1)} MB`;

/** @returns "1 pass", "2 passes" */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
