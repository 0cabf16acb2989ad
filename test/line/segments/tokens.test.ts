import { expect, test } from "bun:test";
import type { Context } from "../../../src/line/context.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import type { SessionUsage } from "../../../src/state/parts.ts";
import { draw, drawShort, fromNow, WIDE } from "../draw.ts";
import { transcript } from "../transcript.ts";

const MINUTE = 60_000;

/** The busy session with another usage. */
function usage(over: Partial<SessionUsage>, old = 0, more: object = {}): Pick<Context, "session"> {
  const session = sampleContext("busy", WIDE).session as NonNullable<Context["session"]>;
  const value = { ...(session.parts.usage?.value as SessionUsage), ...over };
  const part = { value, gatheredAt: fromNow(-old), triedAt: fromNow(-old), tookMs: 1, ...more };
  return { session: { ...session, parts: { ...session.parts, usage: part } } };
}

test("all input, output, and what the cache served, from the ledger", () => {
  expect(draw("tokens")).toBe("in 3.1M out 38k cached 2.9M");
  expect(drawShort("tokens", 20)).toBe("in 3.1M out 38k");
  expect(draw("tokens", usage({ output: 99_000 }))).toBe("in 3.1M out 99k cached 2.9M");
});
test("marks a lower bound: missing tokens, a history still being read", () => {
  expect(draw("tokens", usage({ tokensMissing: true }))).toBe("in >3.1M out >38k cached >2.9M");
  expect(draw("tokens", usage({ partial: true }))).toBe("in >3.1M out >38k cached >2.9M");
  expect(drawShort("tokens", 20, usage({ partial: true }))).toBe("in >3.1M out >38k");
});
test("a lower bound after a compaction, whose tokens only the client counts", () => {
  const compacted = (at: number, tokensCountedAt?: number) => {
    const { session } = usage(tokensCountedAt === undefined ? {} : { tokensCountedAt });
    const facts = transcript({ lastCompaction: { at } }).session?.parts.transcript;
    return draw("tokens", {
      session: { ...session, parts: { ...session?.parts, transcript: facts } },
    } as never);
  };
  expect(compacted(fromNow(-MINUTE))).toBe("in >3.1M out >38k cached >2.9M");
  expect(compacted(fromNow(-MINUTE), fromNow(-2 * MINUTE))).toBe("in >3.1M out >38k cached >2.9M");
  expect(compacted(fromNow(-2 * MINUTE), fromNow(-MINUTE))).toBe("in 3.1M out 38k cached 2.9M");
});
test("until the ledger has the session, the transcript's own sum is a lower bound", () => {
  const nothing = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  expect(draw("tokens", usage(nothing))).toBe("in >3.1M out >38k cached >2.9M");
  expect(draw("tokens", transcript({}))).toBe("in >3.1M out >38k cached >2.9M");
});
test("marks stale figures and failures", () => {
  expect(draw("tokens", usage({}, 20 * MINUTE))).toBe("in 3.1M out 38k cached 2.9M (20m old)");
  expect(draw("tokens", usage({}, 0, { error: "disk full", failures: 1 }))).toBe(
    "in 3.1M out 38k cached 2.9M ×",
  );
});
test("is absent before the first reply", () => {
  expect(draw("tokens", transcript({ tokens: undefined }))).toBeUndefined();
  const none = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  expect(draw("tokens", transcript({ tokens: none }))).toBeUndefined();
});
