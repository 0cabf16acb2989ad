/**
 * Advisory locks with flock(2) only.
 *
 * The kernel releases the lock when its holder's last descriptor is closed, however the holder ended. So there are no
 * stale locks, no ages, no heartbeats and no stealing. Two hazards remain, and both are handled here:
 * - The file is deleted while others wait for it. After locking, path and descriptor are compared; when they differ, the
 *   lock is worthless and locking is retried from the start.
 * - A program started under the lock inherits the descriptor, and with it the lock, until it has ended too. That is
 *   either wanted (`inheritable`) or prevented (close-on-exec, the default).
 *
 * Not used: `mkdir` as an atomic lock, and treating a lock with an unreadable owner as free. Both steal locks from living
 * holders.
 */
import { close } from "../ffi/file.ts";
import { flock, LOCK, lockWithin } from "../ffi/flock.ts";
import { ERRNO, errorText } from "../ffi/library.ts";
import { leadsTo } from "../io/file.ts";
import { hasNoChildren } from "../run/process-group.ts";
import { LockError, type LockFile, type LockPolicy, openLockFile } from "./file.ts";
import { clearNote, encodeNote, type NotePlace, noteBeside, ownNote, putNote } from "./note.ts";

export interface LockOptions {
  /** Default: exclusive. */
  readonly mode?: "exclusive" | "shared";
  /** See file.ts. Default: private. */
  readonly policy?: LockPolicy;
  /** Programs started later inherit the lock. Default: false. */
  readonly inheritable?: boolean;
  /** The command in the owner note. Default: this process's command line. */
  readonly command?: string;
  /** The directory for the note of a path's lock. Default: no note. */
  readonly notes?: string;
}

export interface WaitOptions extends LockOptions {
  /** Timeout; 0 tries once. Default: none. */
  readonly waitMs?: number;
  /** Give up when this aborts. */
  readonly signal?: AbortSignal;
}

/** A lock that this process holds. `using lock = tryLock(path)` releases it at the end of the block. */
export interface Lock extends Disposable {
  readonly path: string;
  readonly fd: number;
  /** Clear the owner note, unlock, close. Idempotent. */
  release(): void;
  /**
   * Close our descriptor only. Programs that inherited it keep the lock, and the note that names its holder stays;
   * without any, this is `release`.
   */
  leave(): void;
}

/**
 * Lock without waiting.
 * @returns undefined when the lock is held
 * @throws LockError when locking fails for another reason
 */
export const tryLock = (path: string, options: LockOptions = {}): Lock | undefined =>
  lockWith(path, options, 0);

/**
 * Wait in the kernel for the lock: see `lockWithin`.
 * @param waitMs timeout; undefined: none
 * @returns undefined on timeout
 * @throws LockError
 */
export const lockBlocking = (
  path: string,
  options: LockOptions = {},
  waitMs: number | undefined = undefined,
): Lock | undefined => lockWith(path, options, waitMs);

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

/**
 * Wait for the lock with the event loop running: retries at growing intervals with jitter.
 * @returns undefined on timeout (monotonic clock) or when `signal` aborted
 * @throws LockError
 */
export async function acquire(path: string, options: WaitOptions = {}): Promise<Lock | undefined> {
  const deadline = performance.now() + (options.waitMs ?? Number.POSITIVE_INFINITY);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    if (options.signal?.aborted) return undefined;
    const lock = tryLock(path, options);
    if (lock) return lock;
    const left = deadline - performance.now();
    if (left <= 0) return undefined;
    await Bun.sleep(Math.min(left, pause * (0.5 + Math.random() / 2)));
  }
}

/** A path that is replaced this often while we lock it is under attack. */
const MAX_REPLACEMENTS = 10_000;

function lockWith(path: string, options: LockOptions, waitMs: number | undefined): Lock | undefined {
  const operation = options.mode === "shared" ? LOCK.SH : LOCK.EX;
  const deadline = waitMs ? performance.now() + waitMs : undefined;
  const { policy = "private", inheritable = false } = options;
  let writing = false;
  for (let round = 0; round < MAX_REPLACEMENTS; round++) {
    const file = openLockFile(path, { policy, inheritable, writing });
    if (!file) continue;
    const left = deadline === undefined ? waitMs : Math.max(0, deadline - performance.now());
    const error = lockWithin(left, (flags) => flock(file.fd, operation | flags));
    if (error === 0 && leadsTo(path, file.fd)) return new HeldLock(path, file, options);
    close(file.fd);
    if (error === ERRNO.EAGAIN) return undefined;
    if (!writing && (error === ERRNO.EBADF || error === ERRNO.EIO)) writing = true;
    else if (error !== 0) throw cannotLock(path, error);
  }
  throw new LockError("cannot-lock", `${path} is deleted and created again constantly`);
}

function cannotLock(path: string, errno: number): LockError {
  return new LockError("cannot-lock", `cannot lock ${path}: ${errorText(errno)}`, {
    hint: "the file system may not support locks: use a local one",
    errno,
  });
}

class HeldLock implements Lock {
  readonly path: string;
  readonly fd: number;
  readonly #options: LockOptions;
  /** Undefined without a note. */
  readonly #note: NotePlace | undefined;
  #released = false;

  constructor(path: string, file: LockFile, options: LockOptions) {
    this.path = path;
    this.fd = file.fd;
    this.#options = options;
    this.#note = options.mode === "shared" ? undefined : writeNote(file, options);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    if (this.#note) clearNote(this.#note);
    flock(this.fd, LOCK.UN);
    close(this.fd);
  }

  leave(): void {
    if (this.#released) return;
    this.#released = true;
    // Trying the lock, as below, jumps the queue: only do so when the lock may have been inherited.
    if (this.#note && hasNoChildren()) {
      clearNote(this.#note);
      close(this.fd);
      return;
    }
    const stillThere = leadsTo(this.path, this.fd);
    close(this.fd);
    if (!this.#note) return;
    if (stillThere) this.#clearIfFree(this.#note);
    else if ("path" in this.#note) clearNote(this.#note); // no process can lock that file now
  }

  /** Inheritors still need the note, and the next holder has written its own: only clear the note of a free lock. */
  #clearIfFree(note: NotePlace): void {
    try {
      const file = openLockFile(this.path, { policy: this.#options.policy ?? "private", inheritable: false });
      if (!file) return;
      const free = flock(file.fd, LOCK.EX | LOCK.NB) === 0 && leadsTo(this.path, file.fd);
      if (free) clearNote("path" in note ? note : file);
      close(file.fd);
    } catch (error) {
      // The path was replaced just now. The lock is released either way, and an old note is harmless.
      if (!(error instanceof LockError)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Write the owner note, best effort. @returns its place, or undefined */
function writeNote(
  file: LockFile,
  { policy = "private", notes, command }: LockOptions,
): NotePlace | undefined {
  const place = policy === "private" ? file : notes && { path: noteBeside(notes, file.facts) };
  const note = place && ownNote(command ?? process.argv.join(" "), Date.now());
  return place && note && putNote(place, encodeNote(note)) ? place : undefined;
}
