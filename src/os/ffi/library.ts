/**
 * The C library through Bun's FFI. Only this directory imports `bun:ffi`, which is still experimental.
 *
 * Why FFI: loading `node:fs` costs a fifth of the start of an empty program, and Bun has no flock(2), no interval timer,
 * no bounded read and no process groups.
 *
 * Hazards:
 * - Read errno immediately after the call, before anything else runs (`errno()`).
 * - Call variadic functions with their fixed arguments only: Apple arm64 passes the others elsewhere. `open` is safe
 *   without O_CREAT, because it then reads no mode (see file.ts); `syscall` is only called on Linux, where it is safe.
 * - Pointers into JavaScript memory are valid for the duration of one call.
 */
import { dlopen, type FFIFunction, FFIType, type Pointer, read as peek } from "bun:ffi";

declare const PLIMSOLL_LIBC: string | undefined;

export const ON_MAC = process.platform === "darwin";
export const ON_ARM = process.arch === "arm64";

/** A C `ssize_t` or `long` as a JavaScript number (exact below 2^53). */
export const LONG = FFIType.i64_fast;

/** Candidates for the C library: one name when the build fixes it, else every name that may exist. */
function libraryNames(): string[] {
  if (typeof PLIMSOLL_LIBC === "string") return [PLIMSOLL_LIBC];
  if (ON_MAC) return ["libSystem.B.dylib"];
  return ["libc.so.6", `libc.musl-${ON_ARM ? "aarch64" : "x86_64"}.so.1`];
}

function open<const Functions extends Record<string, FFIFunction>>(functions: Functions) {
  let failure: unknown;
  for (const name of libraryNames()) {
    try {
      return dlopen(name, functions).symbols;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/**
 * A group of C functions, opened on first use, so that each command only pays for the functions it calls.
 * @returns a function that returns the group; it throws when the C library lacks one of the functions
 */
export function group<const Functions extends Record<string, FFIFunction>>(functions: Functions) {
  let symbols: ReturnType<typeof open<Functions>> | undefined;
  return () => {
    symbols ??= open(functions);
    return symbols;
  };
}

const displayFunctions = {
  open: { args: ["ptr", "i32"], returns: "i32" },
  read: { args: ["i32", "ptr", "u64"], returns: LONG },
  write: { args: ["i32", "ptr", "u64"], returns: LONG },
  close: { args: ["i32"], returns: "i32" },
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  realpath: { args: ["ptr", "ptr"], returns: "ptr" },
  setitimer: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  localtime_r: { args: ["ptr", "ptr"], returns: "ptr" },
  signal: { args: ["i32", "u64"], returns: "ptr" },
  sigprocmask: { args: ["i32", "ptr", "ptr"], returns: "i32" },
} as const;

/** fstat by system call number on Linux: C libraries before glibc 2.33 do not export the function. */
const onLinux = group({
  ...displayFunctions,
  syscall: { args: ["i64", "i32", "ptr"], returns: LONG },
  __errno_location: { args: [], returns: "ptr" },
});
const macFunctions = { ...displayFunctions, __error: { args: [], returns: "ptr" } } as const;
const onMacArm = group({ ...macFunctions, fstat: { args: ["i32", "ptr"], returns: "i32" } });
const onMacIntel = group({ ...macFunctions, fstat$INODE64: { args: ["i32", "ptr"], returns: "i32" } });
const SYS_FSTAT = ON_ARM ? 80 : 5;

/** The functions that every render calls, as one group: opening another group costs as much as drawing a row. */
export const common: () => Omit<ReturnType<typeof onLinux>, "syscall" | "__errno_location"> = ON_MAC
  ? ON_ARM
    ? onMacArm
    : onMacIntel
  : onLinux;

/** fstat(2) into a struct stat. @returns 0, or -1 with errno set */
export function fstatInto(fd: number, stat: NodeJS.TypedArray): number {
  if (!ON_MAC) return Number(onLinux().syscall(SYS_FSTAT, fd, stat));
  return ON_ARM ? onMacArm().fstat(fd, stat) : onMacIntel().fstat$INODE64(fd, stat);
}

/** @returns errno of the call just made; only meaningful immediately after a call that failed */
export function errno(): number {
  const location = ON_MAC ? (ON_ARM ? onMacArm() : onMacIntel()).__error() : onLinux().__errno_location();
  return location === null ? 0 : peek.i32(Number(location) as Pointer, 0);
}

/** The errno(3) numbers that the program distinguishes. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  ENOEXEC: 8,
  EBADF: 9,
  ECHILD: 10,
  ENOMEM: 12,
  EACCES: 13,
  EEXIST: 17,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOSPC: 28,
  EROFS: 30,
  EPIPE: 32,
  ERANGE: 34,
  ...(ON_MAC
    ? { EAGAIN: 35, ENOTSUP: 45, ELOOP: 62, ENOLCK: 77, ENOSYS: 78 }
    : { EAGAIN: 11, ENOLCK: 37, ENOSYS: 38, ELOOP: 40, ENOTSUP: 95 }),
};

/** @returns the name of a number in `ERRNO`: "ENOENT" */
export const errnoName = (number: number): string | undefined =>
  Object.entries(ERRNO).find(([, value]) => value === number)?.[0];

const messages = group({ strerror: { args: ["i32"], returns: "cstring" } });

/** strerror(3). @returns the C library's message: "No such file or directory" */
export const errorText = (number: number): string => String(messages().strerror(number));

/** A path or a word of a command line: text, or bytes where it is not UTF-8. */
export type Word = string | Uint8Array;

const encoder = new TextEncoder();

/** @returns text as a NUL-terminated UTF-8 string */
export const cString = (text: string): Uint8Array => encoder.encode(`${text}\0`);

/** @returns a word as a NUL-terminated string */
export function cWord(word: Word): Uint8Array {
  if (typeof word === "string") return cString(word);
  const bytes = new Uint8Array(word.length + 1);
  bytes.set(word);
  return bytes;
}

/** @returns a word as text to print */
export const showWord = (word: Word): string =>
  typeof word === "string" ? word : new TextDecoder().decode(word);
