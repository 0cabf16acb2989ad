/** Forked sessions: the client gives the fork its parent's total, tokens by model and start time. */
import { describe, expect, test } from "bun:test";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Ledger, openLedger } from "../../src/ledger/index.ts";
import { loadReport } from "../../src/ledger/report-data.ts";
import { UTC } from "../../src/ledger/zones.ts";
import { byDay, bySession, totalOf } from "../../src/usage/aggregate.ts";
import { blockRows } from "../../src/usage/block-rows.ts";
import { sandbox } from "../helpers/binary.ts";
import { random } from "../helpers/history.ts";
import { Client, type Talk } from "./client.ts";

/** Sums of every report, and of the sessions one by one: cost in USD and tokens. */
function expectEverywhere(ledger: Ledger, client: Client, names: readonly string[]): void {
  const { usd, tokens } = client.billed;
  const sums = [
    totalOf(byDay(loadReport(ledger, { zone: UTC }, "day"))),
    totalOf(bySession(loadReport(ledger, { zone: UTC }, "session"))),
    totalOf(blockRows(loadReport(ledger, { zone: UTC }, "slot"), 0)),
  ];
  for (const sum of sums) {
    expect(sum.costUsd).toBeCloseTo(usd, 6);
    expect(sum.tokens).toBe(tokens);
  }
  const { week } = ledger.accountUsage({ now: client.now, timezone: UTC });
  expect(week.costUsd).toBeCloseTo(usd, 6);
  const sessions = names.map((name) => ledger.sessionUsage(name).costUsd);
  expect(sessions.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(usd, 6);
}

/** Run a scenario, then index its transcripts, and again as a restored copy of them in a new ledger. */
async function afterwards(
  scenario: (client: Client) => void,
  body: (ledger: Ledger, client: Client) => void,
): Promise<void> {
  using box = sandbox();
  const client = new Client(join(box.home, ".claude"));
  scenario(client);
  using ledger = openLedger(box.path("ledger.db"));
  await ledger.index([client.directory]);
  body(ledger, client);
  // A copy's files are all equally old: their age does not say which session had a message first.
  const restored = box.path("restored");
  cpSync(client.directory, restored, { recursive: true });
  using fresh = openLedger(box.path("fresh.db"));
  await fresh.index([restored]);
  body(fresh, client);
}

const own = (ledger: Ledger, name: string) => ledger.sessionUsage(name);

describe("a fork", () => {
  test("costs what it adds, however many there are of one session, and their forks", () =>
    afterwards(
      (client) => {
        client.start("s").say(100).exit();
        for (const name of ["a", "b", "c"]) client.fork("s", name).say(1).exit();
        client.fork("a", "aa").say(2).exit();
        client.resume("aa").say(3).exit();
        client.resume("s").say(5).exit();
        client.fork("s", "d").say(4).exit();
      },
      (ledger, client) => {
        expectEverywhere(ledger, client, ["s", "a", "b", "c", "aa", "d"]);
        for (const [name, thousands] of Object.entries({ s: 105, a: 1, b: 1, c: 1, aa: 5, d: 4 }))
          expect(own(ledger, name)).toMatchObject({
            costUsd: expect.closeTo(thousands * 0.025, 6),
            priced: "exact",
            output: thousands * 1000,
          });
        expect(own(ledger, "aa").inheritedUsd).toBeCloseTo(101 * 0.025, 6);
      },
    ));

  test("of a session with a compaction has no part of what the compaction cost", () =>
    afterwards(
      (client) => {
        client.start("s").say(10).compact(3).exit();
        client.fork("s", "f").say(1).compact(2).say(1).exit();
        client.fork("s", "g").compact(4).say(1).exit();
        client.fork("f", "ff").say(1).exit();
      },
      (ledger, client) => {
        expectEverywhere(ledger, client, ["s", "f", "g", "ff"]);
        expect(own(ledger, "f")).toMatchObject({
          costUsd: expect.closeTo(0.1, 6),
          unattributedUsd: expect.closeTo(0.05, 6),
        });
        expect(own(ledger, "g").costUsd).toBeCloseTo(0.125, 6);
      },
    ));

  test("of a running session starts with the bill in its transcript, and the session continues", () =>
    afterwards(
      (client) => {
        const first = client.start("s").say(10);
        client.fork("s", "early").say(1).exit();
        first.exit();
        const second = client.resume("s").say(20);
        client.fork("s", "f").say(1).exit();
        second.say(30).exit();
        client.fork("s", "late").say(2).exit();
      },
      (ledger, client) => {
        expectEverywhere(ledger, client, ["s", "early", "f", "late"]);
        expect(own(ledger, "early").costUsd).toBeCloseTo(0.025, 6);
        expect(own(ledger, "f").costUsd).toBeCloseTo(0.025, 6);
      },
    ));

  test("does not take a session for its parent that only started in the same millisecond", () =>
    afterwards(
      (client) => {
        client.start("s").say(10).exit();
        const [since] = client.starts;
        client.start("t", since).say(20).exit();
      },
      (ledger, client) => {
        expectEverywhere(ledger, client, ["s", "t"]);
        expect(own(ledger, "t").costUsd).toBeCloseTo(0.5, 6);
      },
    ));

  test("branched within the client starts at zero", () =>
    afterwards(
      (client) => {
        client.start("s").say(10).branch("b").say(1).exit();
      },
      (ledger, client) => {
        expectEverywhere(ledger, client, ["s", "b"]);
        expect(own(ledger, "b").costUsd).toBeCloseTo(0.025, 6);
      },
    ));
});

/** Run a scenario whose payloads reach the ledger, with a pass after each step. */
async function live(
  body: (client: Client, pass: () => Promise<void>, ledger: Ledger) => Promise<void>,
): Promise<void> {
  using box = sandbox();
  using ledger = openLedger(box.path("ledger.db"));
  const client = new Client(join(box.home, ".claude"), ledger);
  await body(client, async () => void (await ledger.index([client.directory])), ledger);
}

describe("an interactive fork", () => {
  test("costs nothing before its first message, and has no transcript then", () =>
    live(async (client, pass, ledger) => {
      client.start("s").show().say(10).show().exit();
      await pass();
      client.fork("s", "f").show();
      expectEverywhere(ledger, client, ["s", "f"]);
      expect(own(ledger, "f")).toMatchObject({ costUsd: 0, inheritedUsd: 0.25, priced: "exact" });
    }));

  test("that the ledger hears of before its parent is resolved when the parent is read", () =>
    live(async (client, pass, ledger) => {
      client.start("s").say(10).exit();
      client.fork("s", "f").show();
      // Nothing tells yet whose bill it is.
      expect(own(ledger, "f")).toMatchObject({ priced: "estimated" });
      await pass();
      expectEverywhere(ledger, client, ["s", "f"]);
      expect(own(ledger, "f")).toMatchObject({ costUsd: 0, priced: "exact" });
    }));

  test("that was killed and resumed has forgotten what it inherited", () =>
    live(async (client, pass, ledger) => {
      client.start("s").show().say(10).exit();
      await pass();
      client.fork("s", "f").show().say(2).show().kill();
      await pass();
      client.resume("f").show().say(3).show().exit();
      await pass();
      expectEverywhere(ledger, client, ["s", "f"]);
      expect(own(ledger, "f").costUsd).toBeCloseTo(0.125, 6);
    }));

  test("of a killed session starts with the last bill in its transcript", () =>
    live(async (client, pass, ledger) => {
      client.start("s").show().say(10).exit();
      client.resume("s").show().say(20).show().kill();
      await pass();
      client.fork("s", "f").show().say(1).show();
      await pass();
      expectEverywhere(ledger, client, ["s", "f"]);
      client.resume("s").show().say(5).exit();
      await pass();
      expectEverywhere(ledger, client, ["s", "f"]);
    }));

  test("is found by its copied messages when its first payload was missed", () =>
    live(async (client, pass, ledger) => {
      client.start("s").show().say(10).compact(1).exit();
      client.fork("s", "f").say(2).show();
      await pass();
      expectEverywhere(ledger, client, ["s", "f"]);
      expect(own(ledger, "f")).toMatchObject({ costUsd: expect.closeTo(0.05, 6), priced: "exact" });
    }));

  test("of a session whose transcript was pruned still counts, also after a reindex", () =>
    live(async (client, pass, ledger) => {
      client.start("s").show().say(10).exit();
      await pass();
      client.fork("s", "f").say(2).exit();
      await pass();
      rmSync(client.pathOf("s"));
      await pass();
      client.fork("f", "g").say(2).exit();
      await ledger.reindex([client.directory]);
      expectEverywhere(ledger, client, ["s", "f", "g"]);
    }));
});

test("messages of a killed run count also where no payload tells of them", async () => {
  using box = sandbox();
  const client = new Client(join(box.home, ".claude"));
  client.start("s").say(10).exit();
  client.resume("s").say(20).kill();
  client.fork("s", "f").say(1).exit();
  client.resume("s").say(3).compact(2).say(1).exit();
  using ledger = openLedger(box.path("ledger.db"));
  await ledger.index([client.directory]);
  const costs = ["s", "f"].map((name) => ledger.sessionUsage(name).costUsd);
  // The compaction is in the excess of tokens: it cannot be separated from the forgotten messages.
  expect(costs).toEqual([expect.closeTo(34 * 0.025, 6), expect.closeTo(0.025, 6)]);
});

test("forks of a session that the ledger never had count it once, and are marked", async () => {
  using box = sandbox();
  const client = new Client(join(box.home, ".claude"));
  client.start("s").say(10).exit();
  client.fork("s", "f").say(1).exit();
  client.fork("s", "g").say(2).exit();
  rmSync(client.pathOf("s"));
  using ledger = openLedger(box.path("ledger.db"));
  await ledger.index([client.directory]);
  expectEverywhere(ledger, client, ["f", "g"]);
  expect(ledger.sessionUsage("g")).toMatchObject({ priced: "estimated", costUsd: expect.closeTo(0.05, 6) });
  expect(totalOf(byDay(loadReport(ledger, { zone: UTC }, "day"))).priced).toBe("estimated");
});

test("a bill above zero of a session without messages is never exact", () => {
  using box = sandbox();
  using ledger = openLedger(box.path("ledger.db"));
  ledger.recordBill("f", { totalUsd: 0.95, run: "1" }, Date.UTC(2026, 10, 20, 12));
  expect(ledger.sessionUsage("f")).toMatchObject({ costUsd: 0.95, priced: "estimated" });
  const { today } = ledger.accountUsage({ now: Date.UTC(2026, 10, 20, 13), timezone: UTC });
  expect(today).toMatchObject({ costUsd: 0.95, priced: "estimated" });
});

/**
 * Random sessions, forks, kills and resumes. With payloads nothing that was billed is unknown; without kills the
 * transcripts tell it all.
 */
async function hold(seed: number, kills: boolean): Promise<void> {
  await live(async (client, pass, ledger) => {
    const next = random(seed);
    const below = (count: number) => Math.floor(next() * count);
    const names: string[] = [];
    for (let step = 0; step < 4 + below(8); step++) {
      const kind = below(5);
      const other = names[below(names.length)];
      let talk: Talk;
      const name = `s${step}`;
      if (other === undefined || kind === 0) talk = client.start(name);
      else if (kind === 1) talk = client.resume(other);
      else talk = client.fork(other, name);
      if (!names.includes(talk.name)) names.push(talk.name);
      talk.show();
      // There is nothing to compact before a first message.
      if (other === undefined || kind === 0) talk.say(1 + below(50)).show();
      for (let count = below(4); count > 0; count--) {
        if (next() < 0.2) talk.compact(1 + below(9));
        else talk.say(1 + below(50));
        talk.show();
        // Transcripts alone cannot tell a fork from its parent after a compaction that no message follows.
        if (!kills) talk.say(1);
      }
      if (next() < 0.6) await pass();
      if (kills && next() < 0.25) talk.kill();
      else talk.exit();
    }
    await pass();
    expectBilled(ledger, client, names);
    await ledger.reindex([client.directory]);
    expectBilled(ledger, client, names);
    if (kills) return;
    using box = sandbox();
    cpSync(client.directory, box.path("restored"), { recursive: true });
    using fresh = openLedger(box.path("ledger.db"));
    await fresh.index([box.path("restored")]);
    expectEverywhere(fresh, client, names);
  });
}

function expectBilled(ledger: Ledger, client: Client, names: readonly string[]): void {
  const sessions = names.map((name) => ledger.sessionUsage(name).costUsd);
  expect(sessions.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(client.billed.usd, 6);
  expect(Math.min(...sessions)).toBeGreaterThan(-1e-9);
  const days = totalOf(byDay(loadReport(ledger, { zone: UTC }, "day")));
  expect(days.costUsd).toBeCloseTo(client.billed.usd, 6);
}

test("the sum over random sessions, forks, kills and resumes is what was billed", async () => {
  for (let seed = 1; seed <= 60; seed++)
    await hold(seed, seed % 3 > 0).catch((error) => {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    });
});
