import { describe, expect, test } from "bun:test";
import { readPayload } from "../../src/claude/payload.ts";
import apiKey from "../fixtures/payloads/api-key-after-reply.json";
import atStart from "../fixtures/payloads/session-start.json";
import subscription from "../fixtures/payloads/subscription-after-reply.json";

describe("a payload of the real client", () => {
  test("after a reply gives every figure", () => {
    expect(readPayload(subscription)).toMatchObject({
      sessionId: "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0",
      cwd: "/home/dev/proj",
      model: { id: "claude-sonnet-5-5", name: "Sonnet 5.5" },
      effort: "medium",
      cost: { usd: 0.017044 },
      context: { window: 1_000_000, usedPercent: 7, usedTokens: 65_212, outputTokens: 42 },
      cache: { warm: true, ttl: "5m", expiresAt: 1_795_559_254_000, hitRatio: 0.9354106606146108 },
      limits: {
        fiveHour: { usedPercent: 23.5, resetsAt: 1_795_566_153_000 },
        sevenDay: { usedPercent: 41.2, resetsAt: 1_795_858_953_000 },
      },
    });
  });

  test("at session start has undefined context, cache and limits rather than zeros", () => {
    const payload = readPayload(atStart);
    expect(payload.context).toEqual({ window: 1_000_000, exceeds200k: false });
    expect(payload.limits).toBeUndefined();
    expect(payload.cache).toBeUndefined();
  });

  test("of an API-key session has no limits", () => {
    expect(readPayload(apiKey).limits).toBeUndefined();
  });
});

describe("an invalid field", () => {
  const WRONG = [
    null,
    undefined,
    "",
    "x",
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    [],
    {},
    [[1]],
    "\u001b[31m",
  ];

  /** Every path of the payload, with the value there. */
  function* paths(value: unknown, path: string[] = []): Generator<string[]> {
    if (path.length > 0) yield path;
    if (typeof value === "object" && value !== null)
      for (const [key, child] of Object.entries(value)) yield* paths(child, [...path, key]);
  }

  function withValue(path: readonly string[], value: unknown): unknown {
    const copy = structuredClone(subscription) as Record<string, unknown>;
    let place = copy;
    for (const key of path.slice(0, -1)) place = place[key] as Record<string, unknown>;
    const last = path.at(-1) as string;
    if (value === undefined) delete place[last];
    else place[last] = value;
    return copy;
  }

  test("is undefined and affects no other field", () => {
    const good = readPayload(subscription);
    for (const path of paths(subscription))
      for (const wrong of WRONG) {
        const read = readPayload(withValue(path, wrong));
        const touched = path[0] === "cwd" || path[0] === "workspace" ? "cwd" : path[0];
        if (touched !== "model") expect(read.model).toEqual(good.model);
        if (touched !== "cost") expect(read.cost).toEqual(good.cost);
        if (touched !== "rate_limits") expect(read.limits as unknown).toEqual(good.limits);
        if (touched !== "context_window" && touched !== "exceeds_200k_tokens")
          expect(read.context).toEqual(good.context);
        if (touched !== "prompt_cache") expect(read.cache as unknown).toEqual(good.cache);
      }
  });

  test("never becomes NaN, infinite or negative", () => {
    for (const path of paths(subscription))
      for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY, -0, 1e308, "12"]) {
        for (const figure of figures(readPayload(withValue(path, wrong)))) {
          expect(Number.isFinite(figure)).toBe(true);
          expect(figure).toBeGreaterThanOrEqual(0);
        }
      }
  });

  function* figures(value: unknown): Generator<number> {
    if (typeof value === "number") yield value;
    else if (typeof value === "object" && value !== null)
      for (const child of Object.values(value)) yield* figures(child);
  }

  test("is undefined when it comes from a prototype", () => {
    const payload = readPayload(
      JSON.parse('{"__proto__":{"session_id":"x"},"constructor":{"model":{"id":"y"}}}'),
    );
    expect(payload.sessionId).toBeUndefined();
    expect(payload.model).toEqual({});
  });

  test("may be the whole payload", () => {
    for (const wrong of [null, 1, "x", [], [1], true, undefined])
      expect(readPayload(wrong).model).toEqual({});
  });
});

test("'cloud_dir', which 2.1.331 may send and no segment shows, is accepted with any value", () => {
  const good = readPayload(subscription);
  for (const cloud_dir of ["/home/user/proj", "", null, 1, ["x"], { path: "x" }])
    expect(readPayload({ ...subscription, workspace: { ...subscription.workspace, cloud_dir } })).toEqual(
      good,
    );
});

test("a percentage that the client does not send is computed from input and cache tokens over the whole window", () => {
  const context = structuredClone(subscription.context_window) as Record<string, unknown>;
  delete context.used_percentage;
  expect(readPayload({ context_window: context }).context.usedPercent).toBeCloseTo(6.5212, 4);
});

test("timestamps may be in seconds or milliseconds", () => {
  const at = (resets_at: unknown) =>
    readPayload({ rate_limits: { five_hour: { used_percentage: 1, resets_at } } }).limits?.fiveHour;
  expect(at(1_795_297_267)?.resetsAt).toBe(1_795_297_267_000);
  expect(at(1_795_297_267_000)?.resetsAt).toBe(1_795_297_267_000);
  expect(at(1e300)).toEqual({ usedPercent: 1 });
});

test("a context of zero tokens, as sent after /compact, is unknown", () => {
  const usage = {
    input_tokens: 0,
    output_tokens: 0,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  };
  const window = { context_window_size: 200_000, current_usage: usage, used_percentage: 0 };
  expect(readPayload({ context_window: window }).context).toEqual({ window: 200_000 });
});
