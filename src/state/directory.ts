/**
 * The state directory: made private, refused when it is not ours, and what in it is ours.
 *
 * `PLIMSOLL_STATE` may name a directory that others keep things in, and one of our folders may have been replaced by a
 * link to one: nothing there is swept, fixed or made private.
 */
import { chmodSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { readSmallText } from "../os/io/file.ts";
import type { ScopeName } from "./parts.ts";
import { SCOPE_FOLDERS, type StatePaths } from "./paths.ts";
import { isPrepared, stateFolders } from "./prepared.ts";
import { parseState, STATE_FILE_LIMIT, type State } from "./scopes.ts";

/** The state directory cannot be used; the message has the reason and a remedy. */
export class StateDirectoryError extends Error {
  override readonly name = "StateDirectoryError";
}

/**
 * Create the state directory and its folders, or make them private: mode 0700.
 * @throws StateDirectoryError when one is a link, not a directory, owned by another user, or cannot be created; or when
 *   other files are kept there, which would become private with it
 */
export function prepareStateDirectory(paths: StatePaths): void {
  if (isPrepared(paths)) return;
  if (isForeignDirectory(paths.root))
    throw new StateDirectoryError(
      `${paths.root} contains other files: set PLIMSOLL_STATE to a directory for Plimsoll alone`,
    );
  for (const path of stateFolders(paths)) preparePrivateDirectory(path);
}

/**
 * Create one directory, or make it private: mode 0700.
 * @throws StateDirectoryError
 */
export function preparePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // A link or a file in its place: lstat below tells which.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST")
      throw new StateDirectoryError(`cannot create ${path}: ${(error as Error).message}`);
  }
  const facts = lstatSync(path);
  if (facts.isSymbolicLink())
    throw new StateDirectoryError(`${path} is a symbolic link: set PLIMSOLL_STATE to its target`);
  if (!facts.isDirectory()) throw new StateDirectoryError(`${path} is not a directory: move it away`);
  if (facts.uid !== process.geteuid?.())
    throw new StateDirectoryError(
      `${path} belongs to user ${facts.uid}: set PLIMSOLL_STATE to a directory that you own`,
    );
  if ((facts.mode & 0o777) !== 0o700) chmodSync(path, 0o700);
}

const FOLDERS = ["sessions", "repos", "accounts", "locks", "setup", "backups"];

const FILE = /^(ledger\.db.*|gather\.log(\.1)?|(config\.cache|payload)\.json)$/;

/** What a killed `gather --reindex` or repair leaves (ledger/ledger.ts, ledger/replace.ts, ledger/recovery.ts). */
const PARTIAL_LEDGER =
  /^ledger\.db\.(reindex|rebuild|salvage|damaged-[\dTZ-]+\.salvage)-\d+(-wal|-shm|-journal|\.seen|\.repair)?$/;

/** Of a state file (write.ts), and of a record or a backup (setup/durable-file.ts). */
const TEMPORARY = /^([^/]+\.json\.\d+\.[\da-z]*|\.[^/]+\.plimsoll-\d+-[\w.]+-[\w-]*)\.tmp$/;

/** Created by systems in every directory, or on every disk. */
const EVERYWHERE = ["lost+found", ".DS_Store"];

/** Whether a name right below the state directory is one that we create. */
export const isOwnName = (name: string): boolean =>
  FOLDERS.includes(name) || FILE.test(name) || isTemporaryName(name);

/** Whether a name is that of a file which a writer of ours has not finished. */
export const isTemporaryName = (name: string): boolean => TEMPORARY.test(name) || PARTIAL_LEDGER.test(name);

/** @returns whether a directory holds other files, and has never been a state directory */
export function isForeignDirectory(root: string): boolean {
  const names = namesIn(root);
  if (names.includes("repos") && names.includes("accounts")) return false;
  return names.some((name) => !isOwnName(name) && !EVERYWHERE.includes(name));
}

/** @returns the names in a directory; none where it is missing, unreadable, or only a link */
export function namesIn(directory: string): string[] {
  try {
    return lstatSync(directory).isDirectory() ? readdirSync(directory) : [];
  } catch {
    // Reported by whoever writes to it.
    return [];
  }
}

/** A state file and its content; no state when it is not ours or damaged. */
export interface ListedState<Scope extends ScopeName> {
  readonly file: string;
  readonly state?: State<Scope>;
}

/** @returns all state files of one scope */
export function listStates<Scope extends ScopeName>(paths: StatePaths, scope: Scope): ListedState<Scope>[] {
  const folder = paths[SCOPE_FOLDERS[scope]];
  const names = namesIn(folder).filter((name) => name.endsWith(".json"));
  return names.map((name) => {
    const file = `${folder}/${name}`;
    const state = parseState(scope, readSmallText(file, { limit: STATE_FILE_LIMIT, mustBeOurs: true }));
    return state === undefined ? { file } : { file, state };
  });
}
