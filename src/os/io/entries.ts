/** Listing a directory, best effort. */
import { readdirSync } from "node:fs";

/** @returns the names in a directory; none if it is missing or unreadable */
export function entryNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
