/** Everything that lies in the state directory, tolerant of what comes and goes meanwhile. */
import { lstatSync, readdirSync, type Stats } from "node:fs";
import { isOwnPath } from "../state/own-files.ts";
import type { StatePaths } from "../state/paths.ts";

export interface StateFile {
  readonly path: string;
  readonly facts: Stats;
  /** By its name it is ours: else it is not to be touched. */
  readonly own: boolean;
}

/** Far more than there ever are. */
const MOST_FILES = 20_000;

/**
 * @returns the directory itself, if it is one, and what is in it, what contains before what is contained; links and
 *   folders that are not ours are not gone into
 */
export function stateFiles(paths: StatePaths): StateFile[] {
  const found: StateFile[] = [];
  const waiting = [paths.root];
  for (let path = waiting.shift(); path !== undefined && found.length < MOST_FILES; path = waiting.shift()) {
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (!facts) continue;
    const own = isOwnPath(paths, path);
    found.push({ path, facts, own });
    if (own && facts.isDirectory()) waiting.push(...entries(path).map((name) => `${path}/${name}`));
  }
  return found[0]?.facts.isDirectory() ? found : [];
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It has gone, or is not ours to read: then the directory itself is what is wrong, and said.
    return [];
  }
}
