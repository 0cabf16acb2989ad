/** Prices and their sources in `usage prices`, reports and `explain`. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { run, type Sandbox, sandbox } from "../helpers/binary.ts";
import { append, billed, said } from "../ledger/lines.ts";

let box: Sandbox;
beforeAll(() => {
  box = sandbox();
  append(
    box.home,
    "s",
    said({ id: "a", model: "claude-opus-4-5-20251101", output: 10 }),
    said({ id: "b", model: "claude-opus-5", output: 10, speed: "fast" }),
    said({ id: "c", model: "claude-haiku-5-5", output: 10 }),
    said({ id: "d", model: "claude-sonnet-4-5", input: 300_000 }),
    said({ id: "e", model: "claude-zeppelin-9", output: 10 }),
    said({ id: "f", model: "our-model-fast", output: 1_000_000 }),
  );
  append(
    box.home,
    "t",
    said({ id: "g", session: "t", model: "our-model-fast", output: 1_000_000 }),
    billed("t", 7, { "our-model-fast": { outputTokens: 1_000_000, costUSD: 7 } }),
  );
});
afterAll(() => box[Symbol.dispose]());

async function output(args: string[], stdin?: string): Promise<string> {
  const result = await run(args, {
    env: { ...box.env, COLUMNS: "140" },
    ...(stdin === undefined ? {} : { stdin }),
  });
  expect([result.stderr, result.code]).toEqual(["", 0]);
  return result.stdout;
}

interface Listed {
  readonly modelName: string;
  readonly conditions: string[];
  readonly priced: string;
  readonly priceSource: string | null;
  readonly rates: { input: number; output: number } | null;
  readonly origin: string;
}

test("usage prices lists each model with its rates and their source", async () => {
  const { prices } = JSON.parse(await output(["usage", "prices", "--json"])) as { prices: Listed[] };
  const lines = prices.map(({ modelName, conditions, priced, priceSource, rates }) =>
    [modelName, conditions.join("+"), priced, priceSource, rates?.input, rates?.output].join(" "),
  );
  expect(lines).toEqual([
    "claude-haiku-5-5  exact built-in 0.1 0.5",
    "claude-opus-4-5-20251101  exact list 5 25",
    "claude-opus-5  exact list 5 25",
    "claude-opus-5 fast exact list 10 50",
    "claude-sonnet-4-5  exact list 3 15",
    "claude-sonnet-4-5 long estimated list 6 22.5",
    "claude-zeppelin-9  unpriced   ",
    "our-model-fast  estimated bills 1.4 7",
  ]);
  expect(prices[0]?.origin).toMatch(/Claude Code \d+\.\d+\.\d+, \d{4}-\d\d-\d\d/);
  expect(prices[1]?.origin).toMatch(/^genai-prices \d+\.\d+\.\d+$/);

  const table = await output(["usage", "prices"]);
  expect(table).toMatch(/haiku-5-5 +\$0\.10 +\$0\.50 +\$0\.01 +\$0\.125 +\$0\.20 +as charged by Claude Code/);
  expect(table).toMatch(/sonnet-4-5 long +~\$6 /);
  expect(table).toMatch(/zeppelin-9 +\$\? /);
  expect((await output(["usage", "prices", "--csv"])).split("\n")[1]).toStartWith(
    "claude-haiku-5-5,,exact,built-in,",
  );
});

test("the user's price overrides all others", async () => {
  using own = sandbox();
  append(own.home, "s", said({ id: "a", model: "claude-haiku-5-5", output: 10 }));
  const set = await run(
    [
      "config",
      "set",
      "prices.claude-haiku-5-5",
      '{"input":3,"output":9,"cacheRead":1,"cacheWrite5m":4,"cacheWrite1h":6}',
    ],
    {
      env: own.env,
    },
  );
  expect([set.stderr, set.code]).toEqual(["", 0]);
  const result = await run(["usage", "prices", "--json"], { env: own.env });
  expect(JSON.parse(result.stdout).prices[0]).toMatchObject({
    priceSource: "config",
    origin: "configuration",
  });
});

test("a report has the prices of its models", async () => {
  const [day] = JSON.parse(await output(["usage", "daily", "--json", "--timezone", "UTC"])).daily;
  const models = new Map((day.modelBreakdowns as Listed[]).map((each) => [each.modelName, each]));
  expect(models.get("claude-opus-5-fast")).toMatchObject({
    priceSource: "list",
    rates: { input: 10, output: 50 },
  });
  expect(models.get("claude-zeppelin-9")).toMatchObject({ priceSource: null, rates: null });
  expect(models.get("our-model-fast")).toMatchObject({ priceSource: "bills", rates: { output: 7 } });

  const breakdown = await output(["usage", "daily", "--breakdown", "--timezone", "UTC"]);
  expect(breakdown).toContain(
    "opus-5-fast: input $10, output $50, cache read $1, write 5m $12.50, 1h $20 (genai-prices",
  );
  expect(await output(["usage", "daily"])).not.toContain("genai-prices");
});

test("explain has the price of the session's model", async () => {
  const payload = JSON.stringify({ session_id: "t", model: { id: "our-model-fast" } });
  expect(await output(["explain"], payload)).toContain("our-model-fast: input $1.40, output $7, ");
  expect(JSON.parse(await output(["explain", "--json"], payload)).price).toMatchObject({
    model: "our-model-fast",
    priceSource: "bills",
  });
  using fresh = sandbox();
  const stdin = JSON.stringify({ session_id: "t", model: { id: "claude-haiku-5-5" } });
  const result = await run(["explain"], { env: fresh.env, stdin });
  expect(result.stdout).toContain("claude-haiku-5-5: input $0.10, output $0.50, ");
  expect((await run(["explain"], { env: fresh.env, stdin: "{}" })).stdout).not.toContain("price of");
});
