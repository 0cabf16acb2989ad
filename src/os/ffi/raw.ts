/** This process's own arguments and environment as bytes: JavaScript has them as text, where what is not UTF-8 is lost. */
import { readBytes } from "./read-whole.ts";
import type { Word } from "./word.ts";

/**
 * The last words of our command line, exactly.
 * @param words the same words as JavaScript has them
 */
export function rawTail(words: readonly string[]): readonly Word[] {
  if (!words.some((word) => word.includes("\ufffd"))) return words;
  const all = split(readBytes("/proc/self/cmdline"));
  return all && all.length >= words.length ? all.slice(all.length - words.length) : words;
}

/** The environment that this process was started with. Without /proc: as JavaScript has it. */
export function rawEnvironment(): readonly Word[] {
  return (
    split(readBytes("/proc/self/environ")) ??
    Object.entries(process.env).map(([name, value]) => `${name}=${value ?? ""}`)
  );
}

/** @returns the pieces that a NUL ends each */
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
