/** How a bounded run ended, and what it said: the words that both forms of `subprocess` share. */

import { decodeLossy, decodeStrict } from "../io/utf8.ts";
import { RUN_MARK } from "./process-group.ts";
import { pathOutside, type WorkingTrees } from "./working-tree.ts";

/** What to run, and its bounds. Everything has one. */
export interface RunRequest {
  /** The program, absolute or to be found in PATH (whose relative entries are skipped), and its arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The whole environment. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The program is not looked up in these working trees, and its own PATH is without them. */
  readonly outside?: WorkingTrees;
  /** Default: nothing to read. */
  readonly stdin?: string | Uint8Array;
  /** From the start to TERM. */
  readonly timeoutMs: number;
  /** From TERM to KILL. Default: 200. */
  readonly graceMs?: number;
  /** Of stdout; one byte more ends the run. Default: 1 MiB. Of stderr the first 64 KiB are kept, the rest is dropped. */
  readonly maxOutputBytes?: number;
  /** Default: strict. */
  readonly utf8?: "strict" | "lossy";
}

export const DEFAULTS = { graceMs: 200, maxOutputBytes: 1 << 20, maxStderrBytes: 1 << 16 } as const;

/** How the run ended. */
export type Ending =
  | { readonly kind: "exited"; readonly code: number }
  /** By a signal that was not ours. */
  | { readonly kind: "signaled"; readonly signal: number }
  | { readonly kind: "timedOut"; readonly afterMs: number; readonly escalated: boolean }
  | { readonly kind: "outputTooLarge"; readonly limitBytes: number }
  | { readonly kind: "spawnFailed"; readonly reason: SpawnFailure; readonly cause: string }
  /** It exited with 0, and its output is not UTF-8 from this byte on. Only when strict. */
  | { readonly kind: "invalidUtf8"; readonly at: number }
  /** The caller's signal aborted. */
  | { readonly kind: "aborted" };

export type SpawnFailure = "notFound" | "notExecutable" | "noSuchDirectory" | "other";

/** How the run ended, what it wrote (as far as it was read; U+FFFD for what is not UTF-8), how long it took. */
export type Outcome = Ending & {
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
};

/** Pieces of one stream, up to a limit. */
export class Collected {
  readonly #pieces: Uint8Array[] = [];
  readonly #limit: number;
  #length = 0;
  overflowed = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Keep what still fits. The piece must not be reused by the caller. */
  add(piece: Uint8Array): void {
    const room = this.#limit - this.#length;
    if (piece.length > room) this.overflowed = true;
    const kept = piece.length > room ? piece.subarray(0, room) : piece;
    if (kept.length === 0) return;
    this.#pieces.push(kept);
    this.#length += kept.length;
  }

  bytes(): Uint8Array {
    const [only] = this.#pieces;
    return only && this.#pieces.length === 1 ? only : Buffer.concat(this.#pieces);
  }
}

/** Put an outcome together, judging the text where that is still open. */
export function concludeRun(
  ending: Ending,
  stdout: Collected,
  stderr: Collected,
  { startedAt, utf8 }: { startedAt: number; utf8: "strict" | "lossy" },
): Outcome {
  const bytes = stdout.bytes();
  const rest = { stderr: decodeLossy(stderr.bytes()), elapsedMs: performance.now() - startedAt };
  const judged = ending.kind === "exited" && ending.code === 0 && utf8 === "strict";
  const strict = judged ? decodeStrict(bytes) : undefined;
  if (strict && "invalidAt" in strict)
    return { kind: "invalidUtf8", at: strict.invalidAt, stdout: decodeLossy(bytes), ...rest };
  return { ...ending, stdout: strict ? strict.text : decodeLossy(bytes), ...rest };
}

/** The child's environment: without what would make a Bun program do something else, and marked as this run's. */
export function childEnvironment(
  { env, outside }: Pick<RunRequest, "env" | "outside">,
  mark: string,
): Record<string, string> {
  const { BUN_OPTIONS: _options, BUN_BE_BUN: _be, ...others } = env ?? process.env;
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(others)) if (value !== undefined) child[name] = value;
  if (outside && child.PATH !== undefined) child.PATH = pathOutside(child.PATH, outside);
  child[RUN_MARK] = mark;
  return child;
}

/** setTimeout fires at once beyond this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** @returns a time that a timer can wait: at least 0, at most 24 days */
export const timerMs = (ms: number): number => Math.min(Math.max(0, ms), MAX_TIMER_MS);
