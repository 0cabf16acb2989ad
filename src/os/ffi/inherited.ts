/**
 * What this process inherited, as it was before the runtime changed it: arguments and environment as bytes (JavaScript
 * decodes them, which loses invalid UTF-8), descriptors and the limit of open files (Linux).
 *
 * Bun marks every descriptor from 4 on close-on-exec and raises the soft limit of open files to the hard one. But make's
 * jobserver, a shell's `9>lock` and a service's sockets reach the command through descriptors, and a high limit breaks
 * programs that use select(2) or close every possible descriptor.
 *
 * Not restored: epoll and event descriptors (the runtime's own look the same), and descriptors after a gap of 255.
 */
import { POLL, pollTable, readBytes, readlink, readWhole } from "./file.ts";
import { group, ON_MAC, type Word } from "./library.ts";
import { limitOpenFiles } from "./process.ts";

/**
 * The last words of our command line, byte for byte.
 * @param words the same words as JavaScript decoded them
 */
export function rawTail(words: readonly string[]): readonly Word[] {
  if (!words.some((word) => word.includes("\ufffd"))) return words;
  const all = split(readBytes("/proc/self/cmdline"));
  return all && all.length >= words.length ? all.slice(all.length - words.length) : words;
}

/** The environment that this process was started with. Without /proc: as JavaScript decoded it. */
export function rawEnvironment(): readonly Word[] {
  return (
    split(readBytes("/proc/self/environ")) ??
    Object.entries(process.env).map(([name, value]) => `${name}=${value ?? ""}`)
  );
}

/** @returns the NUL-terminated pieces */
function split(bytes: Uint8Array | undefined): Uint8Array[] | undefined {
  if (!bytes) return undefined;
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0, from);
    const to = end < 0 ? bytes.length : end;
    pieces.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return pieces;
}

const calls = group({ fcntl: { args: ["i32", "i32", "i32"], returns: "i32" } });
const F_SETFD = 2;
const FIRST = 4;
/** Descriptors per poll(2), which refuses more than the limit of open files. */
const BLOCK = 255;

/** Restore descriptors and limit. Call it before opening any descriptor that the command must not inherit. */
export function restoreInherited(): void {
  if (ON_MAC) return; // the runtime marks no descriptors there, and the parent's limit cannot be read
  for (let from = FIRST, kept = 1; kept > 0; from += BLOCK) kept = keepOpen(from);
  restoreLimit();
}

/** @returns how many descriptors of the block were inherited */
function keepOpen(from: number): number {
  const table = new Int32Array(2 * BLOCK);
  for (let index = 0; index < BLOCK; index++) table[2 * index] = from + index;
  if (pollTable(table, 0) < 0) return 0;
  let kept = 0;
  for (let index = 0; index < BLOCK; index++) {
    if ((table[2 * index + 1] as number) >>> 16 === POLL.NVAL || isRuntimes(from + index)) continue;
    kept++;
    calls().fcntl(from + index, F_SETFD, 0);
  }
  return kept;
}

const isRuntimes = (fd: number): boolean =>
  readlink(`/proc/self/fd/${fd}`)?.startsWith("anon_inode:[event") ?? false;

/** Our parent still has the limit that we inherited, unless ours was changed in between: then the hard limits differ. */
function restoreLimit(): void {
  const parents = limitsOf(`/proc/${process.ppid}/limits`);
  if (!parents || parents.soft === parents.hard) return;
  if (limitsOf("/proc/self/limits")?.hard === parents.hard)
    limitOpenFiles(BigInt(parents.soft), BigInt(parents.hard));
}

const NAME = "Max open files";

function limitsOf(file: string): { soft: string; hard: string } | undefined {
  const text = readWhole(file) ?? "";
  const at = text.indexOf(NAME);
  const [soft = "", hard = ""] = text
    .slice(at + NAME.length, text.indexOf("\n", at))
    .split(" ")
    .filter(Boolean);
  return at < 0 || !isNumber(soft) || !isNumber(hard) ? undefined : { soft, hard };
}

/** False for "unlimited". */
const isNumber = (text: string): boolean => text !== "" && Number.isSafeInteger(Number(text));
