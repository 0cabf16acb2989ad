/**
 * What in the state directory is ours. `PLIMSOLL_STATE` may name a directory that others keep things in, and a folder of
 * ours may have been exchanged for a link to one: nothing there is swept, mended or made private.
 */
import { lstatSync, readdirSync } from "node:fs";

const FOLDERS = ["sessions", "repos", "accounts", "locks", "setup", "backups"];

const FILE = /^(ledger\.db.*|gather\.log(\.1)?|(config\.cache|payload)\.json)$/;

/** What `gather --reindex` or a repair was writing when it was killed (ledger/ledger.ts, ledger/replace.ts, ledger/recovery.ts). */
const HALF_A_LEDGER =
  /^ledger\.db\.(reindex|rebuild|salvage|damaged-[\dTZ-]+\.salvage)-\d+(-wal|-shm|-journal|\.seen|\.repair)?$/;

/** Of a state file (write.ts), and of a record or a backup (setup/durable-file.ts). */
const TEMPORARY = /^([^/]+\.json\.\d+\.[\da-z]*|\.[^/]+\.plimsoll-\d+-[\w.]+-[\w-]*)\.tmp$/;

/** What systems put into every directory, or every disk. */
const EVERYWHERE = ["lost+found", ".DS_Store"];

/** Whether a name right below the state directory is one that we make. */
export const isOwnName = (name: string): boolean =>
  FOLDERS.includes(name) || FILE.test(name) || isTemporaryName(name);

/** Whether a name is that of a file which a writer of ours has not finished. */
export const isTemporaryName = (name: string): boolean => TEMPORARY.test(name) || HALF_A_LEDGER.test(name);

/** @returns whether a directory holds other things, and has never been a state directory */
export function isOthersPlace(root: string): boolean {
  const names = namesIn(root);
  if (names.includes("repos") && names.includes("accounts")) return false;
  return names.some((name) => !isOwnName(name) && !EVERYWHERE.includes(name));
}

/** @returns the names in a directory; none where there is no such directory, or only a link to one */
export function namesIn(directory: string): string[] {
  try {
    return lstatSync(directory).isDirectory() ? readdirSync(directory) : [];
  } catch {
    // Not there, or not to be read: that is reported where it is written to.
    return [];
  }
}
