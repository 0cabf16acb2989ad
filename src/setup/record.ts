/**
 * The settings file before our first change, so that `setup --remove` restores it byte for byte.
 *
 * Written before the settings file: a change without its record never exists.
 */
import { unlinkSync } from "node:fs";
import { isObject, parseJson } from "../claude/json.ts";
import { SETTINGS_LIMIT } from "../claude/settings.ts";
import { readSmallText } from "../os/io/file.ts";
import { recordsDirectory, type StatePaths } from "../state/paths.ts";
import { replaceDurably } from "./durable-file.ts";
import { keyOf } from "./store.ts";
import type { SettingsTarget } from "./target.ts";

/** Raised when the format changes incompatibly. */
const VERSION = 1;

export interface SetupRecord {
  /** Undefined when there was no file. */
  readonly original: Uint8Array | undefined;
  /** Directories created for the file, outermost first. */
  readonly madeDirectories: readonly string[];
  /** SHA-256 of what replaced the original. Several, where a write may not have completed. */
  readonly written: readonly string[];
}

const pathOf = (paths: StatePaths, file: string): string => `${recordsDirectory(paths)}/${keyOf(file)}.json`;

/** @returns undefined when missing or invalid */
export function readRecord(paths: StatePaths, file: string): SetupRecord | undefined {
  // Base64 and a few more fields fit into twice the limit.
  const json = parseJson(readSmallText(pathOf(paths, file), { limit: 2 * SETTINGS_LIMIT, mustBeOurs: true }));
  if (!isObject(json) || json.version !== VERSION || json.file !== file) return undefined;
  const { original, madeDirectories, written } = json;
  if (!(original === null || typeof original === "string") || !isTexts(madeDirectories) || !isTexts(written))
    return undefined;
  return {
    original: original === null ? undefined : Buffer.from(original, "base64"),
    madeDirectories,
    written,
  };
}

/** @throws the system's error */
export function writeRecord(paths: StatePaths, file: string, record: SetupRecord): void {
  const { original, madeDirectories, written } = record;
  const json = {
    version: VERSION,
    file,
    original: original === undefined ? null : Buffer.from(original).toString("base64"),
    madeDirectories,
    written,
  };
  replaceDurably(pathOf(paths, file), Buffer.from(JSON.stringify(json)), { mode: 0o600 });
}

/** Best effort: the next setup overwrites a record that stays. */
export function dropRecord(paths: StatePaths, file: string): void {
  try {
    unlinkSync(pathOf(paths, file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

/** Whether the file holds exactly what we wrote over the original. */
export const isAsWritten = (record: SetupRecord, { found }: SettingsTarget): boolean =>
  found !== undefined && record.written.includes(digest(found.bytes));

/** @returns SHA-256 in hexadecimal */
export const digest = (bytes: Uint8Array): string =>
  new Bun.CryptoHasher("sha256").update(bytes).digest("hex");

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
