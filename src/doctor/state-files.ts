/** Everything that lies in the state directory, tolerant of what comes and goes meanwhile. */
import { lstatSync, readdirSync, type Stats } from "node:fs";

export interface StateFile {
  readonly path: string;
  readonly facts: Stats;
}

/** Far more than there ever are: a state directory that is set to somebody's home is not walked to its end. */
const MOST_FILES = 20_000;

/** @returns the directory itself, if it is one, and all below it, what contains before what is contained; links are not followed */
export function stateFiles(root: string): StateFile[] {
  const found: StateFile[] = [];
  const waiting = [root];
  for (let path = waiting.shift(); path !== undefined && found.length < MOST_FILES; path = waiting.shift()) {
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (!facts) continue;
    found.push({ path, facts });
    if (facts.isDirectory()) waiting.push(...entries(path).map((name) => `${path}/${name}`));
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
