/**
 * The fingerprint of the ledger's file when it was last closed, in a small file beside it. If it differs, another program
 * or a process that was killed has changed the ledger: it is checked before it is used.
 */
import type { Database } from "bun:sqlite";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { totalsOf } from "./digest.ts";

export interface CloseRecord {
  /** @see fingerprintOf */
  readonly fingerprint: string;
  /** Rows, for a ledger with unreadable totals. */
  readonly messages: number;
  readonly bills: number;
}

const fileOf = (path: string): string => `${path}.seen`;

/** Which file it is and when it last changed; undefined when it is missing. */
export function fingerprintOf(path: string): string | undefined {
  const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
  return facts && `${facts.ino} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}`;
}

/** @returns undefined when it is missing or invalid */
export function readCloseRecord(path: string): CloseRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(fileOf(path), "utf8")) as CloseRecord;
    const { fingerprint, messages, bills } = record;
    return typeof fingerprint === "string" && messages >= 0 && bills >= 0 ? record : undefined;
  } catch {
    // Then the ledger is checked as if it had changed.
    return undefined;
  }
}

export const countRows = (db: Database): Pick<CloseRecord, "messages" | "bills"> => ({
  messages: totalsOf(db, "messages")?.rows ?? 0,
  bills: totalsOf(db, "bills")?.rows ?? 0,
});

/** Record the fingerprint. Best effort: a failure costs a check at the next start. */
export function writeCloseRecord(path: string, rows: Pick<CloseRecord, "messages" | "bills">): void {
  try {
    const { messages, bills } = rows;
    const record: CloseRecord = { fingerprint: fingerprintOf(path) ?? "", messages, bills };
    writeFileSync(fileOf(path), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  } catch {
    // The directory may be full or read-only.
  }
}

/** Have a damaged ledger checked when it is next opened. Writes nothing if it will be checked anyway. */
export function checkWhenOpened(path: string): void {
  if (fingerprintOf(path) === readCloseRecord(path)?.fingerprint) forgetCloseRecord(path);
}

/** Have the ledger checked when it is next opened. */
export function forgetCloseRecord(path: string): void {
  const record = readCloseRecord(path);
  if (!record) return;
  try {
    // Keep the numbers of rows: they show how many are missing.
    writeFileSync(fileOf(path), JSON.stringify({ ...record, fingerprint: "" }), { mode: 0o600 });
  } catch {
    rmSync(fileOf(path), { force: true });
  }
}
