import { expect, test } from "bun:test";
import type { Context } from "../../../src/line/context.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import type { AccountUsage, BlockUsage } from "../../../src/state/parts.ts";
import { draw, fromNow, WIDE } from "../draw.ts";

test("USD an hour, and tokens a minute on request", () => {
  expect(draw("burn")).toBe("$1.36/h");
  expect(draw("burn", { options: { tokens: true } })).toBe("$1.36/h 54k/min");
});
test("tokens a minute are marked where some of the tokens are unknown", () => {
  const account = sampleContext("busy", WIDE).account as NonNullable<Context["account"]>;
  const value = account.parts.usage?.value as AccountUsage;
  const block = { ...(value.block as BlockUsage), tokensMissing: true };
  const usage = { value: { ...value, block }, gatheredAt: fromNow(0), triedAt: fromNow(0), tookMs: 1 };
  const given = { options: { tokens: true }, account: { ...account, parts: { usage } } };
  expect(draw("burn", given)).toBe("$1.36/h >54k/min");
});
test("is absent without a block", () =>
  expect(draw("burn", { account: undefined as never })).toBeUndefined());
