import { expect, test } from "bun:test";
import type { Context } from "../../../src/line/context.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import type { Priced } from "../../../src/state/spend.ts";
import { draw, fromNow, payload, WIDE } from "../draw.ts";

const bill = (usd: number | undefined, apiDurationMs?: number) => ({
  payload: payload({ cost: { usd, apiDurationMs } as never }),
});

test("the client's bill", () => {
  expect(draw("cost", bill(0.034088, 293))).toBe("$0.03");
  expect(draw("cost", bill(0.0004, 293))).toBe("<$0.01");
  expect(draw("cost", bill(123.4, 293))).toBe("$123");
  expect(draw("cost", bill(12_345, 293))).toBe("$12.3k");
  expect(draw("cost", bill(1e300, 293))).toBe("$999M+");
});
test("is absent before the first request, and shows zero after a free one", () => {
  expect(draw("cost", bill(0, 0))).toBeUndefined();
  expect(draw("cost", bill(0))).toBeUndefined();
  expect(draw("cost", bill(0, 500))).toBe("$0.00");
});
test("the ledger's sum without a bill, marked as such", () => {
  const session = sampleContext("busy", WIDE).session as NonNullable<Context["session"]>;
  const known = (costUsd: number, priced: Priced) => {
    const value = {
      costUsd,
      priced,
      unattributedUsd: 0,
      input: 1,
      output: 1,
      cacheRead: 1,
      cacheWrite5m: 1,
      cacheWrite1h: 0,
    };
    const usage = { value, gatheredAt: fromNow(0), triedAt: fromNow(0), tookMs: 1 };
    return draw("cost", { ...bill(undefined), session: { ...session, parts: { usage } } });
  };
  expect(known(1.2, "exact")).toBe("$1.20");
  expect(known(1.2, "estimated")).toBe("~$1.20");
  expect(known(0, "unpriced")).toBe("$?");
  expect(known(1.2, "unpriced")).toBe(">$1.20");
});
test("takes from the ledger what a killed client has forgotten", () => {
  const session = sampleContext("busy", WIDE).session as NonNullable<Context["session"]>;
  const value = {
    costUsd: 0.17,
    billUsd: 0.17,
    priced: "exact" as const,
    unattributedUsd: 0,
    input: 1,
    output: 1,
    cacheRead: 1,
    cacheWrite5m: 1,
    cacheWrite1h: 0,
  };
  const usage = { value, gatheredAt: fromNow(0), triedAt: fromNow(0), tookMs: 1 };
  const known = { session: { ...session, parts: { usage } } };
  expect(draw("cost", { ...bill(0.02, 293), ...known })).toBe("$0.17");
  expect(draw("cost", { ...bill(0, 0), ...known })).toBe("$0.17");
  expect(draw("cost", { ...bill(0.18, 293), ...known })).toBe("$0.18");
});
test("a fork shows its own cost", () => {
  const session = sampleContext("busy", WIDE).session as NonNullable<Context["session"]>;
  const value = {
    costUsd: 0.02,
    billUsd: 0.02,
    inheritedUsd: 0.95,
    priced: "exact" as const,
    unattributedUsd: 0,
    input: 1,
    output: 1,
    cacheRead: 1,
    cacheWrite5m: 1,
    cacheWrite1h: 0,
  };
  const usage = { value, gatheredAt: fromNow(0), triedAt: fromNow(0), tookMs: 1 };
  const known = { session: { ...session, parts: { usage } } };
  expect(draw("cost", { ...bill(0.95, 293), ...known })).toBe("$0.02");
  expect(draw("cost", { ...bill(0.97, 293), ...known })).toBe("$0.02");
  expect(draw("cost", { ...bill(1.05, 293), ...known })).toBe("$0.10");
});
test("marks a configured level", () =>
  expect(draw("cost", { ...bill(12, 5), options: { levels: [10, 20] } })).toBe("$12.00!"));
