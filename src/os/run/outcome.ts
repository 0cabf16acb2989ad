/** The request and the outcome of a bounded run (subprocess.ts). */
import type { Environment } from "../environment.ts";
import { decodeLossy, decodeStrict } from "../io/utf8.ts";
import type { WorkingTrees } from "./executable.ts";

/** What to run, and its limits. */
export interface RunRequest {
  /** The program, absolute or looked up in PATH (relative entries are skipped), and its arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The whole environment. Default: this process's. */
  readonly env?: Environment;
  /** Do not look up the program in these working trees, and remove them from its own PATH. */
  readonly outside?: WorkingTrees;
  /** Default: empty. */
  readonly stdin?: string | Uint8Array;
  /** From the start to TERM. */
  readonly timeoutMs: number;
  /** From TERM to KILL. Default: 200. */
  readonly graceMs?: number;
  /** Limit of stdout; exceeding it ends the run. Default: 1 MiB. Only the first 64 KiB of stderr are kept. */
  readonly maxOutputBytes?: number;
  /** Default: strict. */
  readonly utf8?: "strict" | "lossy";
}

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

/** How the run ended, its output as far as it was read (U+FFFD for invalid UTF-8), and how long it took. */
export type RunOutcome = Ending & {
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
};

/** The output of one stream, up to a limit. */
export class Collected {
  readonly #pieces: Uint8Array[] = [];
  readonly limit: number;
  #length = 0;
  overflowed = false;
  /** When output last arrived. Monotonic ms. */
  lastAt = performance.now();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Keep what fits. The caller must not reuse the piece. */
  add(piece: Uint8Array): void {
    this.lastAt = performance.now();
    const room = this.limit - this.#length;
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

/** Combine an ending and the output, checking the encoding. @param utf8 default: strict */
export function outcomeOf(
  ending: Ending,
  output: { readonly stdout: Collected; readonly stderr: Collected },
  startedAt: number,
  utf8: RunRequest["utf8"] = "strict",
): RunOutcome {
  const bytes = output.stdout.bytes();
  const rest = { stderr: decodeLossy(output.stderr.bytes()), elapsedMs: performance.now() - startedAt };
  const checked = ending.kind === "exited" && ending.code === 0 && utf8 === "strict";
  const strict = checked ? decodeStrict(bytes) : undefined;
  if (strict && "invalidAt" in strict)
    return { kind: "invalidUtf8", at: strict.invalidAt, stdout: decodeLossy(bytes), ...rest };
  return { ...ending, stdout: strict ? strict.text : decodeLossy(bytes), ...rest };
}
