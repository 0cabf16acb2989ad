/** The client's own `.claude.json`: read only, and only what it says of projects and of the account. */
import { readFileSync, statSync } from "node:fs";
import type { Json } from "./json.ts";

/** The file also holds projects and their history, and grows. Bytes. */
const LIMIT = 32 * 1024 * 1024;

/** @returns what a `.claude.json` holds; undefined when there is none that can be read */
export function readClientFile(path: string): Json {
  try {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (!facts?.isFile() || facts.size > LIMIT) return undefined;
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // Unreadable, or being written just now: then nothing of it is known this time, which mixes nothing.
    return undefined;
  }
}
