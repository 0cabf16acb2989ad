/**
 * posix_spawn(3), wait4(2), execvp(3): starting programs without Bun.spawn.
 *
 * Why: Bun.spawn resets every signal disposition of the child (`nohup`'s, a script's `trap ''`), decodes arguments as
 * UTF-8, and cannot put the child into our own group or into a new one without a new session. A wrapper such as
 * timeout(1) must hand on exactly what it was given.
 */
import { ptr } from "bun:ffi";
import { RUNTIME_IGNORES } from "../run/signals.ts";
import { accessExecutable } from "./access.ts";
import { cString, ERRNO, errno, group, ON_MAC } from "./library.ts";
import { MAXRSS } from "./limits.ts";
import { rawEnvironment } from "./raw.ts";
import { signalSet } from "./signal.ts";
import { cWord, type Word } from "./word.ts";

const spawning = group({
  posix_spawnp: { args: ["ptr", "ptr", "ptr", "ptr", "ptr", "ptr"], returns: "i32" },
  posix_spawnattr_init: { args: ["ptr"], returns: "i32" },
  posix_spawnattr_setflags: { args: ["ptr", "i16"], returns: "i32" },
  posix_spawnattr_setsigdefault: { args: ["ptr", "ptr"], returns: "i32" },
  posix_spawnattr_destroy: { args: ["ptr"], returns: "i32" },
});
const actions = group({
  posix_spawn_file_actions_init: { args: ["ptr"], returns: "i32" },
  posix_spawn_file_actions_adddup2: { args: ["ptr", "i32", "i32"], returns: "i32" },
  posix_spawn_file_actions_destroy: { args: ["ptr"], returns: "i32" },
});
const directories = group({
  posix_spawn_file_actions_addchdir_np: { args: ["ptr", "ptr"], returns: "i32" },
});
const waiting = group({ wait4: { args: ["i32", "ptr", "i32", "ptr"], returns: "i32" } });
const executing = group({ execvp: { args: ["ptr", "ptr"], returns: "i32" } });

const FLAG = {
  setGroup: 0x02,
  setSignalDefaults: 0x04,
  setSignalMask: 0x08,
  setSession: ON_MAC ? 0x0400 : 0x80,
  /** macOS: whatever is not named in the file actions is closed. */
  closeByDefault: 0x4000,
} as const;

/** Room for posix_spawnattr_t and posix_spawn_file_actions_t of every C library (glibc: 336 and 80 bytes). */
const OPAQUE_BYTES = 512;

/** How posix_spawn(3) starts a program. */
export interface SpawnRequest {
  /** The program as execvp(3) looks it up, and its arguments, the first being its name. */
  readonly argv: readonly Word[];
  /** The whole environment as NAME=value words. */
  readonly env: readonly Word[];
  /** A new session, a new process group, or this process's own group. */
  readonly place: "session" | "group" | "same";
  /** Signals that the child gets with their default action; it inherits the others as they are. */
  readonly defaults: readonly number[];
  /** Descriptors that become the child's 0, 1 and 2; absent: inherited. */
  readonly stdio?: readonly [number, number, number];
  readonly cwd?: string;
}

/** posix_spawnp(3). @returns the child's pid, or the negated errno */
export function spawn(request: SpawnRequest): number {
  const calls = spawning();
  const attributes = new Uint8Array(OPAQUE_BYTES);
  calls.posix_spawnattr_init(attributes);
  calls.posix_spawnattr_setsigdefault(attributes, signalSet(request.defaults));
  let flags = FLAG.setSignalDefaults;
  if (request.place === "session") flags |= FLAG.setSession;
  if (request.place === "group") flags |= FLAG.setGroup;
  if (request.stdio) {
    flags |= FLAG.setSignalMask;
    if (ON_MAC) flags |= FLAG.closeByDefault;
  }
  calls.posix_spawnattr_setflags(attributes, flags);
  const fileActions = request.stdio || request.cwd !== undefined ? describeFiles(request) : null;
  const argv = pointers(request.argv);
  const env = pointers(request.env);
  const pid = new Int32Array(1);
  const failure = calls.posix_spawnp(
    pid,
    cWord(request.argv[0] ?? ""),
    fileActions,
    attributes,
    argv.list,
    env.list,
  );
  calls.posix_spawnattr_destroy(attributes);
  if (fileActions) actions().posix_spawn_file_actions_destroy(fileActions);
  return failure === 0 ? (pid[0] as number) : -failure;
}

/**
 * Start what the user wrote, as a wrapper does: with our environment and dispositions as they were before the runtime
 * changed them, and with a shell where execvp(3) would use one (a script without `#!`).
 * @param defaults further signals that the command gets with their default action
 * @returns the command's pid, or the negated errno
 */
