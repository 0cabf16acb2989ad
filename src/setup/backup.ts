/** Settings files as they were before a change, 0600, the newest few of each. */
import { readdirSync, unlinkSync } from "node:fs";
import { basename } from "node:path";
import { backupsDirectory, type StatePaths } from "../state/paths.ts";
import { replaceDurably } from "./durable-file.ts";
import { keyOf } from "./store.ts";

const KEPT = 10;

/**
 * Keep a settings file's bytes, and let the oldest ones go.
 * @param file the settings file, without symlinks
 * @returns where they are kept
 * @throws the system's error
 */
export function keepBackup(paths: StatePaths, file: string, bytes: Uint8Array, now: number): string {
  const directory = backupsDirectory(paths);
  const prefix = `${keyOf(file)}-`;
  const time = new Date(now).toISOString().replace(/[-:]/g, "");
  const path = `${directory}/${prefix}${time}-${basename(file)}`;
  replaceDurably(path, bytes, { mode: 0o600 });
  const all = readdirSync(directory).filter((name) => name.startsWith(prefix));
  for (const name of all.sort().slice(0, -KEPT)) unlinkSync(`${directory}/${name}`);
  return path;
}
