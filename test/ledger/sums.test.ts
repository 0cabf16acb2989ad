/** Random sessions and bills: whatever they are, every figure is the same sum, and none is below zero. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { type Ledger, openLedger } from "../../src/ledger/index.ts";
import { loadReport } from "../../src/ledger/report-data.ts";
import { DAY_MS, dayName, dayOf, namedZone, type Zone } from "../../src/ledger/zones.ts";
import { byDay, byMonth, bySession, byWeek, totalOf } from "../../src/usage/aggregate.ts";
import { blockRows } from "../../src/usage/block-rows.ts";
import { sandbox } from "../helpers/binary.ts";
import { random } from "../helpers/history.ts";
import { append, billed, happened, said } from "./lines.ts";

// The clock of New York is changed on 1 November: in the first days, or in the last ones.
const START = Date.UTC(2026, 9, 29);
const HOUR_MS = 3_600_000;
const MODELS = ["claude-opus-4-5", "claude-sonnet-5-5", "unknown-model-1"];
const SESSIONS = ["s", "t", "u"];

/** A session of several runs, billed at a factor of what its messages may cost. @returns when it ended */
function hold(ledger: Ledger, home: string, session: string, next: () => number): number {
  const below = (count: number) => Math.floor(next() * count);
  const factor = [0, 0.2, 0.8, 1.5][below(4)] as number;
  let at = START + below(3 * DAY_MS);
  let totalUsd = 0;
  for (let run = 0; run <= below(3); run++) {
    const bill = () => ledger.recordBill(session, { totalUsd, run: `${run}` }, at);
    bill();
    for (let count = 0; count <= below(8); count++) {
      at += below([10_000, 0.5 * HOUR_MS, 12 * HOUR_MS][below(3)] as number) + 1;
      const output = below(100_000);
      totalUsd += (output / 40_000) * factor;
      const id = `${session}-${run}-${count}`;
      const model = MODELS[below(3)] as string;
      append(home, session, said({ id, session, model, at: new Date(at).toISOString(), output }));
      at += below(20_000);
      if (next() < 0.5) bill();
    }
    at += 30_000;
    if (next() < 0.5) bill();
    else append(home, session, happened(new Date(at).toISOString()), billed(session, totalUsd));
    at += below(DAY_MS);
  }
  return at;
}

async function expectOneSum(seed: number, zone: Zone): Promise<void> {
  using box = sandbox();
  using ledger = openLedger(box.path("ledger.db"));
  const next = random(seed);
  const end = Math.max(...SESSIONS.map((session) => hold(ledger, box.home, session, next)));
  await ledger.index([join(box.home, ".claude")]);
  const costs = SESSIONS.map((session) => ledger.sessionUsage(session).costUsd);
  const sum = costs.reduce((total, usd) => total + usd, 0);
  const days = byDay(loadReport(ledger, { zone }, "day"));
  const sessions = bySession(loadReport(ledger, { zone }, "session"));
  const of = (rows: typeof days, key: string) => rows.find((row) => row.key === key)?.sum.costUsd ?? 0;
  for (const rows of [
    days,
    byWeek(loadReport(ledger, { zone }, "day")),
    byMonth(loadReport(ledger, { zone }, "day")),
    sessions,
    blockRows(loadReport(ledger, { zone }, "slot"), 0),
  ]) {
    expect(totalOf(rows).costUsd).toBeCloseTo(sum, 6);
    expect(Math.min(...rows.map((row) => row.sum.costUsd))).toBeGreaterThanOrEqual(0);
  }
  for (const [index, session] of SESSIONS.entries())
    expect(of(sessions, session)).toBeCloseTo(costs[index] as number, 6);
  for (let hours = 0; hours < 40; hours += 3) {
    const now = end + hours * HOUR_MS;
    const fiveHourResetsAt = now + Math.floor(next() * 5 * HOUR_MS);
    const { today, week, block } = ledger.accountUsage({ now, timezone: zone, fiveHourResetsAt });
    const day = dayOf(now, zone);
    expect(today.costUsd).toBeCloseTo(of(days, dayName(day)), 6);
    const lately = Array.from({ length: 7 }, (_, back) => of(days, dayName(day - back)));
    expect(week.costUsd).toBeCloseTo(
      lately.reduce((total, usd) => total + usd, 0),
      6,
    );
    expect(block?.costUsd ?? 0).toBeGreaterThanOrEqual(0);
  }
}

test("sessions, days, weeks, months, blocks and the account are one sum, none of them below zero", async () => {
  for (let seed = 1; seed <= 120; seed++) {
    const name = seed % 2 === 0 ? "America/New_York" : "Asia/Kathmandu";
    await expectOneSum(seed, namedZone(name) as Zone).catch((error) => {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    });
  }
});
