/** Where setup keeps what it needs to take its change back: in the state directory, never beside the settings. */
import { preparePrivateDirectory, prepareStateDirectory } from "../state/directory.ts";
import { backupsDirectory, recordsDirectory, type StatePaths } from "../state/paths.ts";

/**
 * Make the directories, 0700, or see that they are so.
 * @throws StateDirectoryError
 */
export function prepareStore(paths: StatePaths): void {
  prepareStateDirectory(paths);
  preparePrivateDirectory(recordsDirectory(paths));
  preparePrivateDirectory(backupsDirectory(paths));
}

/** @returns a name for what belongs to a settings file, of letters and digits only */
export const keyOf = (file: string): string =>
  new Bun.CryptoHasher("sha256").update(file).digest("hex").slice(0, 24);
