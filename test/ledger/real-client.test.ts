/**
 * Sessions that Claude Code 2.1.330 held with a billed API on the loopback interface: tools, a subagent, thinking,
 * `/compact`, resumes, a kill. Their transcripts, what the payloads said, and every reply that the API billed.
 */
import { expect, test } from "bun:test";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Ledger, openLedger } from "../../src/ledger/index.ts";
import { loadReport } from "../../src/ledger/report-data.ts";
import { UTC } from "../../src/ledger/zones.ts";
import { byDay, bySession, totalOf } from "../../src/usage/aggregate.ts";
import { blockRows } from "../../src/usage/block-rows.ts";
import { sandbox } from "../helpers/binary.ts";

const FIXTURES = join(import.meta.dir, "../fixtures/ledger");

/** USD for a million tokens: input, output, cache read, five-minute and one-hour write, as the client charges them. */
const RATES: Record<string, [number, number, number, number, number]> = {
  "claude-opus-5-5": [4, 20, 0.2, 5, 8],
  "claude-sonnet-5-5": [2, 10, 0.1, 2.5, 4],
};

interface Reply {
  model: string;
  usage: {
    input_tokens: number;
    output_tokens: number;
    cache_read_input_tokens: number;
    cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
  };
}

const apiBill = (replies: readonly Reply[]): number =>
  replies.reduce((sum, { model, usage }) => {
    const [input, output, read, write5m, write1h] = RATES[model] as [number, number, number, number, number];
    const { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long } = usage.cache_creation;
    const tokens =
      usage.input_tokens * input + usage.output_tokens * output + usage.cache_read_input_tokens * read;
    return sum + (tokens + short * write5m + long * write1h) / 1e6;
  }, 0);

const tokensOf = ({ input_tokens, output_tokens, cache_read_input_tokens, cache_creation }: Reply["usage"]) =>
  input_tokens +
  output_tokens +
  cache_read_input_tokens +
  cache_creation.ephemeral_5m_input_tokens +
  cache_creation.ephemeral_1h_input_tokens;

/** Index a fixture and hand over what its payloads said. */
async function withFixture(
  name: string,
  { payloads = true },
  body: (ledger: Ledger, session: string, bill: number) => void,
): Promise<void> {
  using box = sandbox();
  const from = join(FIXTURES, name);
  const [session = ""] = readdirSync(from)
    .filter((each) => each.endsWith(".jsonl"))
    .map((each) => each.slice(0, -6));
  const to = join(box.home, ".claude/projects/-home-dev-proj");
  for (const each of [session, `${session}.jsonl`])
    cpSync(join(from, each), join(to, each), { recursive: true });
  using ledger = openLedger(box.path("ledger.db"));
  const said: { at: number; run: string; sessionId: string; totalUsd: number }[] = await Bun.file(
    join(from, "payloads.json"),
  ).json();
  for (const { at, run, sessionId, totalUsd } of payloads ? said : [])
    ledger.recordBill(sessionId, { totalUsd, ...(run ? { run } : {}) }, at);
  await ledger.index([join(box.home, ".claude")]);
  body(ledger, session, apiBill(await Bun.file(join(from, "api-bill.json")).json()));
}

/** Session, today, block, week and reports are the same sum. */
function expectEverywhere(ledger: Ledger, session: string, usd: number): void {
  expect(ledger.sessionUsage(session).costUsd).toBeCloseTo(usd, 4);
  const account = ledger.accountUsage({ now: Date.parse("2026-11-21T21:20:00Z"), timezone: UTC });
  expect(account.today.costUsd).toBeCloseTo(usd, 4);
  expect(account.week.costUsd).toBeCloseTo(usd, 4);
  expect(account.block?.costUsd).toBeCloseTo(usd, 4);
  expect(totalOf(byDay(loadReport(ledger, { zone: UTC }, "day"))).costUsd).toBeCloseTo(usd, 4);
  expect(totalOf(bySession(loadReport(ledger, { zone: UTC }, "session"))).costUsd).toBeCloseTo(usd, 4);
  expect(totalOf(blockRows(loadReport(ledger, { zone: UTC }, "slot"), 0)).costUsd).toBeCloseTo(usd, 4);
}

test("every figure is the API's bill when a session was ended and resumed, with payloads and without", async () => {
  for (const payloads of [true, false])
    await withFixture("exited-and-resumed", { payloads }, (ledger, session, bill) => {
      expect(bill).toBeCloseTo(0.148831, 6);
      expectEverywhere(ledger, session, bill);
      expect(ledger.sessionUsage(session)).toMatchObject({ priced: "exact" });
      expect(ledger.suspects()).toEqual([]);
    });
});

test("every figure is the API's bill when a session was killed and resumed, though the client has forgotten half of it", () =>
  withFixture("killed-and-resumed", {}, (ledger, session, bill) => {
    expect(bill).toBeCloseTo(0.220659, 6);
    expectEverywhere(ledger, session, bill);
    expect(ledger.suspects()).toEqual([]);
  }));

test("without its payloads a killed run's messages still count beside the bill of the next", () =>
  withFixture("killed-and-resumed", { payloads: false }, (ledger, session, bill) => {
    const { costUsd } = ledger.sessionUsage(session);
    expect(costUsd).toBeCloseTo(0.181905, 5);
    expect(costUsd).toBeLessThan(bill);
    expect(ledger.suspects()).toEqual([]);
  }));

/**
 * Client 2.1.331: a session with a compaction; a fork of it that ended; a fork of that fork that was killed; a branch of
 * the first session.
 */
test("every figure is the API's bill when sessions were forked, compacted, killed and branched", async () => {
  using box = sandbox();
  const from = join(FIXTURES, "forked");
  const to = join(box.home, ".claude/projects/-home-dev-proj");
  const files = readdirSync(from).filter((name) => name.endsWith(".jsonl"));
  for (const file of files) cpSync(join(from, file), join(to, file), { recursive: true });
  using ledger = openLedger(box.path("ledger.db"));
  for (const { at, run, sessionId, totalUsd } of await Bun.file(join(from, "payloads.json")).json())
    ledger.recordBill(sessionId, { totalUsd, run }, at);
  await ledger.index([join(box.home, ".claude")]);
  const replies: Reply[] = await Bun.file(join(from, "api-bill.json")).json();
  const usd = apiBill(replies);
  expect(usd).toBeCloseTo(0.127341, 6);
  const tokens = replies.reduce((sum, { usage }) => sum + tokensOf(usage), 0);
  const reports = [
    totalOf(byDay(loadReport(ledger, { zone: UTC }, "day"))),
    totalOf(bySession(loadReport(ledger, { zone: UTC }, "session"))),
    totalOf(blockRows(loadReport(ledger, { zone: UTC }, "slot"), 0)),
  ];
  for (const sum of reports) {
    expect(sum.costUsd).toBeCloseTo(usd, 6);
    expect(sum.tokens).toBe(tokens);
  }
  const { today } = ledger.accountUsage({ now: Date.parse("2026-11-24T21:20:00Z"), timezone: UTC });
  expect(today.costUsd).toBeCloseTo(usd, 6);
  const costs = files.map((file) => ledger.sessionUsage(file.slice(0, -6)).costUsd);
  expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(usd, 6);
  expect(Math.max(...costs)).toBeCloseTo(0.0882812, 6);
});
