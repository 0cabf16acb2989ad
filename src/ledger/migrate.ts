/** How an older ledger becomes one of this version, and whether the schema is still what that left. */
import type { Database } from "bun:sqlite";
import { digestAll } from "./digest.ts";
import { damaged } from "./errors.ts";
import { MIGRATIONS, SCHEMA_VERSION } from "./schema.ts";

/**
 * Bring an open ledger to this version, in one transaction.
 * @returns the version that it had
 * @throws RangeError when a newer Plimsoll made it
 */
export function migrate(db: Database): number {
  const before = versionOf(db);
  const noted = notedVersion(db);
  if (before < SCHEMA_VERSION && before !== (noted ?? before))
    throw damaged(`it has version ${before}, not ${noted}`);
  if (before > SCHEMA_VERSION)
    throw new RangeError(`it has version ${before}, this Plimsoll knows up to ${SCHEMA_VERSION}`);
  if (before === SCHEMA_VERSION) return before;
  db.transaction(() => {
    // Another process may have done it while this one waited for the lock.
    const held = versionOf(db);
    for (const step of MIGRATIONS.slice(held)) db.run(step);
    if (held < SCHEMA_VERSION) digestAll(db);
    db.run(`pragma user_version = ${SCHEMA_VERSION}`);
    const note = db.query("insert or replace into meta (key, value) values (?, ?)");
    note.run("version", SCHEMA_VERSION);
    note.run("schema", schemaDigest(db));
  }).immediate();
  return before;
}

/** A hash of all statements that the schema is made of. */
const schemaDigest = (db: Database): number =>
  Bun.hash.xxHash32(JSON.stringify(db.query("select name, sql from sqlite_master order by name").values()));

/** Whether the schema is the one that the newest migration left. */
export const isSchemaWhole = (db: Database): boolean =>
  db.query("select value from meta where key = 'schema'").values()[0]?.[0] === schemaDigest(db);

/** The version that the newest migration noted beside the header's; undefined when there was none that did. */
function notedVersion(db: Database): number | undefined {
  const tables = db.query("select count(*), sum(name = 'meta') from sqlite_master").values()[0] as number[];
  if (tables[0] === 0) return undefined;
  if (tables[1] === 0) throw damaged("it has no table of versions");
  const noted = db.query("select value from meta where key = 'version'").values()[0]?.[0];
  if (noted === undefined && versionOf(db) === 0) throw damaged("its version is lost");
  return typeof noted === "number" ? noted : undefined;
}

/** @returns the version of an open ledger; 0 for an empty file */
export const versionOf = (db: Database): number =>
  (db.query("pragma user_version").values()[0]?.[0] as number | undefined) ?? 0;
