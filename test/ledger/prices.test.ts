import { describe, expect, test } from "bun:test";
import { learn } from "../../src/ledger/learned-prices.ts";
import { costAt, type KeptRates, PublishedPrices } from "../../src/ledger/prices.ts";

const AT = Date.UTC(2026, 10, 20);
const standard = { fast: false, long: false };
const prices = new PublishedPrices();
const priced = (model: string) => prices.rates(model, AT, standard).priced;

describe("a published price", () => {
  test("is exact when the model has the very name, less a date or its window", () => {
    for (const model of [
      "claude-opus-4-5",
      "claude-opus-4-5-20251101",
      "claude-opus-5-5[1m]",
      "claude-haiku-4-5-20251001",
      "claude-sonnet-4-20250514",
      "claude-3-5-haiku-20241022",
    ])
      expect([model, priced(model)]).toEqual([model, "exact"]);
  });

  test("is an estimate when a newer model's name only begins like an older one's", () => {
    expect(priced("claude-sonnet-5-9")).toBe("estimated");
    expect(priced("claude-opus-4-5-turbo")).toBe("estimated");
  });

  test("of an unknown model is missing, not zero", () => {
    expect(priced("claude-zeppelin-9")).toBe("unpriced");
  });

  test("changes for the whole request above 200,000 tokens of input, and with the date", () => {
    const input = (at: string, long: boolean) =>
      prices.rates("claude-opus-4-6", Date.parse(at), { fast: false, long }).input;
    expect(input("2026-03-01", false)).toBeCloseTo(5);
    expect(input("2026-03-01", true)).toBeCloseTo(10);
    expect(input("2026-04-01", true)).toBeCloseTo(5);
  });

  test("of fast mode is a multiple of the standard one, and an estimate where it is not known", () => {
    const fast = (model: string) => prices.rates(model, AT, { fast: true, long: false });
    expect(fast("claude-opus-5").output).toBeCloseTo(50);
    expect(fast("claude-opus-5").priced).toBe("exact");
    expect(fast("claude-haiku-4-5").priced).toBe("estimated");
  });

  test("tells one-hour cache writes from five-minute ones, and has one for web searches", () => {
    const { cacheWrite5m, cacheWrite1h, cacheRead, webSearch } = prices.rates(
      "claude-opus-4-5",
      AT,
      standard,
    );
    expect([cacheWrite5m, cacheWrite1h, cacheRead]).toEqual([6.25, 10, 0.5]);
    expect(webSearch).toBe(0.01);
  });
});

test("rates are kept for the next run of the same build, and for no other", () => {
  let kept: KeptRates | undefined;
  const store = { load: () => kept, save: (rates: KeptRates) => (kept = rates) };
  const first = new PublishedPrices({}, store);
  const rates = first.rates("claude-opus-4-5", AT, standard);
  first.save();
  expect(new PublishedPrices({}, store).rates("claude-opus-4-5", AT, standard)).toBe(
    kept?.rates[Object.keys(kept.rates)[0] as string] as typeof rates,
  );
  kept = {
    build: "another",
    rates: { [Object.keys(kept?.rates ?? {})[0] as string]: { ...rates, input: 99 } },
  };
  expect(new PublishedPrices({}, store).rates("claude-opus-4-5", AT, standard).input).toBe(5);
});

test("a price that the user set goes before all others", () => {
  const own = new PublishedPrices({
    "claude-zeppelin-9": { input: 1, output: 2, cacheRead: 3, cacheWrite5m: 4, cacheWrite1h: 5 },
  });
  const { priced: sure, ...rates } = own.rates("claude-zeppelin-9-20261101", AT, standard);
  expect(sure).toBe("exact");
  expect(rates.cacheWrite1h).toBeCloseTo(5);
});

describe("a learned price", () => {
  const TRUE_RATES = {
    ...prices.rates("claude-opus-4-5", AT, standard),
    input: 2,
    output: 10,
    cacheRead: 0.1,
    cacheWrite5m: 2.5,
    cacheWrite1h: 4,
  };
  const sample = (
    input: number,
    output: number,
    cacheRead: number,
    cacheWrite5m: number,
    cacheWrite1h: number,
    webSearches = 0,
  ) => {
    const tokens = { input, output, cacheRead, cacheWrite5m, cacheWrite1h, webSearches };
    return { ...tokens, costUsd: costAt(TRUE_RATES, tokens) };
  };
  const estimate = prices.rates("claude-sonnet-5-9", AT, standard);

  test("is a scale on the estimate while one session is all there is", () => {
    const only = sample(100, 5_000, 900_000, 20_000, 3_000, 2);
    const rates = learn([only], estimate);
    expect(costAt(rates, only)).toBeCloseTo(only.costUsd, 9);
    expect(rates).toMatchObject({ learned: true, priced: "estimated" });
    expect(rates.output / rates.input).toBeCloseTo(estimate.output / estimate.input);
  });

  test("is the rates themselves once sessions have different mixes", () => {
    const samples = [
      sample(9_000, 500, 100_000, 2_000, 100),
      sample(100, 5_000, 900_000, 20_000, 3_000, 2),
      sample(500, 90_000, 30_000, 1_000, 50_000),
      sample(40, 700, 2_000_000, 9_000, 1),
      sample(7_000, 7_000, 7_000, 70_000, 7_000),
      sample(1, 20, 80_000, 500, 900),
    ];
    const rates = learn(samples, estimate);
    for (const kind of ["input", "output", "cacheRead", "cacheWrite5m", "cacheWrite1h"] as const)
      expect(rates[kind]).toBeCloseTo(TRUE_RATES[kind], 6);
  });

  test("stays a scale when the sessions do not tell the rates apart, or do not agree", () => {
    const same = Array.from({ length: 9 }, (_, index) =>
      sample(10 * (index + 1), 50 * (index + 1), 900 * (index + 1), 0, 0),
    );
    expect(learn(same, estimate).output / learn(same, estimate).input).toBeCloseTo(5);
    const odd = same.map((each, index) => ({
      ...each,
      cacheWrite5m: index ** 3,
      cacheWrite1h: 40 - index ** 2,
    }));
    expect(learn(odd, estimate).output / learn(odd, estimate).input).toBeCloseTo(5);
  });

  test("gives an unknown model a price at all", () => {
    const only = sample(100, 5_000, 900_000, 20_000, 3_000);
    const rates = learn([only], prices.rates("claude-zeppelin-9", AT, standard));
    expect(costAt(rates, only)).toBeCloseTo(only.costUsd, 9);
    expect(rates.priced).toBe("estimated");
  });

  test("is none without a bill", () => {
    expect(learn([], estimate)).toBe(estimate);
  });
});
