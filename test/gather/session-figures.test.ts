/** The figures of a session on the line after a pass, with the compiled binary: turns, tokens, a failing part. */
import { expect, test } from "bun:test";
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { run } from "../helpers/binary.ts";
import { plainRows } from "../helpers/rows.ts";
import { gather, payload, type World, world, writeConfig } from "./world.ts";

const ID = "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0";
const line = (value: object) =>
  `${JSON.stringify({ timestamp: new Date().toISOString(), sessionId: ID, ...value })}\n`;
const user = (content: string, more: object = {}) =>
  line({ type: "user", message: { role: "user", content }, ...more });

async function rowOf(here: World, stdin: string): Promise<string> {
  const { stdout } = await run(["display"], { env: { ...here.box.env, PLIMSOLL_NO_GATHER: "1" }, stdin });
  return plainRows(stdout)[0] as string;
}

test("a local command is neither a turn nor a message; a custom one is both", async () => {
  using here = world();
  writeConfig(here, { rows: [["turns", "message"]] });
  const transcript = here.session(ID, 1);
  const stdin = payload(ID, transcript, here.box.home);
  const local = { rowSource: "local" };
  appendFileSync(
    transcript,
    user(
      "<command-name>/model</command-name>\n<command-message>model</command-message>\n<command-args></command-args>",
      local,
    ) + user("<local-command-stdout>Set model</local-command-stdout>", local),
  );
  await gather(here, { stdin });
  expect(await rowOf(here, stdin)).toMatch(/^1 turn · "prompt 1 of /);
  appendFileSync(
    transcript,
    user(
      "<command-message>greet</command-message>\n<command-name>/greet</command-name>\n<command-args>Bob</command-args>",
      {
        origin: { kind: "human" },
      },
    ),
  );
  await gather(here, { stdin, args: ["--force"] });
  expect(await rowOf(here, stdin)).toMatch(/^2 turns · "\/greet Bob"/);
});

test("tokens include subagents, and are a lower bound when more was billed than messages explain", async () => {
  using here = world();
  writeConfig(here, { rows: [["tokens"]] });
  const transcript = here.session(ID, 1);
  const usage = { input_tokens: 5, output_tokens: 400, cache_read_input_tokens: 2_000 };
  const agent = `${transcript.slice(0, -".jsonl".length)}/subagents/agent-1.jsonl`;
  mkdirSync(dirname(agent), { recursive: true });
  appendFileSync(
    agent,
    line({
      type: "assistant",
      isSidechain: true,
      requestId: "req_agent",
      message: {
        id: "msg_agent",
        role: "assistant",
        model: "claude-sonnet-4-5-20250929",
        content: [],
        usage,
      },
    }),
  );
  const plain = payload(ID, transcript, here.box.home);
  await gather(here, { stdin: plain });
  expect(await rowOf(here, plain)).toBe("in 2k out 500 cached 2k");
  const billed = payload(ID, transcript, here.box.home, { cost: { total_cost_usd: 0.5 } });
  await gather(here, { stdin: billed, args: ["--force"] });
  expect(await rowOf(here, billed)).toBe("in >2k out >500 cached >2k");
  // Reports mark the same figures by the same rule.
  const isIncomplete = async () => {
    const { stdout } = await run(["usage", "session", "--json"], { env: here.box.env });
    return JSON.parse(stdout).session[0].tokensIncomplete;
  };
  expect(await isIncomplete()).toBe(true);
  // The client's own counts by model, written at the end of the session, have the rest.
  const counts = {
    inputTokens: 20,
    outputTokens: 900,
    cacheReadInputTokens: 150_000,
    cacheCreationInputTokens: 0,
  };
  const models = { "claude-sonnet-4-5-20250929": { ...counts, costUSD: 0.5 } };
  appendFileSync(
    transcript,
    `${JSON.stringify({ type: "cost-state", sessionId: ID, totalCostUSD: 0.5, modelUsage: models })}\n`,
  );
  await gather(here, { stdin: plain, args: ["--force"] });
  expect(await rowOf(here, plain)).toBe("in 150k out 900 cached 150k");
  expect(await isIncomplete()).toBe(false);
});

test("a session's failing usage is visible in health and in explain", async () => {
  using here = world();
  writeConfig(here, { rows: [["cost", "health"]] });
  mkdirSync(here.paths.ledger, { recursive: true, mode: 0o700 });
  const stdin = payload(ID, here.session(ID, 1), here.box.home, { cost: { total_cost_usd: 0.5 } });
  await gather(here, { stdin });
  expect(await rowOf(here, stdin)).toBe("$0.50 · session-usage, usage failing!");
  const { stdout } = await run(["explain"], { env: here.box.env, stdin });
  expect(stdout).toMatch(/^cost +\$0\.50 .*\n +gathering session-usage failed: /m);
});
