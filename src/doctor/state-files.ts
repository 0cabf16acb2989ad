/** Everything that lies in the state directory, tolerant of what comes and goes meanwhile. */
import { lstatSync, type Stats } from "node:fs";
import { isOwnName, namesIn } from "../state/directory.ts";

export interface StateFile {
  readonly path: string;
  readonly facts: Stats;
}

/** Far more than there ever are: a state directory that is set to somebody's home is not walked to its end. */
const MOST_FILES = 20_000;

/**
 * @returns the directory itself, if it is one, and all of ours below it, what contains before what is contained; links are
 *   not followed
 */
export function stateFiles(root: string): StateFile[] {
  const found: StateFile[] = [];
  const waiting = [root];
  for (let path = waiting.shift(); path !== undefined && found.length < MOST_FILES; path = waiting.shift()) {
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (!facts) continue;
    found.push({ path, facts });
    if (facts.isDirectory()) {
      const names = namesIn(path).filter((name) => path !== root || isOwnName(name));
      waiting.push(...names.map((name) => `${path}/${name}`));
    }
  }
  return found[0]?.facts.isDirectory() ? found : [];
}
