/**
 * What the ledger's file looked like when it was last closed, in a small file beside it. A file that looks different was
 * changed by something else, or by a process that was killed: it is checked before it is used.
 */
import type { Database } from "bun:sqlite";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { totalsOf } from "./digest.ts";

export interface Witness {
  /** @see fingerprintOf */
  readonly fingerprint: string;
  /** Rows there were; for a ledger whose own totals cannot be read. */
  readonly messages: number;
  readonly bills: number;
}

const fileOf = (path: string): string => `${path}.seen`;

/** @returns which file it is and when it was last changed; undefined when there is none */
export function fingerprintOf(path: string): string | undefined {
  const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
  return facts && `${facts.ino} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}`;
}

/** @returns undefined when there is none, or none that can be read */
export function readWitness(path: string): Witness | undefined {
  try {
    const witness = JSON.parse(readFileSync(fileOf(path), "utf8")) as Witness;
    const { fingerprint, messages, bills } = witness;
    return typeof fingerprint === "string" && messages >= 0 && bills >= 0 ? witness : undefined;
  } catch {
    // Missing or torn: the ledger is then checked as if it had changed.
    return undefined;
  }
}

/** @param db open: its rows are counted */
export const countRows = (db: Database): Pick<Witness, "messages" | "bills"> => ({
  messages: totalsOf(db, "messages")?.rows ?? 0,
  bills: totalsOf(db, "bills")?.rows ?? 0,
});

/** Keep what the file looks like now. A failure costs a check at the next start. */
export function writeWitness(path: string, rows: Pick<Witness, "messages" | "bills">): void {
  try {
    const { messages, bills } = rows;
    const witness: Witness = { fingerprint: fingerprintOf(path) ?? "", messages, bills };
    writeFileSync(fileOf(path), `${JSON.stringify(witness)}\n`, { mode: 0o600 });
  } catch {
    // The directory may be full or read-only.
  }
}

/**
 * Damage was found in a file that may look as it was last closed: have it checked when it is next opened. Nothing is
 * written when it will be checked anyway.
 */
export function checkWhenOpened(path: string): void {
  if (fingerprintOf(path) === readWitness(path)?.fingerprint) forgetWitness(path);
}

/** Have the ledger checked when it is next opened. */
export function forgetWitness(path: string): void {
  const witness = readWitness(path);
  if (!witness) return;
  try {
    // The numbers of rows are kept: they tell how many are missing.
    writeFileSync(fileOf(path), JSON.stringify({ ...witness, fingerprint: "" }), { mode: 0o600 });
  } catch {
    rmSync(fileOf(path), { force: true });
  }
}
