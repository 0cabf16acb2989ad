/**
 * Which files in the state directory are ours, by their names: nothing else there is ever changed or removed.
 *
 * PLIMSOLL_STATE may come to name a directory that has other things in it, such as somebody's home.
 */
import type { StatePaths } from "./paths.ts";
import { backupsDirectory, recordsDirectory } from "./setup-paths.ts";

/** A file that is being written, by state/write.ts or by setup/durable-file.ts. */
const TEMPORARY = /\.\d+\.[a-z0-9]*\.tmp$|^\..+\.plimsoll-\d+-[\w.]+-[\w-]*\.tmp$/;

/** @param name without its directory */
export const isTemporary = (name: string): boolean => TEMPORARY.test(name);

/** What each folder of the state holds; none holds another folder. */
const HELD: readonly (readonly [folder: (paths: StatePaths) => string, name: RegExp])[] = [
  [({ sessions }) => sessions, /\.json$/],
  [({ repos }) => repos, /\.json$/],
  [({ accounts }) => accounts, /\.json$/],
  [({ locks }) => locks, /\.(lock|note)$/],
  [recordsDirectory, /^[\da-f]{24}\.json$/],
  [backupsDirectory, /^[\da-f]{24}-/],
];

/** @returns the folders in the state directory */
export const stateFolders = (paths: StatePaths): string[] => HELD.map(([folder]) => folder(paths));

/** @param path of something in the state directory, or of that directory itself */
export function isOwnPath(paths: StatePaths, path: string): boolean {
  const slash = path.lastIndexOf("/");
  const [folder, name] = [path.slice(0, slash), path.slice(slash + 1)];
  if (path === paths.root || stateFolders(paths).includes(path)) return true;
  if (folder === paths.root) {
    // Also what SQLite, a repair or a writer has beside it: ledger.db-wal, gather.log.1.
    return [paths.ledger, paths.log, paths.configCache, paths.lastPayload].some(
      (file) => path === file || path.startsWith(`${file}.`) || path.startsWith(`${file}-`),
    );
  }
  const held = HELD.find(([of]) => of(paths) === folder)?.[1];
  return held !== undefined && (held.test(name) || isTemporary(name));
}
