/**
 * Advisory locks: flock(2), and nothing but flock(2).
 *
 * The kernel releases the lock when its holder's last descriptor is closed, however the holder ended. So there is no
 * stale lock, no age, no heartbeat and no stealing. Two hazards are left, and both are dealt with here:
 * - Somebody deletes the file while others wait on it. After locking, path and descriptor are compared; when they
 *   differ the lock is worthless and everything begins again.
 * - A program started under the lock inherits the descriptor, and with it the lock, until it too has ended. That is
 *   wanted (`inheritable`) or prevented (close-on-exec, the default).
 *
 * The seed's review advised `mkdir` as an atomic lock, and called it good that an unreadable owner frees the lock. Both
 * steal locks from living holders; neither is done here.
 */
import { close } from "../ffi/file.ts";
import { flock, LOCK } from "../ffi/flock.ts";
import { ERRNO, errorText } from "../ffi/library.ts";
import { leadsTo } from "../io/same-file.ts";
import { hasNoChildren } from "../run/process-group.ts";
import { LockError } from "./error.ts";
import { type LockFile, type LockPolicy, openLockFile } from "./file.ts";
import { clearNote, type NotePlace, noteBeside, putNote } from "./note.ts";
import { encodeNote, ownNote } from "./owner-note.ts";
import { lockWithin } from "./wait.ts";

export { LockError } from "./error.ts";

export interface LockOptions {
  /** Default: exclusive. */
  readonly mode?: "exclusive" | "shared";
  /** Whose file it is: see lock-file.ts. Default: private. */
  readonly policy?: LockPolicy;
  /** Programs started later inherit the lock. Default: false. */
  readonly inheritable?: boolean;
  /** What to write into the owner note as the command. Default: this process's command line. */
  readonly command?: string;
  /** The folder for the note of a path's lock, whose file is not ours to write to. Default: no note. */
  readonly notes?: string;
}

export interface WaitOptions extends LockOptions {
  /** Give up after this long; 0 tries once. Default: never. */
  readonly waitMs?: number;
  /** Give up when this aborts. */
  readonly signal?: AbortSignal;
}

/** A lock that this process holds. `using lock = tryLock(path)` releases it at the end of the block. */
export interface Lock extends Disposable {
  readonly path: string;
  readonly fd: number;
  /** Clear the owner note, unlock, close. Doing it twice does nothing. */
  release(): void;
  /**
   * Give up our own share only. Programs that inherited the descriptor keep the lock, and the note stays to tell whose
   * it was; if there are none, this is `release`.
   */
  leave(): void;
}

/**
 * Lock at once or not at all.
 * @returns undefined when somebody else holds it
 * @throws LockError when it cannot be had for another reason
 */
export const tryLock = (path: string, options: LockOptions = {}): Lock | undefined =>
  lockWith(path, options, 0);

/**
 * Wait in the kernel until the lock is ours (lock-wait.ts): first come, first served.
 * @param waitMs give up after this long; undefined: never
 * @returns undefined when `waitMs` passed
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
 * Wait for the lock with the event loop running: tries at growing intervals with jitter.
 * @returns undefined when `waitMs` passed (monotonic clock) or `signal` aborted first
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

/** A path that is replaced this often while we lock it is being played with. */
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
  throw new LockError("cannot-lock", `${path} is deleted and made again all the time`);
}

function cannotLock(path: string, errno: number): LockError {
  return new LockError("cannot-lock", `cannot lock ${path}: ${errorText(errno)}`, {
    hint: "its file system may not support locks: use one on a local disk",
    errno,
  });
}

class HeldLock implements Lock {
  readonly path: string;
  readonly fd: number;
  readonly #options: LockOptions;
  /** Where our note stands; undefined when none does. */
  readonly #note: NotePlace | undefined;
  #released = false;

  constructor(path: string, file: LockFile, options: LockOptions) {
    this.path = path;
    this.fd = file.fd;
    this.#options = options;
    this.#note = options.mode === "shared" ? undefined : leaveNote(file, options);
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
    // To try the lock, as below, is to jump the queue: only where there may be heirs.
    if (this.#note && hasNoChildren()) {
      clearNote(this.#note);
      close(this.fd);
      return;
    }
    const stillThere = leadsTo(this.path, this.fd);
    close(this.fd);
    if (!this.#note) return;
    if (stillThere) this.#clearIfFree(this.#note);
    else if ("path" in this.#note) clearNote(this.#note); // nobody can come to lock that file any more
  }

  /** Whoever inherited the lock still needs the note, and a successor has written its own: only a free one is cleared. */
  #clearIfFree(note: NotePlace): void {
    try {
      const file = openLockFile(this.path, { policy: this.#options.policy ?? "private", inheritable: false });
      if (!file) return;
      const free = flock(file.fd, LOCK.EX | LOCK.NB) === 0 && leadsTo(this.path, file.fd);
      if (free) clearNote("path" in note ? note : file);
      close(file.fd);
    } catch (error) {
      // The path was replaced in this instant. The lock is given up either way; an old note is only an old note.
      if (!(error instanceof LockError)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Say whose lock it is now. @returns where, or undefined when that was not possible: the lock is no worse for it */
function leaveNote(
  file: LockFile,
  { policy = "private", notes, command }: LockOptions,
): NotePlace | undefined {
  const place = policy === "private" ? file : notes && { path: noteBeside(notes, file.facts) };
  const note = place && ownNote(command ?? process.argv.join(" "), Date.now());
  return place && note && putNote(place, encodeNote(note)) ? place : undefined;
}
