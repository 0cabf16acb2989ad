/** Whether the state directory is usable, without node:fs: every named lock asks before it is taken. */

import { cString } from "../os/ffi/library.ts";
import { effectiveUser } from "../os/ffi/process.ts";
import { FILE_TYPE, linkStat } from "../os/ffi/stat.ts";
import type { StatePaths } from "./paths.ts";

const PERMISSIONS = 0o777;

/** The state directory and its folders. */
export const stateFolders = ({ root, sessions, repos, accounts, locks }: StatePaths): readonly string[] => [
  root,
  sessions,
  repos,
  accounts,
  locks,
];

/**
 * @returns whether the directory and all its folders exist, are ours, and have mode 0700. If not,
 *   `prepareStateDirectory` (directory.ts) makes them so, or throws
 */
export const isPrepared = (paths: StatePaths): boolean => stateFolders(paths).every(isPrivateDirectory);

function isPrivateDirectory(path: string): boolean {
  const facts = linkStat(cString(path));
  return (
    facts !== undefined &&
    (facts.mode & FILE_TYPE.mask) === FILE_TYPE.directory &&
    (facts.mode & PERMISSIONS) === 0o700 &&
    facts.owner === effectiveUser()
  );
}
