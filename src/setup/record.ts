/**
 * What a settings file was before we first changed it, so that `setup --remove` gives it back to the byte.
 *
 * Written before the settings file is, so that there is no moment in which the change stands and its record does not.
 */
import { unlinkSync } from "node:fs";
import { isObject } from "../claude/json.ts";
import { SETTINGS_LIMIT } from "../claude/settings-file.ts";
import { readSmallText } from "../os/io/file.ts";
import { recordsDirectory, type StatePaths } from "../state/paths.ts";
import { replaceDurably } from "./durable-file.ts";
import { keyOf } from "./store.ts";
import type { Target } from "./target.ts";

/** Raised when a reader of this version would misread a record of that version. */
const VERSION = 1;

export interface SetupRecord {
  /** The bytes before; undefined when there was no file. */
  readonly original: Uint8Array | undefined;
  /** The directories that were made for the file, the outermost first. */
  readonly madeDirectories: readonly string[];
  /** SHA-256 of what was written in the original's place. Several, where a write may not have come to its end. */
  readonly written: readonly string[];
}

const pathOf = (paths: StatePaths, file: string): string => `${recordsDirectory(paths)}/${keyOf(file)}.json`;

/** @returns undefined when there is none that can be used */
export function readRecord(paths: StatePaths, file: string): SetupRecord | undefined {
  // The bytes are in base64, and there are a few more fields.
  const text = readSmallText(pathOf(paths, file), { limit: 2 * SETTINGS_LIMIT, mustBeOurs: true });
  const json = text === undefined ? undefined : parse(text);
  if (json?.version !== VERSION || json.file !== file) return undefined;
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

/** The file is again what it was, and there is nothing left to give back. A record that stays does no harm. */
export function dropRecord(paths: StatePaths, file: string): void {
  try {
    unlinkSync(pathOf(paths, file));
  } catch (error) {
    // There is none, or the state cannot be written to: the next setup writes another in its place.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

/** Whether the file holds just what we wrote over the original. */
export const isAsWritten = (record: SetupRecord, { found }: Target): boolean =>
  found !== undefined && record.written.includes(digest(found.bytes));

/** @returns the SHA-256 of a settings file's bytes, in hexadecimal */
export const digest = (bytes: Uint8Array): string =>
  new Bun.CryptoHasher("sha256").update(bytes).digest("hex");

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    // Torn or somebody else's: then the lines are taken out of the text instead.
    return undefined;
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
