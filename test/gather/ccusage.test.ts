import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { accountFrom } from "../../src/gather/cost/ccusage.ts";
import {
  gather,
  outcomeOf,
  payload,
  processesWith,
  states,
  type World,
  world,
  writeConfig,
} from "./world.ts";

const ID = "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0";

const day = (period: string, totalCost: number, outputTokens = 10) => ({
  period,
  totalCost,
  outputTokens,
  inputTokens: 1,
  cacheReadTokens: 2,
  cacheCreationTokens: 3,
});
const DAILY = { daily: [day("2026-11-20", 1.5), day("2026-11-21", 2.25)] };
const BLOCKS = {
  blocks: [
    { isActive: false, isGap: true },
    {
      isActive: true,
      startTime: "2026-11-21T10:00:00.000Z",
      endTime: "2026-11-21T15:00:00.000Z",
      costUSD: 2,
      tokenCounts: { inputTokens: 5, outputTokens: 6, cacheReadInputTokens: 7, cacheCreationInputTokens: 8 },
      burnRate: { costPerHour: 3, tokensPerMinute: 2 },
      projection: { totalCost: 9 },
    },
  ],
};

test("the output of ccusage becomes the account's figures, as estimates", () => {
  expect(accountFrom(DAILY, BLOCKS, "2026-11-21")).toEqual({
    day: "2026-11-21",
    today: {
      costUsd: 2.25,
      priced: "estimated",
      unattributedUsd: 0,
      input: 1,
      output: 10,
      cacheRead: 2,
      cacheWrite5m: 3,
      cacheWrite1h: 0,
    },
    week: expect.objectContaining({ costUsd: 3.75, output: 20 }),
    block: {
      costUsd: 2,
      priced: "estimated",
      unattributedUsd: 0,
      input: 5,
      output: 6,
      cacheRead: 7,
      cacheWrite5m: 8,
      cacheWrite1h: 0,
      startAt: Date.parse("2026-11-21T10:00:00.000Z"),
      endAt: Date.parse("2026-11-21T15:00:00.000Z"),
      endIsKnown: false,
      burnUsdPerHour: 3,
      tokensPerMinute: 2,
      projectedUsd: 9,
    },
  });
  expect(accountFrom({ daily: [] }, null, "2026-11-21").block).toBeUndefined();
});

test("a block whose messages span less than ten minutes has neither rate nor projection", () => {
  const [, active] = BLOCKS.blocks;
  const blocks = { blocks: [{ ...active, burnRate: { costPerHour: 3, tokensPerMinute: 2.7 } }] };
  const { block } = accountFrom(DAILY, blocks, "2026-11-21");
  expect(block).toMatchObject({ costUsd: 2 });
  expect(block).not.toContainAnyKeys(["burnUsdPerHour", "tokensPerMinute", "projectedUsd"]);
});

describe("with ccusage as the cost source", () => {
  /** A world that is configured for ccusage, where ccusage is a script. */
  function withCcusage(script: string): World & { pathVariable: string } {
    const here = world();
    const folder = here.box.path("bin");
    mkdirSync(folder);
    writeFileSync(`${folder}/ccusage`, `#!/bin/sh\n${script}\n`);
    chmodSync(`${folder}/ccusage`, 0o755);
    writeConfig(here, { billing: { source: "ccusage" } });
    return { ...here, pathVariable: `${folder}:/usr/bin:/bin` };
  }

  const pass = (here: World & { pathVariable: string }, ...args: string[]) =>
    gather(here, {
      stdin: payload(ID, here.session(ID), here.box.home, { cost: { total_cost_usd: 0.75 } }),
      env: { PATH: here.pathVariable },
      args,
    });

  test("a pass asks it for the account, and the client's bill for the session", async () => {
    const script = `case "$1" in daily) echo '${JSON.stringify(DAILY)}';; *) echo '${JSON.stringify(BLOCKS)}';; esac`;
    using here = withCcusage(script);
    const { code } = await pass(here);
    expect(code).toBe(0);
    const { session, account } = states(here, ID, "/");
    expect(account?.parts.usage?.value).toMatchObject({ week: { costUsd: 3.75 }, block: { costUsd: 2 } });
    expect(session?.parts.usage?.value).toMatchObject({ costUsd: 0.75, billUsd: 0.75 });
  });

  test("one that hangs is killed with the pass, one that floods at 1 MiB, and the reason is reported", async () => {
    const nap = `65.${process.pid}`;
    using hanging = withCcusage(`trap '' TERM; sleep ${nap} & sleep ${nap}`);
    const { report } = await pass(hanging, "--deadline", "1");
    expect(outcomeOf(report, "account usage")?.error).toBe("ccusage was stopped with the pass");
    expect(processesWith(nap)).toEqual([]);
    using flooding = withCcusage("yes 0123456789");
    const flood = await pass(flooding);
    expect(outcomeOf(flood.report, "account usage")?.error).toBe("ccusage wrote more than 1024 KiB");
    using absent = withCcusage("");
    absent.session(ID);
    const missing = await gather(absent, {
      stdin: payload(ID, absent.session(ID), absent.box.home),
      env: { PATH: "/nonexistent" },
    });
    expect(outcomeOf(missing.report, "account usage")?.error).toInclude("ccusage");
  });
});
