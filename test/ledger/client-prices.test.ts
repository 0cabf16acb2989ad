/**
 * Our prices against those of the real client (Claude Code 2.1.331): what one request of each kind of token added to its
 * `total_cost_usd`, per million tokens, measured on 24 November 2026.
 */
import { describe, expect, test } from "bun:test";
import manifest from "../../package.json";
import { type PriceClass, PublishedPrices, STANDARD } from "../../src/ledger/prices.ts";
import { LIST_VERSION } from "../../src/ledger/published-list.ts";

const AT = Date.UTC(2026, 10, 24);
const prices = new PublishedPrices();
const rates = (model: string, kind: Partial<PriceClass> = {}) =>
  prices.rates(model, AT, { ...STANDARD, ...kind });

/** Input, five-minute write, one-hour write, cache read, output; input and cache read in fast mode. */
const MEASURED: [model: string, standard: number[], fast?: number[]][] = [
  ["claude-3-5-haiku-20241022", [0.8, 1, 1.6, 0.08, 4]],
  ["claude-3-5-sonnet-20241022", [3, 3.75, 6, 0.3, 15]],
  ["claude-3-7-sonnet-20250219", [3, 3.75, 6, 0.3, 15]],
  ["claude-haiku-4-5", [1, 1.25, 2, 0.1, 5]],
  ["claude-sonnet-4-20250514", [3, 3.75, 6, 0.3, 15]],
  ["claude-sonnet-4-5", [3, 3.75, 6, 0.3, 15]],
  ["claude-sonnet-4-6", [3, 3.75, 6, 0.3, 15]],
  ["claude-sonnet-5", [2, 2.5, 4, 0.2, 10]],
  ["claude-sonnet-5-5", [2, 2.5, 4, 0.1, 10]],
  ["claude-opus-4-5", [5, 6.25, 10, 0.5, 25]],
  ["claude-opus-4-6", [5, 6.25, 10, 0.5, 25], [30, 3]],
  ["claude-opus-4-7", [5, 6.25, 10, 0.5, 25], [30, 3]],
  ["claude-opus-4-8", [5, 6.25, 10, 0.5, 25], [10, 1]],
  ["claude-opus-5", [5, 6.25, 10, 0.5, 25], [10, 1]],
  ["claude-opus-5-5", [4, 5, 8, 0.2, 20], [8, 0.4]],
  ["claude-haiku-5-5", [0.1, 0.125, 0.2, 0.01, 0.5]],
  ["claude-fable-5", [10, 12.5, 20, 1, 50]],
  ["claude-fable-5-1", [10, 12.5, 20, 0.25, 50]],
  ["claude-fable-5-2", [8, 10, 16, 0.2, 40], [16, 0.4]],
  ["claude-mythos-5", [10, 12.5, 20, 1, 50]],
  ["claude-mythos-5-1", [10, 12.5, 20, 0.25, 50]],
  ["claude-mythos-5-2", [8, 10, 16, 0.2, 40], [16, 0.4]],
  // By other providers' names
  ["global.anthropic.claude-haiku-4-5-20251001-v1:0", [1, 1.25, 2, 0.1, 5]],
  ["anthropic.claude-opus-4-5-20251101-v1:0", [5, 6.25, 10, 0.5, 25]],
  ["us.anthropic.claude-3-5-haiku-20241022-v1:0", [0.8, 1, 1.6, 0.08, 4]],
  ["claude-sonnet-4-5@20250929", [3, 3.75, 6, 0.3, 15]],
  ["anthropic/claude-opus-4.5", [5, 6.25, 10, 0.5, 25]],
];

describe.each(MEASURED)("%s costs what the client charges", (model, standard, fast) => {
  test("in standard mode", () => {
    const { input, cacheWrite5m, cacheWrite1h, cacheRead, output, priced } = rates(model);
    for (const [index, rate] of [input, cacheWrite5m, cacheWrite1h, cacheRead, output].entries())
      expect(rate).toBeCloseTo(standard[index] as number, 9);
    expect(priced).toBe("exact");
  });

  test("with inference in the United States: 1.1 times, but not for web searches", () => {
    const us = rates(model, { us: true });
    expect(us.input).toBeCloseTo(1.1 * (standard[0] as number), 9);
    expect(us.output).toBeCloseTo(1.1 * (standard[4] as number), 9);
    expect(us.webSearch).toBe(0.01);
    expect(us.priced).toBe("exact");
  });

  test.if(fast !== undefined)("in fast mode", () => {
    const { input, cacheRead, priced } = rates(model, { fast: true });
    expect([input, cacheRead]).toEqual([
      expect.closeTo(fast?.[0] as number, 9),
      expect.closeTo(fast?.[1] as number, 9),
    ]);
    expect(priced).toBe("exact");
  });
});

test("Haiku 5.5 has another price for long requests, the same factor for every kind of token", () => {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, priced } = rates("claude-haiku-5-5", {
    long: true,
  });
  expect(
    [input, output, cacheRead, cacheWrite5m, cacheWrite1h].map((rate) => Number(rate.toFixed(9))),
  ).toEqual([0.5, 2.5, 0.05, 0.625, 1]);
  expect(priced).toBe("exact");
});

test("a long request is an estimate where the published list and the client differ", () => {
  for (const model of ["claude-sonnet-4-5", "claude-sonnet-4-5@20250929"])
    expect(rates(model, { long: true }).priced).toBe("estimated");
  for (const model of [
    "claude-sonnet-4-6",
    "claude-opus-4-8",
    "claude-sonnet-5-5",
    "claude-sonnet-4-20250514",
  ])
    expect(rates(model, { long: true })).toEqual(rates(model));
});

test("a regional profile of Bedrock is an estimate for the models that cost more there", () => {
  for (const model of ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "eu.anthropic.claude-opus-4-6-v1"])
    expect(rates(model)).toMatchObject({ priced: "estimated", source: "list" });
  for (const model of [
    "us.anthropic.claude-opus-4-1-20250805-v1:0",
    "apac.anthropic.claude-sonnet-4-20250514-v1:0",
  ])
    expect(rates(model).priced).toBe("exact");
});

test("a user's price applies to other spellings of the model, unless one has a price of its own", () => {
  const own = new PublishedPrices({
    "claude-opus-4-5": { input: 1, output: 2 },
    "us.anthropic.claude-opus-4-5-20251101-v1:0": { input: 3, output: 4 },
  });
  const input = (model: string) => own.rates(model, AT, STANDARD);
  expect(input("claude-opus-4-5@20251101")).toMatchObject({ input: 1, priced: "exact", source: "config" });
  expect(input("us.anthropic.claude-opus-4-5-20251101-v1:0")).toMatchObject({ input: 3, priced: "exact" });
  expect(input("claude-opus-4-5-turbo").source).toBe("list");
});

test("a price says where it comes from", () => {
  expect(rates("claude-opus-4-5").source).toBe("list");
  expect(rates("claude-haiku-5-5").source).toBe("built-in");
  expect(rates("claude-zeppelin-9").source).toBe("none");
  expect(manifest.dependencies["@pydantic/genai-prices"]).toBe(LIST_VERSION);
});
