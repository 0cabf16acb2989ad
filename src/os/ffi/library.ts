/**
 * The way past Bun to the C library. Only this folder imports `bun:ffi`, which is still called experimental.
 *
 * Why at all: `node:fs` alone costs a fifth of the start of an empty program, and nothing in Bun gives flock(2), an
 * interval timer that the kernel enforces, a bounded read, or a process group.
 *
 * Hazards:
 * - errno must be read right after the call, before anything else runs (`errno()`).
 * - A variadic function gets its fixed arguments only: on Apple arm64 the others travel elsewhere. `open` is safe as
 *   long as it does not create (it reads no mode then; create.ts for when it does); `syscall` is called on Linux only, where it is safe.
 * - Pointers into JavaScript memory are good for the length of one call.
 */
import { dlopen, type FFIFunction, FFIType, type Pointer, read as peek } from "bun:ffi";

declare const PLIMSOLL_LIBC: string | undefined;

export const ON_MAC = process.platform === "darwin";
export const ON_ARM = process.arch === "arm64";

/** A C `ssize_t` or `long` as a JavaScript number (exact below 2^53). */
export const LONG = FFIType.i64_fast;

/** What to open: decided by the build; from source, by what there is. */
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
 * A group of C functions, opened at its first use, so that the display path pays for its own only.
 * @returns a function that gives the group; it throws when the C library lacks one of the functions
 */
export function group<const Functions extends Record<string, FFIFunction>>(functions: Functions) {
  let symbols: ReturnType<typeof open<Functions>> | undefined;
  return () => {
    symbols ??= open(functions);
    return symbols;
  };
}

const errnoOnLinux = group({ __errno_location: { args: [], returns: "ptr" } });
const errnoOnMac = group({ __error: { args: [], returns: "ptr" } });

/** @returns errno of the call just made; worth something only right after one that failed */
export function errno(): number {
  const location = ON_MAC ? errnoOnMac().__error() : errnoOnLinux().__errno_location();
  return location === null ? 0 : peek.i32(Number(location) as Pointer, 0);
}

/** errno(3) numbers that are told apart here. */
export const ERRNO = ON_MAC
  ? {
      EPERM: 1,
      ENOENT: 2,
      ESRCH: 3,
      EINTR: 4,
      EIO: 5,
      ENOEXEC: 8,
      EBADF: 9,
      ECHILD: 10,
      EACCES: 13,
      EAGAIN: 35,
      ENOMEM: 12,
      EEXIST: 17,
      ENOTDIR: 20,
      EISDIR: 21,
      EINVAL: 22,
      ENFILE: 23,
      EMFILE: 24,
      ENXIO: 6,
      ENOSPC: 28,
      EROFS: 30,
      EPIPE: 32,
      ERANGE: 34,
      ELOOP: 62,
      ENOLCK: 77,
      ENOSYS: 78,
      ENOTSUP: 45,
    }
  : {
      EPERM: 1,
      ENOENT: 2,
      ESRCH: 3,
      EINTR: 4,
      EIO: 5,
      ENOEXEC: 8,
      EBADF: 9,
      ECHILD: 10,
      EACCES: 13,
      EAGAIN: 11,
      ENOMEM: 12,
      EEXIST: 17,
      ENOTDIR: 20,
      EISDIR: 21,
      EINVAL: 22,
      ENFILE: 23,
      EMFILE: 24,
      ENXIO: 6,
      ENOSPC: 28,
      EROFS: 30,
      EPIPE: 32,
      ERANGE: 34,
      ELOOP: 40,
      ENOLCK: 37,
      ENOSYS: 38,
      ENOTSUP: 95,
    };

/** @returns the name of one of them: "ENOENT" */
export const errnoName = (number: number): string | undefined =>
  Object.entries(ERRNO).find(([, value]) => value === number)?.[0];

const messages = group({ strerror: { args: ["i32"], returns: "cstring" } });

/** strerror(3). @returns the C library's words for an errno: "No such file or directory" */
export const errorText = (number: number): string => String(messages().strerror(number));

const encoder = new TextEncoder();

/** @returns the text as a C string: UTF-8 with a NUL behind it */
export const cString = (text: string): Uint8Array => encoder.encode(`${text}\0`);
