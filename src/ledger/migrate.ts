/** Migrates older ledgers, and detects changes of the schema. */
import type { Database } from "bun:sqlite";
import { digestAll } from "./digest.ts";
import { damaged } from "./errors.ts";
import { MIGRATIONS, SCHEMA_VERSION } from "./schema.ts";

/**
 * Migrate an open ledger to this version, in one transaction.
 * @returns the version that it had
 * @throws RangeError when it was created by a newer Plimsoll
 */
export function migrate(db: Database): number {
  const before = versionOf(db);
  const recorded = recordedVersion(db);
  if (before < SCHEMA_VERSION && before !== (recorded ?? before))
    throw damaged(`it has version ${before}, not ${recorded}`);
  if (before > SCHEMA_VERSION)
    throw new RangeError(`it has version ${before}, this Plimsoll knows up to ${SCHEMA_VERSION}`);
  if (before === SCHEMA_VERSION) return before;
  db.transaction(() => {
    // Another process may have migrated it while this one waited for the lock.
    const held = versionOf(db);
    for (const step of MIGRATIONS.slice(held)) db.run(step);
    if (held < SCHEMA_VERSION) digestAll(db);
    db.run(`pragma user_version = ${SCHEMA_VERSION}`);
    const record = db.query("insert or replace into meta (key, value) values (?, ?)");
    record.run("version", SCHEMA_VERSION);
    record.run("schema", schemaDigest(db));
  }).immediate();
  return before;
}

const schemaDigest = (db: Database): number =>
  Bun.hash.xxHash32(JSON.stringify(db.query("select name, sql from sqlite_master order by name").values()));

/** Whether the schema is as the newest migration left it. */
export const isSchemaWhole = (db: Database): boolean =>
  db.query("select value from meta where key = 'schema'").values()[0]?.[0] === schemaDigest(db);

/** The version in `meta`, besides the one in the header; undefined before migrations recorded it. */
function recordedVersion(db: Database): number | undefined {
  const tables = db.query("select count(*), sum(name = 'meta') from sqlite_master").values()[0] as number[];
  if (tables[0] === 0) return undefined;
  if (tables[1] === 0) throw damaged("it has no table of versions");
  const recorded = db.query("select value from meta where key = 'version'").values()[0]?.[0];
  if (recorded === undefined && versionOf(db) === 0) throw damaged("its version is lost");
  return typeof recorded === "number" ? recorded : undefined;
}

/** @returns the version of an open ledger; 0 for an empty file */
export const versionOf = (db: Database): number =>
  (db.query("pragma user_version").values()[0]?.[0] as number | undefined) ?? 0;
