import { describe, expect, test } from "bun:test";
import {
  closeSync,
  existsSync,
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
import { dirname, join } from "node:path";
import { LedgerError, openLedger } from "../../src/ledger/index.ts";
import { SCHEMA_VERSION } from "../../src/ledger/schema.ts";
import { sandbox } from "../helpers/binary.ts";
import { makeHistory, totals, writeHistory } from "../helpers/history.ts";
import { append, said } from "./lines.ts";
import { dbOf, messagesOf, rollupsOf } from "./read-ledger.ts";

const bySession = (message: { session: string; model: string }) => `${message.session} ${message.model}`;

/** A ledger of a history, half of whose transcripts are gone. */
async function indexed(seed: number) {
  const box = sandbox();
  const history = makeHistory({ seed, sessions: 16, turns: 30 });
  writeHistory(box.home, history);
  const path = box.path("state/ledger.db");
  const claude = [join(box.home, ".claude")];
  {
    using ledger = openLedger(path);
    await ledger.index(claude);
    ledger.recordBill("bill-only", { totalUsd: 4 }, Date.UTC(2026, 10, 20));
  }
  for (const [index, file] of [...history.files.keys()].entries())
    if (index % 2 === 0) rmSync(join(box.home, file));
  return { box, history, path, claude };
}

function overwrite(path: string, at: number, length: number): void {
  const fd = openSync(path, "r+");
  writeSync(fd, Buffer.alloc(length, 0x5a), 0, length, at);
  closeSync(fd);
}

describe("a damaged ledger", () => {
  for (const table of ["sessions", "models"])
    test(`that has lost its ${table} gets them from the transcripts, and counts nothing twice`, async () => {
      using box = sandbox();
      const path = box.path("ledger.db");
      const claude = [join(box.home, ".claude")];
      append(box.home, "s", said({ id: "a", output: 40_000 }));
      let page: number;
      {
        using ledger = openLedger(path);
        await ledger.index(claude);
        ledger.recordBill("s", { totalUsd: 1, run: "1" }, Date.UTC(2026, 10, 20, 10, 1));
        const root = dbOf(ledger).query("select rootpage from sqlite_master where name = ?").values(table);
        page = root[0]?.[0] as number;
      }
      overwrite(path, (page - 1) * 4096, 4096);
      using ledger = openLedger(path);
      ledger.check(Date.now());
      await ledger.index(claude);
      ledger.recordBill("s", { totalUsd: 1, run: "1" }, Date.UTC(2026, 10, 20, 10, 2));
      expect(ledger.repair?.recovered.lost).toBe(true);
      const now = Date.UTC(2026, 10, 20, 11);
      expect(ledger.accountUsage({ now, timezone: "UTC" }).today).toMatchObject({
        costUsd: 1,
        priced: "exact",
      });
      expect(messagesOf(ledger)).toMatchObject([{ session: "s", model: "claude-opus-4-5" }]);
    });

  test("without its first page gives back every row from its pages", async () => {
    const { box, path, history } = await indexed(21);
    using _ = box;
    overwrite(path, 0, 4096);
    using ledger = openLedger(path);
    expect(ledger.repair?.recovered.lost).toBe(false);
    const ids = (messages: readonly { id: string }[]) => messages.map(({ id }) => id).sort();
    expect(ids(messagesOf(ledger))).toEqual(ids(history.messages));
    expect(ledger.sessionUsage("bill-only").costUsd).toBe(4);
  });

  test("is moved aside and rebuilt from the transcripts that are left, when nothing of it can be read", async () => {
    const { box, path, claude, history } = await indexed(21);
    using _ = box;
    overwrite(path, 0, statSync(path).size);
    using ledger = openLedger(path);
    const aside = ledger.repair?.movedTo as string;
    expect(aside).toStartWith(`${path}.damaged-`);
    expect(readFileSync(aside).subarray(0, 4).toString()).toBe("ZZZZ");
    const { messages } = await ledger.index(claude);
    expect(messages).toBeGreaterThan(100);
    expect(messages).toBeLessThan(history.messages.length);
    const { fromRollups, fromMessages } = rollupsOf(ledger);
    expect(fromRollups).toEqual(fromMessages);
  });

  for (const [what, page] of [
    ["an index", 0.5],
    ["a table", 0.2],
    ["its end", 0.95],
  ] as const)
    test(`keeps every row that can be read when ${what} is overwritten`, async () => {
      const { box, path, claude, history } = await indexed(22);
      using _ = box;
      const pages = Math.floor(statSync(path).size / 4096);
      overwrite(path, Math.floor(pages * page) * 4096, 4096);
      using ledger = openLedger(path);
      // A pass looks for damage once a day, and when the last look is dated in the future.
      dbOf(ledger)
        .query("update meta set value = ?")
        .run(what === "its end" ? Date.now() + 400 * 86_400_000 : 0);
      await ledger.index(claude);
      expect(ledger.repair?.movedTo).toBeDefined();
      const found = messagesOf(ledger);
      // One page holds some forty messages; all the others are there, from the old ledger or from their transcripts.
      expect(found.length).toBeGreaterThan(history.messages.length - 60);
      expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
      const { fromRollups, fromMessages } = rollupsOf(ledger);
      expect(fromRollups).toEqual(fromMessages);
      expect(ledger.sessionUsage("bill-only").costUsd).toBe(4);
    });

  test("that was cut keeps what is before the cut", async () => {
    const { box, path, claude } = await indexed(23);
    using _ = box;
    truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096);
    using ledger = openLedger(path);
    await ledger.index(claude);
    expect(ledger.repair?.movedTo).toBeDefined();
    expect(existsSync(ledger.repair?.movedTo as string)).toBe(true);
    expect(ledger.repair?.recovered.messages).toBeGreaterThan(0);
  });

  test("is repaired once when several processes find it", async () => {
    const { box, path, claude } = await indexed(24);
    using _ = box;
    using before = openLedger(path);
    overwrite(path, 0, 4096);
    rmSync(`${path}-wal`, { force: true });
    const spawn = () =>
      Bun.spawn([process.execPath, join(import.meta.dir, "indexer.ts"), path, ...claude], {
        env: box.env,
        stderr: "pipe",
      });
    const children = [spawn(), spawn(), spawn()];
    for (const child of children) {
      expect(await new Response(child.stderr).text()).toBe("");
      expect(await child.exited).toBe(0);
    }
    expect(before).toBeDefined();
    const kept = readdirSync(dirname(path)).filter((name) => /\.damaged-[^.]*Z$/.test(name));
    expect(kept).toHaveLength(1);
    using ledger = openLedger(path);
    expect(ledger.repair).toBeUndefined();
    expect(messagesOf(ledger).length).toBeGreaterThan(100);
  });
});

