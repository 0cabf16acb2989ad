/**
 * What the runtime changed of our inheritance before any JavaScript ran, put back for what a wrapper starts (Linux).
 *
 * Bun marks every descriptor from 4 on close-on-exec, and raises the soft limit of open files to the hard one. But make's
 * jobserver, a shell's `9>lock` and a service's sockets reach the command through descriptors, and a high limit breaks
 * programs that use select(2) or close whatever could be open.
 *
 * Not put back: epoll and event descriptors (the runtime's own cannot be told apart from them), and what comes after a
 * gap of 255 numbers.
 */
import { POLL, pollTable } from "./file.ts";
import { group, ON_MAC } from "./library.ts";
import { NOFILE, setSoftLimit } from "./limits.ts";
import { readlink, readWhole } from "./read-whole.ts";

const calls = group({ fcntl: { args: ["i32", "i32", "i32"], returns: "i32" } });
const F_SETFD = 2;

const FIRST = 4;
/** poll(2) refuses more at once than the limit of open files, which is seldom as low as this. */
const BLOCK = 255;

/** Call it before any descriptor is opened that the command is not to have. */
export function restoreInherited(): void {
  if (ON_MAC) return; // the runtime marks nothing there, and what limit the parent has is not told
  for (let from = FIRST, kept = 1; kept > 0; from += BLOCK) kept = keepOpen(from);
  restoreLimit();
}

/** One call asks for a whole block of descriptors. @returns how many of them were inherited */
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

/** What the limit was is told by our parent, unless somebody set ours apart from its: then the hard limits differ. */
function restoreLimit(): void {
  const parents = limitsOf(`/proc/${process.ppid}/limits`);
  if (!parents || parents.soft === parents.hard) return;
  if (limitsOf("/proc/self/limits")?.hard === parents.hard)
    setSoftLimit(NOFILE, BigInt(parents.soft), BigInt(parents.hard));
}

function limitsOf(file: string): { soft: string; hard: string } | undefined {
  const text = readWhole(file) ?? "";
  const at = text.indexOf(NAME);
  const [soft = "", hard = ""] = text
    .slice(at + NAME.length, text.indexOf("\n", at))
    .split(" ")
    .filter(Boolean);
  return at < 0 || !isNumber(soft) || !isNumber(hard) ? undefined : { soft, hard };
}

const NAME = "Max open files";
/** Not so is "unlimited". */
const isNumber = (text: string): boolean => text !== "" && Number.isSafeInteger(Number(text));
