/** The state directory: made private, and refused when it is not ours. */
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { isOthersPlace } from "./own.ts";
import type { StatePaths } from "./paths.ts";
import { isPrepared, stateFolders } from "./prepared.ts";

/** The state directory cannot be used; the message says why and what to do. */
export class StateDirectoryError extends Error {
  override readonly name = "StateDirectoryError";
}

/**
 * Make the state directory and its folders, 0700, or see that they are so.
 * @throws StateDirectoryError when one is a link, no directory, or somebody else's, or cannot be made, or when other
 *   things are kept there, which would become private with it
 */
export function prepareStateDirectory(paths: StatePaths): void {
  if (isPrepared(paths)) return;
  if (isOthersPlace(paths.root))
    throw new StateDirectoryError(
      `${paths.root} holds other things: set PLIMSOLL_STATE to a directory for Plimsoll alone`,
    );
  for (const path of stateFolders(paths)) preparePrivateDirectory(path);
}

/**
 * Make one directory of the state's, 0700, or see that it is so.
 * @throws StateDirectoryError
 */
export function preparePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // A link or a file in its place: lstat below says which. Anything else cannot be helped here.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST")
      throw new StateDirectoryError(`cannot make ${path}: ${(error as Error).message}`);
  }
  const facts = lstatSync(path);
  if (facts.isSymbolicLink())
    throw new StateDirectoryError(`${path} is a symbolic link: set PLIMSOLL_STATE to where it leads`);
  if (!facts.isDirectory()) throw new StateDirectoryError(`${path} is not a directory: move it away`);
  if (facts.uid !== process.geteuid?.())
    throw new StateDirectoryError(
      `${path} belongs to user ${facts.uid}: set PLIMSOLL_STATE to a place of yours`,
    );
  if ((facts.mode & 0o777) !== 0o700) chmodSync(path, 0o700);
}