describe("a ledger is not opened", () => {
  test("through a symbolic link", () => {
    using box = sandbox();
    writeFileSync(box.path("elsewhere"), "");
    symlinkSync(box.path("elsewhere"), box.path("ledger.db"));
    expect(() => openLedger(box.path("ledger.db"))).toThrow("it is a symbolic link");
  });

  test("when it is not a regular file, without waiting for the other end of a FIFO", () => {
    using box = sandbox();
    Bun.spawnSync(["mkfifo", box.path("ledger.db")]);
    expect(() => openLedger(box.path("ledger.db"))).toThrow("it is not a regular file");
  });

  test("when a newer version made it, and is left as it was", () => {
    using box = sandbox();
    const path = box.path("ledger.db");
    {
      using ledger = openLedger(path);
      dbOf(ledger).run(`pragma user_version = ${SCHEMA_VERSION + 1}`);
    }
    expect(() => openLedger(path)).toThrow(LedgerError);
    expect(() => openLedger(path)).toThrow(`version ${SCHEMA_VERSION + 1}`);
    expect(existsSync(path)).toBe(true);
  });
});

describe("reading everything again", () => {
  test("loses no message whose transcript is gone, and puts right what is there", async () => {
    const { box, path, claude, history } = await indexed(25);
    using _ = box;
    using ledger = openLedger(path);
    const wrong = dbOf(ledger).query("select seq, id from messages order by seq desc limit 1").get() as {
      seq: number;
      id: string;
    };
    // As an older version might have left them: a sum that was counted wrongly, rollups that do not agree.
    dbOf(ledger).run(`update messages set output = 1 where seq > ${wrong.seq - 400}`);
    dbOf(ledger).run("update rollups set output = output + 1");
    const result = await ledger.reindex(claude);
    expect(result.complete).toBe(true);
    const { fromRollups, fromMessages } = rollupsOf(ledger);
    expect(fromRollups).toEqual(fromMessages);
    const found = messagesOf(ledger);
    expect(found).toHaveLength(history.messages.length);
    const left = new Set(
      [...history.files.entries()]
        .filter((_, index) => index % 2 === 1)
        .flatMap(([, text]) => text.match(/msg_01\w{22}/g) ?? []),
    );
    const there = (message: { id: string }) => left.has(message.id);
    expect(totals(found.filter(there), bySession)).toEqual(totals(history.messages.filter(there), bySession));
    expect(ledger.sessionUsage("bill-only").costUsd).toBe(4);
    expect(await ledger.index(claude)).toMatchObject({ bytesRead: 0 });
    expect(existsSync(`${path}.reindex-${process.pid}`)).toBe(false);
  });
});
