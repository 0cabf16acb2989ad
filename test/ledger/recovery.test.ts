/** A ledger that is damaged, met as its user meets it. Its transcripts are gone: whatever is not recovered is lost. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type CloseRecord, readCloseRecord, writeCloseRecord } from "../../src/ledger/close-record.ts";
import { seal } from "../../src/ledger/digest.ts";
import { openLedger } from "../../src/ledger/index.ts";
import { MIGRATIONS } from "../../src/ledger/schema.ts";
import { BINARY, run, type Sandbox, sandbox } from "../helpers/binary.ts";
import { makeHistory, random, writeHistory } from "../helpers/history.ts";
import { dbOf, messagesOf, rollupsOf } from "./read-ledger.ts";

const PAGE = 4096;

interface Kept {
  readonly box: Sandbox;
  readonly path: string;
  readonly messages: number;
  readonly tokens: number;
}

/** A ledger that is the only copy of a history, checked today. */
async function only(seed = 31): Promise<Kept> {
  const box = sandbox();
  const history = makeHistory({ seed, sessions: 12, turns: 30 });
  writeHistory(box.home, history);
  const path = join(box.state, "ledger.db");
  {
    using ledger = openLedger(path);
    await ledger.index([join(box.home, ".claude")]);
    ledger.recordBill("bill-only", { totalUsd: 4 }, Date.UTC(2026, 10, 20));
  }
  rmSync(join(box.home, ".claude/projects"), { recursive: true });
  const sum = ({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: (typeof history.messages)[number]) =>
    input + output + cacheRead + cacheWrite5m + cacheWrite1h;
  const tokens = history.messages.reduce((total, message) => total + sum(message), 0);
  return { box, path, messages: history.messages.length, tokens };
}

function put(path: string, at: number, bytes: Uint8Array): void {
  const fd = openSync(path, "r+");
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

/** The first page of a table or an index. */
function rootOf(path: string, name: string): number {
  using db = new Database(path, { readonly: true });
  return db.query("select rootpage from sqlite_master where name = ?").values(name)[0]?.[0] as number;
}

/** Where a text is in the file. */
const placeOf = (path: string, text: string): number => readFileSync(path).indexOf(text);

async function report({ box }: Pick<Kept, "box">) {
  const { code, stdout, stderr } = await run(["usage", "daily", "--json"], { env: box.env });
  return { code, stderr, tokens: code === 0 ? JSON.parse(stdout).totals.totalTokens : undefined };
}

const doctor = async ({ box }: Kept, ...args: string[]) => {
  const { stdout } = await run(["doctor", "--json", ...args], { env: box.env, timeoutMs: 60_000 });
  const results = JSON.parse(stdout).results as { check: string; level: string; text: string }[];
  return results.filter(({ check }) => check === "ledger");
};

const damagedFiles = (path: string) =>
  readdirSync(join(path, "..")).filter((name) => /^ledger\.db\.damaged-[^.]*Z$/.test(name));

describe("a ledger that was cut", () => {
  for (const part of [0.35, 0.65, 0.8])
    test(`at an odd offset (${part}) recovers the readable rows, and reports the loss until it is acknowledged`, async () => {
      const kept = await only();
      using _ = kept.box;
      truncateSync(kept.path, Math.floor(statSync(kept.path).size * part) | 1);
      const first = await report(kept);
      expect(first.code).toBe(0);
      expect(first.tokens).toBeGreaterThan(0);
      expect(first.tokens).toBeLessThan(kept.tokens);
      expect(first.stderr).toContain("the ledger was damaged");
      expect(damagedFiles(kept.path)).toHaveLength(1);
      // Later reports say the same.
      const second = await report(kept);
      expect(second).toMatchObject({ code: 0, tokens: first.tokens });
      expect(second.stderr).toContain("could not be recovered");
      expect(await doctor(kept)).toContainEqual(expect.objectContaining({ level: "bad" }));
      {
        using ledger = openLedger(kept.path);
        const [{ recovered }] = ledger.losses() as [ReturnType<typeof ledger.losses>[number]];
        expect(recovered.lostMessages).toBe(kept.messages - messagesOf(ledger).length);
        expect(recovered.messages).toBe(messagesOf(ledger).length);
        expect(ledger.accountUsage({ now: Date.now() }).notice).toContain("could not be recovered");
      }
      expect(await doctor(kept, "--acknowledge")).toEqual([expect.objectContaining({ level: "good" })]);
      expect(await report(kept)).toEqual({ code: 0, stderr: "", tokens: first.tokens });
      expect(damagedFiles(kept.path)).toHaveLength(1);
    });

  test("to nothing is not taken for a new one", async () => {
    const kept = await only();
    using _ = kept.box;
    truncateSync(kept.path, 0);
    const { code, stderr } = await report(kept);
    expect(code).toBe(0);
    expect(stderr).toContain(`${kept.messages} messages and 1 bill could not be recovered`);
  });
});

test("a schema whose text has changed is repaired", async () => {
  const kept = await only();
  using _ = kept.box;
  put(kept.path, placeOf(kept.path, "report text"), Buffer.from("Zeport"));
  const { code, stderr, tokens } = await report(kept);
  expect({ code, tokens }).toEqual({ code: 0, tokens: kept.tokens });
  expect(stderr).toContain("the ledger was damaged");
});

test("a torn row costs that row only", async () => {
  const kept = await only();
  using _ = kept.box;
  {
    using db = new Database(kept.path);
    const [id] = db.query("select id from messages where seq = 100").values()[0] as [string];
    db.close();
    // The record's header is right before the id: types that make no sense.
    put(kept.path, placeOf(kept.path, id) - 12, Buffer.alloc(6, 0));
  }
  const { code, stderr } = await report(kept);
  expect(code).toBe(0);
  expect(stderr).toContain("1 message could not be recovered");
  using ledger = openLedger(kept.path);
  expect(messagesOf(ledger)).toHaveLength(kept.messages - 1);
});

describe("damage that no structure shows is noticed at once, though the check of today is done:", () => {
  test("one byte of a message", async () => {
    const kept = await only();
    using _ = kept.box;
    using db = new Database(kept.path);
    const [id] = db.query("select id from messages where seq = 50").values()[0] as [string];
    db.close();
    put(kept.path, placeOf(kept.path, id) + 10, Buffer.from("~"));
    const { code, stderr } = await report(kept);
    expect(code).toBe(0);
    expect(stderr).toContain("1 message could not be recovered");
  });

  test("rollups without their rows are made again", async () => {
    const kept = await only();
    using _ = kept.box;
    using db = new Database(kept.path);
    db.run("delete from rollups");
    db.close();
    const { code, stderr, tokens } = await report(kept);
    expect({ code, tokens }).toEqual({ code: 0, tokens: kept.tokens });
    expect(stderr).toContain("rollups did not agree with its messages");
    expect(await report(kept)).toEqual({ code: 0, stderr: "", tokens: kept.tokens });
  });

  test("two pages that have changed places", async () => {
    const kept = await only();
    using _ = kept.box;
    const file = readFileSync(kept.path);
    const pages = file.length / PAGE;
    const at = (page: number) => file.subarray(page * PAGE, (page + 1) * PAGE);
    const [one, other] = [Math.floor(pages * 0.3), Math.floor(pages * 0.6)];
    const [first, second] = [Buffer.from(at(one)), Buffer.from(at(other))];
    put(kept.path, one * PAGE, second);
    put(kept.path, other * PAGE, first);
    const { code, stderr, tokens } = await report(kept);
    expect({ code, tokens }).toEqual({ code: 0, tokens: kept.tokens });
    expect(stderr).toContain("the ledger was damaged");
  });

  test("the roots of two empty trees that have changed places", async () => {
    const kept = await only();
    using _ = kept.box;
    const file = readFileSync(kept.path);
    const roots = ["messages_undigested", "forks"].map((name) => (rootOf(kept.path, name) - 1) * PAGE);
    const [one, other] = roots as [number, number];
    put(kept.path, one, file.subarray(other, other + PAGE));
    put(kept.path, other, file.subarray(one, one + PAGE));
    const { code, stderr, tokens } = await report(kept);
    expect({ code, tokens }).toEqual({ code: 0, tokens: kept.tokens });
    expect(stderr).toContain("the ledger was damaged");
  });

  test("an offset into a transcript: it is read again", async () => {
    using box = sandbox();
    writeHistory(box.home, makeHistory({ seed: 5, sessions: 2, turns: 5 }));
    const path = join(box.state, "ledger.db");
    const whole = await report({ box });
    using db = new Database(path);
    const triggers = db
      .query("select name, sql from sqlite_master where type = 'trigger'")
      .values() as string[][];
    for (const [name] of triggers) db.run(`drop trigger ${name}`);
    db.run("update files set offset = offset + 100, tail = 0");
    for (const [, sql] of triggers) db.run(sql as string);
    db.close();
    const again = await report({ box });
    expect(again).toMatchObject({ code: 0, tokens: whole.tokens });
    expect(again.stderr).toContain("files");
  });

  test("a name", async () => {
    const kept = await only();
    using _ = kept.box;
    const name = "claude-opus-4-5-20251101";
    put(kept.path, placeOf(kept.path, name) + 3, Buffer.from("~"));
    const { code, stderr, tokens } = await report(kept);
    expect({ code, tokens }).toEqual({ code: 0, tokens: kept.tokens });
    expect(stderr).toContain("the ledger was damaged");
  });
});

for (const name of [
  "rollups",
  "messages",
  "sessions",
  "bills",
  "meta",
  "messages_by_time",
  "totals",
  "repairs",
])
  test(`a report answers when the root of ${name} is overwritten after the check of today`, async () => {
    const kept = await only();
    using _ = kept.box;
    put(kept.path, (rootOf(kept.path, name) - 1) * PAGE, Buffer.alloc(16, 0xff));
    const { code, stderr } = await report(kept);
    expect(stderr).not.toContain("internal error");
    expect(stderr).toContain("the ledger was damaged");
    expect(code).toBe(0);
    using ledger = openLedger(kept.path);
    const { fromRollups, fromMessages } = rollupsOf(ledger);
    expect(fromRollups).toEqual(fromMessages);
    expect(messagesOf(ledger)).toHaveLength(kept.messages);
  });

/** As a disk does it: nothing tells that the file has changed. */
const rot = (path: string, damage: () => void) => {
  damage();
  writeCloseRecord(path, readCloseRecord(path) as CloseRecord);
};

const execute = (path: string, ...statements: string[]) => {
  const db = new Database(path);
  for (const statement of statements) db.run(statement);
  db.run("pragma wal_checkpoint(truncate)");
  db.close(true);
};

describe("cached prices", () => {
  const costOf = async (kept: Kept) => {
    const { stdout, stderr } = await run(["usage", "daily", "--json"], { env: kept.box.env });
    return { stderr, cost: JSON.parse(stdout).totals.totalCost as number };
  };
  const cached = (path: string): string => {
    using db = new Database(path, { readonly: true });
    return db.query("select value from meta where key = 'rates'").values()[0]?.[0] as string;
  };

  for (const [what, change] of [
    ["with a changed digit", (text: string) => text.replace(/"output":(\d)/g, '"output":9$1')],
    ["of another model", (text: string) => text.replaceAll("claude-opus", "claude-0pus")],
    ["without their hash", (text: string) => text.slice(text.indexOf("{")).replace(/"input":/g, '"input":7')],
    ["that were cut", (text: string) => text.slice(0, 60)],
  ] as const)
    test(`${what} are looked up again, and kept again`, async () => {
      const kept = await only();
      using _ = kept.box;
      const before = await costOf(kept);
      expect(before.cost).toBeGreaterThan(0);
      const whole = cached(kept.path);
      const wrong = change(whole);
      expect(wrong).not.toBe(whole);
      rot(kept.path, () => {
        using db = new Database(kept.path);
        db.query("update meta set value = ? where key = 'rates'").run(wrong);
      });
      expect(await costOf(kept)).toEqual(before);
      expect(cached(kept.path)).toBe(whole);
    });

  test("are used as long as they are whole", async () => {
    const kept = await only();
    using _ = kept.box;
    await costOf(kept);
    const [hash, text] = cached(kept.path).split(/ (.*)/s) as [string, string];
    expect(hash).toBe(Bun.hash.xxHash64(text).toString(16));
    const other = text.replace(/"output":(\d)/g, '"output":9$1');
    const before = await costOf(kept);
    rot(kept.path, () => {
      using db = new Database(kept.path);
      db.query("update meta set value = ? where key = 'rates'").run(
        `${Bun.hash.xxHash64(other).toString(16)} ${other}`,
      );
    });
    expect((await costOf(kept)).cost).toBeGreaterThan(before.cost);
  });
});

describe("a value of a wrong type in the rollups", () => {
  for (const [what, statement] of [
    ["infinite", "update rollups set cost = 9e999 where slot = (select max(slot) from rollups)"],
    ["an infinite count", "update rollups set input = 9e999 where slot = (select max(slot) from rollups)"],
    ["text", "update rollups set output = 'x' where slot = (select min(slot) from rollups)"],
    ["a blob", "update rollups set read = x'00ff' where slot = (select min(slot) from rollups)"],
    ["a fraction", "update rollups set write5m = 0.5 where slot = (select min(slot) from rollups)"],
    ["a time that is text", "update rollups set last_at = 'x'"],
    ["a slot that is text", "update rollups set slot = 'x' where slot = (select max(slot) from rollups)"],
  ] as const)
    test(`(${what}) is repaired where it is read`, async () => {
      for (const view of ["daily", "session", "blocks"]) {
        const kept = await only();
        using _ = kept.box;
        rot(kept.path, () => execute(kept.path, statement));
        const first = await run(["usage", view, "--json"], { env: kept.box.env });
        expect(first.code).toBe(0);
        expect(first.stderr).toContain("rollups did not agree with its messages");
        expect(JSON.parse(first.stdout).totals?.totalTokens ?? kept.tokens).toBe(kept.tokens);
        expect(await report(kept)).toEqual({ code: 0, stderr: "", tokens: kept.tokens });
      }
    });
});

test("a bill with the name of a number changed is found where it is read", async () => {
  const kept = await only();
  using _ = kept.box;
  {
    using ledger = openLedger(kept.path);
    const db = dbOf(ledger);
    const tokens = { input: 0, output: 9, cacheRead: 987, cacheWrite5m: 0, cacheWrite1h: 0, webSearches: 0 };
    const models = JSON.stringify({ "claude-opus-4-5": { ...tokens, costUsd: 9 } });
    db.query("update bills set models = ?").run(models);
    seal(db);
  }
  await report(kept);
  rot(kept.path, () => put(kept.path, placeOf(kept.path, '"cacheRead":987') + 1, Buffer.from("k")));
  const { code, stderr, tokens } = await report(kept);
  expect(code).toBe(0);
  expect(Number.isInteger(tokens)).toBe(true);
  expect(stderr).toContain("the ledger was damaged");
});

test("damage that doctor finds is repaired by the next report", async () => {
  const kept = await only();
  using _ = kept.box;
  rot(kept.path, () => execute(kept.path, "update rollups set output = output + 1"));
  // A sum that could be right: nothing but a check of all messages finds it.
  expect((await report(kept)).stderr).toBe("");
  expect(await doctor(kept)).toContainEqual(expect.objectContaining({ level: "bad" }));
  const next = await report(kept);
  expect(next).toMatchObject({ code: 0, tokens: kept.tokens });
  expect(next.stderr).toContain("rollups did not agree with its messages");
  expect(await doctor(kept)).toEqual([expect.objectContaining({ level: "good" })]);
});

describe("rows that are missing while others refer to them:", () => {
  for (const [what, statement, loss] of [
    [
      "a model",
      "delete from models where id = 1",
      /the session or model of \d+ messages could not be recovered/,
    ],
    [
      "a session",
      "delete from sessions where id in (select session from messages where seq = 1)",
      /the session or model of \d+ messages could not be recovered/,
    ],
    ["a bill's session", "delete from sessions where name = 'bill-only'", /1 bill could not be recovered/],
  ] as const)
    test(what, async () => {
      const kept = await only();
      using _ = kept.box;
      // As a program does it that uses the ledger's own triggers: all totals agree.
      execute(kept.path, "pragma recursive_triggers = on", statement);
      const first = await report(kept);
      expect(first).toMatchObject({ code: 0, tokens: kept.tokens });
      expect(first.stderr).toMatch(loss);
      expect((await report(kept)).stderr).toMatch(loss);
      using ledger = openLedger(kept.path);
      ledger.verify();
      expect(messagesOf(ledger)).toHaveLength(kept.messages);
    });
});

describe("damage that leaves the file's times as they are", () => {
  test("is found by the check of the day, and reported by whoever made it", async () => {
    const kept = await only();
    using _ = kept.box;
    {
      using db = new Database(kept.path);
      db.query("update meta set value = ? where key = 'checked_at'").run(Date.now() - 2 * 86_400_000);
    }
    const id = (db: Database) =>
      db.query("select id from messages where seq = 50").values()[0]?.[0] as string;
    using db = new Database(kept.path, { readonly: true });
    const at = placeOf(kept.path, id(db)) + 10;
    db.close();
    rot(kept.path, () => put(kept.path, at, Buffer.from("~")));
    const { code, stderr } = await report(kept);
    expect(code).toBe(0);
    expect(stderr).toContain("the ledger was damaged");
    expect(stderr).toContain("1 message could not be recovered");
  });

  for (const view of [["daily"], ["session"], ["blocks"], ["export"], []])
    test(`is repaired by 'usage ${view.join(" ")}' where it is read`, async () => {
      const kept = await only();
      using _ = kept.box;
      for (const name of ["rollups", "messages"])
        rot(kept.path, () => put(kept.path, (rootOf(kept.path, name) - 1) * PAGE, Buffer.alloc(16, 0xff)));
      const { code, stderr } = await run(["usage", ...view], { env: kept.box.env });
      expect(stderr).not.toContain("internal error");
      expect(stderr).toContain("the ledger was damaged");
      expect(code).toBe(0);
    });
});

describe("a repair that does not come to its end loses nothing:", () => {
  /** A page of messages. */
  const damage = (path: string) => {
    using db = new Database(path, { readonly: true });
    const [id] = db.query("select id from messages where seq = 100").values()[0] as [string];
    db.close();
    put(path, Math.floor(placeOf(path, id) / PAGE) * PAGE, Buffer.alloc(PAGE, 0x5a));
  };

  test("for want of room", async () => {
    const kept = await only();
    using _ = kept.box;
    damage(kept.path);
    const before = readFileSync(kept.path);
    const blocks = Math.floor(before.length / 512 / 2);
    const argv = ["-c", `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" usage daily --json`, BINARY];
    const child = Bun.spawn(["/bin/sh", ...argv], { env: kept.box.env, stderr: "pipe", stdout: "ignore" });
    const stderr = await new Response(child.stderr).text();
    expect(await child.exited).toBe(74);
    expect(stderr).toContain("is damaged and cannot be repaired now");
    expect(readFileSync(kept.path).equals(before)).toBe(true);
    const { code, stderr: later } = await report(kept);
    expect(code).toBe(0);
    expect(later).toContain("the ledger was damaged");
  });

  test("killed at any time", async () => {
    const kept = await only();
    using _ = kept.box;
    damage(kept.path);
    copyFileSync(kept.path, `${kept.path}-copy`);
    const whole = await report(kept);
    expect(whole.code).toBe(0);
    // Which page is in the middle differs between runs: it may have no messages.
    const verdict = /could not be recovered|nothing was lost/.exec(whole.stderr)?.[0] ?? "no verdict";
    const next = random(9);
    for (let round = 0; round < 8; round++) {
      for (const name of readdirSync(kept.box.state).filter((each) => each.startsWith("ledger.db")))
        if (name !== "ledger.db-copy") rmSync(join(kept.box.state, name));
      copyFileSync(`${kept.path}-copy`, kept.path);
      const child = Bun.spawn([BINARY, "usage", "daily", "--json"], {
        env: kept.box.env,
        stdout: "ignore",
        stderr: "ignore",
      });
      const repairing = () => readdirSync(kept.box.state).some((name) => /rebuild|ready|damaged/.test(name));
      while (!repairing() && child.exitCode === null) await Bun.sleep(0);
      await Bun.sleep(next() * 40);
      child.kill("SIGKILL");
      await child.exited;
      const { code, tokens, stderr } = await report(kept);
      expect({ code, tokens }).toEqual({ code: 0, tokens: whole.tokens });
      expect(stderr).toContain(verdict);
    }
  }, 60_000);

  test("killed between its last renames", async () => {
    const kept = await only();
    using _ = kept.box;
    copyFileSync(kept.path, `${kept.path}.ready-2026-11-24T00-00-00-000Z`);
    // The damaged one was moved, the finished one not yet.
    renameSync(kept.path, `${kept.path}.damaged-2026-11-24T00-00-00-000Z`);
    expect(await report(kept)).toMatchObject({ code: 0, tokens: kept.tokens });
    expect(existsSync(`${kept.path}.ready-2026-11-24T00-00-00-000Z`)).toBe(false);
  });
});

describe("a write-ahead log of a killed process", () => {
  /** A ledger whose newest bills are in its log only. */
  async function withLog(): Promise<Kept & { copy: string }> {
    const kept = await only();
    const copy = kept.box.path("copy.db");
    using ledger = openLedger(kept.path);
    for (let hour = 0; hour < 5; hour++)
      ledger.recordBill(`late-${hour}`, { totalUsd: 10 }, Date.UTC(2026, 10, 21, hour));
    for (const suffix of ["", "-wal", "-shm"]) copyFileSync(kept.path + suffix, copy + suffix);
    return { ...kept, copy };
  }
  const use = ({ path, copy }: Kept & { copy: string }) => {
    rmSync(`${path}.seen`, { force: true });
    for (const suffix of ["", "-wal", "-shm"]) copyFileSync(copy + suffix, path + suffix);
  };

  test("is read when it is whole", async () => {
    const kept = await withLog();
    using _ = kept.box;
    use(kept);
    expect((await report(kept)).stderr).toBe("");
    using ledger = openLedger(kept.path);
    expect(ledger.sessionUsage("late-4").costUsd).toBe(10);
  });

  for (const [what, damage] of [
    ["has a changed byte", (wal: string) => put(wal, 32 + 24 + 100, Buffer.from("~~"))],
    ["is cut", (wal: string) => truncateSync(wal, 32 + (24 + PAGE) * 2)],
    ["is gone", (wal: string) => rmSync(wal)],
  ] as const)
    test(`that ${what}: what it held is recovered or reported as lost`, async () => {
      const kept = await withLog();
      using _ = kept.box;
      use(kept);
      damage(`${kept.path}-wal`);
      const { code, stderr } = await report(kept);
      expect(code).toBe(0);
      expect(stderr).toContain("an unknown number of messages and bills could not be recovered");
      expect((await report(kept)).stderr).toContain("could not be recovered");
    });
});

test("a ledger of the first version is digested, and keeps every row", async () => {
  const kept = await only();
  using _ = kept.box;
  const old = kept.box.path("old.db");
  using db = new Database(old);
  db.run(MIGRATIONS[0] as string);
  db.query("attach ? as now").run(kept.path);
  for (const table of ["models", "sessions", "files", "messages", "rollups", "bills"]) {
    const columns = db
      .query(`select name from pragma_table_info('${table}', 'main')`)
      .values()
      .flat()
      .join(", ");
    db.run(`insert into main.${table} (${columns}) select ${columns} from now.${table}`);
  }
  db.run("pragma user_version = 1");
  db.close();
  for (const suffix of ["-wal", "-shm", ".seen"]) rmSync(kept.path + suffix, { force: true });
  renameSync(old, kept.path);
  expect(await report(kept)).toEqual({ code: 0, stderr: "", tokens: kept.tokens });
  using ledger = openLedger(kept.path);
  ledger.verify();
  expect(dbOf(ledger).query("select count(*) from messages where digest is null").values()).toEqual([[0]]);
  expect(messagesOf(ledger)).toHaveLength(kept.messages);
});

test("of random damage none is silent", async () => {
  const kept = await only(77);
  using _ = kept.box;
  const image = readFileSync(kept.path);
  const next = random(4);
  const pick = (below: number) => Math.floor(next() * below);
  for (let round = 0; round < 60; round++) {
    const path = kept.box.path(`state-${round}/ledger.db`);
    const state = kept.box.path(`state-${round}`);
    {
      using _first = openLedger(path);
    }
    const bytes = Buffer.from(image);
    const length = [1, 8, 64, PAGE][round % 4] as number;
    const at = length === PAGE ? pick(bytes.length / PAGE) * PAGE : pick(bytes.length - length);
    for (let index = 0; index < length; index++) bytes[at + index] = round % 3 === 0 ? 0 : pick(256);
    writeFileSync(path, round % 10 === 9 ? bytes.subarray(0, at) : bytes);
    rmSync(`${path}.seen`);
    copyFileSync(`${kept.path}.seen`, `${path}.seen`);
    using ledger = openLedger(path);
    const found = messagesOf(ledger);
    const { fromRollups, fromMessages } = rollupsOf(ledger);
    expect(fromRollups).toEqual(fromMessages);
    const isWhole = found.length === kept.messages && ledger.sessionUsage("bill-only").costUsd === 4;
    if (!isWhole || round % 10 === 9) expect([round, ledger.losses().length]).toEqual([round, 1]);
    rmSync(state, { recursive: true, force: true });
  }
}, 60_000);