export function spawnCommand(
  argv: readonly Word[],
  {
    defaults = [],
    ...where
  }: Pick<SpawnRequest, "place" | "stdio"> & { readonly defaults?: readonly number[] },
): number {
  const request = { env: rawEnvironment(), defaults: [...RUNTIME_IGNORES, ...defaults], ...where };
  const pid = spawn({ argv, ...request });
  const [program, ...rest] = argv;
  const script = pid === -ERRNO.ENOEXEC ? findScript(program) : undefined;
  return script === undefined ? pid : spawn({ argv: ["/bin/sh", script, ...rest], ...request });
}

function findScript(program: Word | undefined): Word | undefined {
  if (typeof program !== "string" || program.includes("/")) return program;
  const folders = (process.env.PATH ?? "").split(":").map((folder) => folder || ".");
  return folders.map((folder) => `${folder}/${program}`).find(accessExecutable);
}

function describeFiles({ stdio, cwd }: SpawnRequest): Uint8Array {
  const files = new Uint8Array(OPAQUE_BYTES);
  actions().posix_spawn_file_actions_init(files);
  if (cwd !== undefined) directories().posix_spawn_file_actions_addchdir_np(files, cString(cwd));
  for (const [target, fd] of (stdio ?? []).entries())
    actions().posix_spawn_file_actions_adddup2(files, fd, target);
  return files;
}

/** A NULL-terminated array of C strings in one piece of memory, which lives as long as the value does. */
function pointers(words: readonly Word[]): { list: BigUint64Array; memory: Uint8Array } {
  const pieces = words.map(cWord);
  const memory = new Uint8Array(
    Math.max(
      1,
      pieces.reduce((sum, piece) => sum + piece.length, 0),
    ),
  );
  const base = Number(ptr(memory));
  const list = new BigUint64Array(words.length + 1);
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    memory.set(piece, at);
    list[index] = BigInt(base + at);
    at += piece.length;
  }
  return { list, memory };
}

/** How a child ended, as wait4(2) says. */
export type WaitStatus =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signaled"; readonly signal: number; readonly core: boolean };

/** One child's end. */
export interface ChildEnd {
  readonly pid: number;
  readonly status: WaitStatus;
  /** The most memory that it, or one of its own children that it waited for, had in use. */
  readonly peakMemoryBytes: number;
}

const WNOHANG = 1;
const WUNTRACED = 2;

/** A child that a signal has stopped. */
export interface ChildStop {
  readonly pid: number;
  readonly stoppedBy: number;
}

/**
 * wait4(2) for any child, without waiting.
 * @param stops also report children that were stopped, once for each stop
 * @returns undefined when there is nothing to report
 */
export function nextChildChange(stops: boolean): ChildEnd | ChildStop | undefined {
  return stops ? waitAny(-1, WNOHANG | WUNTRACED) : waitFor(-1, false);
}

/**
 * wait4(2).
 * @param pid a child, -1 for any, or a negated process group for any of its members
 * @param wait wait in the kernel, where JavaScript does not run, until one ends
 * @returns whose end it was and how; undefined when none has ended yet, or there is no such child
 */
export const waitFor = (pid: number, wait: boolean): ChildEnd | undefined =>
  waitAny(pid, wait ? 0 : WNOHANG) as ChildEnd | undefined;

function waitAny(pid: number, options: number): ChildEnd | ChildStop | undefined {
  const status = new Int32Array(1);
  const usage = new BigInt64Array(32);
  for (;;) {
    const changed = waiting().wait4(pid, status, options, usage);
    if (changed > 0) {
      const word = status[0] as number;
      if ((word & 0xff) === STOPPED) return { pid: changed, stoppedBy: (word >> 8) & 0xff };
      const peakMemoryBytes = Number(usage[MAXRSS.index]) * MAXRSS.unit;
      return { pid: changed, status: decodeStatus(word), peakMemoryBytes };
    }
    if (changed === 0 || errno() !== ERRNO.EINTR) return undefined;
  }
}

/** The low byte of the status of a stopped child (WIFSTOPPED). */
const STOPPED = 0x7f;

/** The wait status macros of sys/wait.h, the same on Linux and macOS. */
export function decodeStatus(status: number): WaitStatus {
  const signal = status & 0x7f;
  return signal === 0
    ? { kind: "exited", code: (status >> 8) & 0xff }
    : { kind: "signaled", signal, core: (status & 0x80) !== 0 };
}

/** execvp(3): become another program. @returns the errno, only if that failed */
export function execute(argv: readonly Word[]): number {
  const words = pointers(argv);
  executing().execvp(cWord(argv[0] ?? ""), words.list);
  return errno();
}
