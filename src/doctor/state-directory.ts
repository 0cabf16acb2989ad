/** The state directory: whether doctor may use it, and the files in it. */
import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { quoteForShell } from "../os/shell.ts";
import { isForeignDirectory, isOwnName, namesIn } from "../state/directory.ts";
import { error, type Finding } from "./check.ts";

/** @returns why doctor must not read or fix anything in it; undefined also where it does not exist yet */
export function stateDirectoryProblem(root: string): Finding | undefined {
  let facts: Stats | undefined;
  try {
    facts = lstatSync(root, { throwIfNoEntry: false });
  } catch (thrown) {
    return unreachable(root, thrown as NodeJS.ErrnoException);
  }
  if (!facts) return undefined;
  if (facts.isSymbolicLink())
    return error(`${root} is a symbolic link`, {
      hint: `links are not followed here: set PLIMSOLL_STATE to ${readlinkSync(root)}`,
    });
  if (!facts.isDirectory()) return error(`${root} is not a directory`, { hint: "move it away" });
  if (facts.uid !== process.geteuid?.())
    return error(`${root} belongs to user ${facts.uid}`, { hint: takeOwnership(root) });
  if (isForeignDirectory(root))
    return error(`${root} contains other files`, {
      hint: "set PLIMSOLL_STATE to a directory used by Plimsoll alone",
    });
  return undefined;
}

/** Finds the parent directory that denies access: often one made with sudo. */
function unreachable(root: string, { code, message }: NodeJS.ErrnoException): Finding {
  if (code !== "EACCES")
    return error(`${root} cannot be accessed: ${message}`, {
      hint: "set PLIMSOLL_STATE to a directory you own",
    });
  let parent = dirname(root);
  for (;;) {
    try {
      const { uid } = lstatSync(parent);
      if (uid !== process.geteuid?.())
        return error(`${root} cannot be accessed: ${parent} belongs to user ${uid}`, {
          hint: takeOwnership(parent),
        });
      return error(`${root} cannot be accessed: ${parent} cannot be entered`, {
        hint: `chmod u+rwx ${quoteForShell(parent)}`,
      });
    } catch {
      parent = dirname(parent);
    }
  }
}

const takeOwnership = (directory: string): string =>
  `if it was made with sudo: sudo chown -R "$(id -un)" ${quoteForShell(directory)}; else set PLIMSOLL_STATE to a directory you own`;

export interface StateFile {
  readonly path: string;
  readonly facts: Stats;
}

/** Far above the usual number: PLIMSOLL_STATE may name a home directory by mistake. */
const MAX_FILES = 20_000;

/**
 * Best effort: files come and go meanwhile.
 * @returns the directory and our files below it, parents first; links are not followed
 */
export function stateFiles(root: string): StateFile[] {
  const found: StateFile[] = [];
  const queue = [root];
  for (let path = queue.shift(); path !== undefined && found.length < MAX_FILES; path = queue.shift()) {
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (!facts) continue;
    found.push({ path, facts });
    if (facts.isDirectory()) {
      const names = namesIn(path).filter((name) => path !== root || isOwnName(name));
      queue.push(...names.map((name) => `${path}/${name}`));
    }
  }
  return found[0]?.facts.isDirectory() ? found : [];
}
