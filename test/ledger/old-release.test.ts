/**
 * A ledger that the release built from commit 63532b4 wrote: the transcripts and payloads of `exited-and-resumed` and
 * `killed-and-resumed`. Since then the transcripts of the killed session were deleted.
 */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { copyFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { openLedger } from "../../src/ledger/index.ts";
import { loadReport } from "../../src/ledger/report-data.ts";
import { SCHEMA_VERSION } from "../../src/ledger/schema.ts";
import { UTC } from "../../src/ledger/zones.ts";
import { byDay, totalOf } from "../../src/usage/aggregate.ts";
import { sandbox } from "../helpers/binary.ts";

const FIXTURES = join(import.meta.dir, "../fixtures/ledger");
const EXITED = "772842c2-b61d-4d61-916f-839902e65769";
const KILLED = "2d69d543-2f01-4269-bbc2-5b6fbbadbf61";

/** Messages and bills, with the names of their sessions. */
function contentOf(path: string): { version: unknown; messages: unknown[]; bills: unknown[] } {
  using db = new Database(path);
  return {
    version: db.query("pragma user_version").values()[0]?.[0],
    messages: db
      .query(
        `select messages.id, request, sessions.name, models.name, at, input, output, read, write5m, write1h
         from messages join sessions on sessions.id = session join models on models.id = model order by messages.id`,
      )
      .values(),
    bills: db
      .query(
        "select name, at, run, total, since, models from bills join sessions on id = session order by 1, 2, 3",
      )
      .values(),
  };
}

test("a ledger of an old release opens without loss, and every figure is still the API's bill", async () => {
  using box = sandbox();
  const path = box.path("ledger.db");
  copyFileSync(join(FIXTURES, "release-63532b4.db"), path);
  const project = join(box.home, ".claude/projects/-home-dev-proj");
  for (const each of [EXITED, `${EXITED}.jsonl`])
    cpSync(join(FIXTURES, "exited-and-resumed", each), join(project, each), { recursive: true });
  using old = new Database(path);
  old.query("update files set path = replace(path, '/home/dev', ?)").run(box.home);
  old.close();
  const before = contentOf(path);
  expect(before).toMatchObject({ version: 1, messages: { length: 21 }, bills: { length: 11 } });

  for (const scan of ["complete", "active"] as const) {
    using ledger = openLedger(path);
    expect(await ledger.index([join(box.home, ".claude")], { scan })).toMatchObject({
      messages: 0,
      complete: true,
    });
    expect(ledger.sessionUsage(EXITED)).toMatchObject({
      costUsd: expect.closeTo(0.148831, 6),
      priced: "exact",
      input: 126,
      output: 1_836,
      cacheRead: 425_592,
    });
    expect(ledger.sessionUsage(KILLED).costUsd).toBeCloseTo(0.220659, 6);
    expect(totalOf(byDay(loadReport(ledger, { zone: UTC }, "day"))).costUsd).toBeCloseTo(0.36949, 6);
    expect(ledger.suspects()).toEqual([]);
    expect(ledger.repair).toBeUndefined();
    ledger.verify();
  }
  expect(contentOf(path)).toEqual({ ...before, version: SCHEMA_VERSION });
});
