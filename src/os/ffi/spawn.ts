/**
 * posix_spawn(3), wait4(2), execvp(3): starting programs without Bun.spawn.
 *
 * Why: Bun.spawn resets all signal dispositions of the child (`nohup`, a script's `trap ''`), decodes arguments as UTF-8,
 * and cannot put the child into our own process group or into a new one without a new session. A wrapper such as
 * timeout(1) must pass on exactly what it was given.
 */
import { ptr } from "bun:ffi";
import { accessExecutable } from "./file.ts";
import { rawEnvironment } from "./inherited.ts";
import { cString, cWord, ERRNO, errno, group, ON_MAC, type Word } from "./library.ts";
import { peakMemoryOf, resourceUsage } from "./process.ts";
import { RUNTIME_IGNORES, signalSet } from "./signal.ts";

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
  /** macOS: close every descriptor that the file actions do not name. */
  closeByDefault: 0x4000,
} as const;

/** Room for posix_spawnattr_t and posix_spawn_file_actions_t of every C library (glibc: 336 and 80 bytes). */
const OPAQUE_BYTES = 512;

export interface SpawnRequest {
  /** The program, looked up as by execvp(3), and its arguments. */
  readonly argv: readonly Word[];
  /** The whole environment, as NAME=value. */
  readonly env: readonly Word[];
  /** A new session, a new process group, or this process's group. */
  readonly place: "session" | "group" | "same";
  /** Signals to reset to their default action; the child inherits the dispositions of the others. */
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
 * Start the user's command as a wrapper does: with the environment and dispositions that we inherited, and with a shell
 * where execvp(3) would use one (a script without `#!`).
 * @param defaults more signals to reset to their default action
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

/** A NULL-terminated array of C strings. `memory` must stay referenced as long as `list` is used. */
function pointers(words: readonly Word[]): { list: BigUint64Array; memory: Uint8Array } {
  const pieces = words.map(cWord);
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const memory = new Uint8Array(Math.max(1, bytes));
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

/** How a child ended. */
export type WaitStatus =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signaled"; readonly signal: number; readonly core: boolean };

export interface ChildEnd {
  readonly pid: number;
  readonly status: WaitStatus;
  /** Peak memory of it, or of one of its children that it waited for. */
  readonly peakMemoryBytes: number;
}

const WNOHANG = 1;
const WUNTRACED = 2;

/** A child that a signal stopped. */
export interface ChildStop {
  readonly pid: number;
  readonly stoppedBy: number;
}

/**
 * wait4(2) for any child, without blocking.
 * @param stops also report each stop of a child
 * @returns undefined if nothing is to report
 */
export const nextChildChange = (stops: boolean): ChildEnd | ChildStop | undefined =>
  waitAny(-1, stops ? WNOHANG | WUNTRACED : WNOHANG);

/**
 * wait4(2).
 * @param pid a child, -1 for any, or a negated process group for any of its members
 * @param wait block until one ends; JavaScript does not run meanwhile
 * @returns undefined if none has ended yet, or `pid` is not our child
 */
export const waitFor = (pid: number, wait: boolean): ChildEnd | undefined =>
  waitAny(pid, wait ? 0 : WNOHANG) as ChildEnd | undefined;

function waitAny(pid: number, options: number): ChildEnd | ChildStop | undefined {
  const status = new Int32Array(1);
  const usage = resourceUsage();
  for (;;) {
    const changed = waiting().wait4(pid, status, options, usage);
    if (changed > 0) {
      const word = status[0] as number;
      if ((word & 0xff) === STOPPED) return { pid: changed, stoppedBy: (word >> 8) & 0xff };
      return { pid: changed, status: decodeStatus(word), peakMemoryBytes: peakMemoryOf(usage) };
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

/** execvp(3): replace this process with another program. @returns only on failure, the errno */
export function execute(argv: readonly Word[]): number {
  const words = pointers(argv);
  executing().execvp(cWord(argv[0] ?? ""), words.list);
  return errno();
}
