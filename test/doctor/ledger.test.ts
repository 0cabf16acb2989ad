/** Real faults of the ledger: fixing them loses nothing that it contained. */
import { expect, test } from "bun:test";
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { repairLedger } from "../../src/doctor/checks/ledger.ts";
import { openLedger } from "../../src/ledger/index.ts";
import { tryLock } from "../../src/os/lock/flock.ts";
import { indexerLock } from "../../src/state/paths.ts";
import { gather, type World } from "../gather/world.ts";
import { append, billed, said } from "../ledger/lines.ts";
import { dbOf } from "../ledger/read-ledger.ts";
import { age, doctor, expectFixed, expectLeft, HOUR_S, healthy, ID } from "./clinic.ts";

/** The number of messages in the ledger. */
const messages = ({ paths }: World): number => {
  using ledger = openLedger(paths.ledger);
  return dbOf(ledger).query("select count(*) from messages").values()[0]?.[0] as number;
};

/** The second is detected only where the damaged page is read. */
const DAMAGE: readonly [what: string, damage: (path: string) => void][] = [
  ["cut short", (path) => truncateSync(path, statSync(path).size - 4096)],
  [
    "overwritten somewhere",
    (path) => {
      using ledger = openLedger(path);
      const [root] = dbOf(ledger)
        .query("select rootpage from sqlite_master where name = 'messages_by_hash'")
        .values();
      const fd = openSync(path, "r+");
      writeSync(fd, Buffer.alloc(4096, 0x5a), 0, 4096, ((root?.[0] as number) - 1) * 4096);
      closeSync(fd);
    },
  ],
];

for (const [what, damage] of DAMAGE)
  test(`${what}: the ledger is saved as far as possible, the rest read again, and the damaged file kept`, async () => {
    using here = await healthy();
    // A session whose transcript is gone: only the ledger still knows it.
    const lines = Array.from({ length: 400 }, (_, n) => said({ id: `m${n}`, output: 10 }));
    append(here.box.home, "gone", ...lines);
    await gather(here, { args: ["--force"] });
    rmSync(join(here.claudeDir, "projects/-home-dev-proj"), { recursive: true });
    expect(messages(here)).toBe(402);
    damage(here.paths.ledger);
    const { bad, of } = await doctor(here);
    expect(bad).toContain("ledger");
    expect(of("ledger").text).toStartWith("damaged: ");
    const first = await doctor(here, { args: ["--fix"] });
    expect(first.fixed?.[0]?.act).toMatch(/^moved the damaged ledger to .*\.damaged-/);
    expect(messages(here)).toBeGreaterThan(300);
    // A loss stays an error until it is acknowledged.
    const lost = 402 - messages(here);
    expect(first.bad).toEqual(lost > 0 ? ["ledger"] : []);
    if (lost > 0) expect(JSON.stringify(first.results)).toContain(`${lost} message`);
    expect((await doctor(here, { args: ["--acknowledge"] })).bad).toEqual([]);
    expect((await doctor(here)).bad).toEqual([]);
    expect((await doctor(here)).of("leftovers")).toMatchObject({
      level: "note",
      text: "1 damaged ledger kept",
    });
  });

test("damaged, while a pass is indexing: nothing is moved", async () => {
  using here = await healthy();
  truncateSync(here.paths.ledger, statSync(here.paths.ledger).size - 4096);
  const before = readdirSync(here.paths.root).sort();
  using lock = tryLock(indexerLock(here.paths));
  expect(lock).toBeDefined();
  const acts: string[] = [];
  const repair = repairLedger({ paths: here.paths, env: here.box.env }, (act) => acts.push(act), 20);
  await expect(repair).rejects.toThrow("a pass has been using the ledger for 0.02 s: try again");
  expect([acts, readdirSync(here.paths.root).sort()]).toEqual([[], before]);
});

test("not a regular file: reported, not changed", async () => {
  using here = await healthy();
  rmSync(here.paths.ledger);
  mkdirSync(here.paths.ledger, { mode: 0o700 });
  expect((await doctor(here)).of("ledger").text).toBe("cannot be used: not a regular file");
  await expectLeft(here, "ledger");
});

test("a large write-ahead log: written back", async () => {
  using here = await healthy();
  writeFileSync(`${here.paths.ledger}-wal`, "", { mode: 0o600 });
  truncateSync(`${here.paths.ledger}-wal`, 200e6);
  expect((await doctor(here)).bad).toEqual(["ledger"]);
  await expectFixed(here, "ledger");
  expect(messages(here)).toBe(2);
});

test("behind the transcripts although a pass has run since: a pass reads them", async () => {
  using here = await healthy();
  const transcript = here.session(ID, 2);
  appendFileSync(transcript, `${said({ id: "missed", output: 10 })}\n`);
  expect((await doctor(here)).of("lag")).toMatchObject({ level: "note", fixable: false });
  // As after an hour in which passes ran.
  const born = Date.now() - HOUR_S * 1000;
  age(transcript, HOUR_S);
  const later = born + 2 * HOUR_S * 1000;
  for (const name of readdirSync(here.paths.accounts)) {
    const path = join(here.paths.accounts, name);
    const state = JSON.parse(readFileSync(path, "utf8"));
    state.parts.usage.gatheredAt = later;
    writeFileSync(path, JSON.stringify(state));
  }
  const { bad, of } = await doctor(here);
  expect(bad).toEqual(["lag"]);
  expect(of("lag").text).toMatch(/^1 transcript, \d+ bytes behind, although passes have run since$/);
  await expectFixed(here, "lag");
  expect(messages(here)).toBe(3);
});

test("a transcript that cannot be read: reported, not changed", async () => {
  using here = await healthy();
  const loop = join(here.claudeDir, "projects/-p/loop.jsonl");
  symlinkSync(loop, loop);
  const { bad, results } = await doctor(here);
  expect(bad).toEqual(["lag"]);
  expect(JSON.stringify(results)).toContain(`${loop}: ELOOP`);
  await expectLeft(here, "lag");
});

test("while a pass is indexing, that is info and no error", async () => {
  using here = await healthy();
  appendFileSync(here.session(ID, 3), "{}\n");
  using lock = tryLock(indexerLock(here.paths));
  expect(lock).toBeDefined();
  const { of, code } = await doctor(here);
  expect(of("lag").text).toEndWith("being read now");
  expect(code).toBe(0);
});

test("prices that differ from the client's bills, and models without one", async () => {
  using here = await healthy();
  const usage = { "claude-opus-4-5": { outputTokens: 40_000, costUSD: 1.2 } };
  append(here.box.home, "billed", said({ output: 40_000 }), billed("billed", 1.2, usage));
  append(here.box.home, "new", said({ id: "n", model: "model-of-tomorrow", output: 10 }));
  await gather(here, { args: ["--force"] });
  const { bad, results } = await doctor(here);
  expect(bad).toEqual(["prices"]);
  const said_ = results.filter(({ check }) => check === "prices");
  expect(said_.map(({ level }) => level)).toEqual(["bad", "note"]);
  expect(said_[0]?.details).toEqual(["claude-opus-4-5: $1.0000 by our price, $1.2000 billed"]);
  expect(said_[1]?.details).toEqual(["model-of-tomorrow: unknown, counted as $0"]);
  await expectLeft(here, "prices");
});
