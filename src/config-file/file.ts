/** The configuration's file: read it, and replace it whole, keeping the one before. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { replaceFile } from "../state/write.ts";

/** @returns the file's text, or undefined when there is no such file. Throws for one that cannot be read. */
export function readConfigText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/**
 * Replace the configuration: written beside its place and renamed, so that a reader never sees half of it. A symlink is
 * followed to the file that it leads to, and stays.
 * @returns where the version before it was kept; undefined when there was none
 */
export function writeConfigText(path: string, text: string): string | undefined {
  const target = existsSync(path) ? realpathSync(path) : path;
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const backup = `${target}.bak`;
  const existed = existsSync(target);
  if (existed) copyFileSync(target, backup);
  replaceFile(target, Buffer.from(text));
  return existed ? backup : undefined;
}
