import { expect, test } from "bun:test";
import type { Context } from "../../../src/line/context.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import type { AccountUsage, BlockUsage } from "../../../src/state/parts.ts";
import { draw, drawShort, fromNow, WIDE } from "../draw.ts";

const base = sampleContext("busy", WIDE).account as NonNullable<Context["account"]>;
const value = base.parts.usage?.value as AccountUsage;
function given(over: Partial<BlockUsage>, from = value.block as BlockUsage) {
  const block = { ...from, ...over };
  const usage = { value: { ...value, block }, gatheredAt: fromNow(0), triedAt: fromNow(0), tookMs: 1 };
  return { account: { ...base, parts: { usage } } };
}

test("cost, burn rate, projection and time left", () => {
  expect(draw("block")).toBe("block $4.21 $1.36/h →~$6.79 1h54m left");
  expect(drawShort("block", 12)).toBe("block $4.21");
});
test("an inferred end is marked", () =>
  expect(draw("block", given({ endIsKnown: false }))).toBe("block $4.21 $1.36/h →~$6.79 ~1h54m left"));
test("hides what is switched off", () =>
  expect(draw("block", { options: { burn: false, projection: false, left: false } })).toBe("block $4.21"));
test("shows no rate for an unknown price", () =>
  expect(draw("block", given({ priced: "unpriced", costUsd: 0 }))).toBe("block $? 1h54m left"));
test("shows neither rate nor projection for a block that is too young for them", () => {
  const { burnUsdPerHour: _, tokensPerMinute: __, projectedUsd: ___, ...young } = value.block as BlockUsage;
  expect(draw("block", given({}, young))).toBe("block $4.21 1h54m left");
  expect(draw("burn", given({}, young))).toBeUndefined();
});
test("hides a block that has ended", () =>
  expect(draw("block", given({ endAt: fromNow(-1) }))).toBeUndefined());
test("shows neither time left nor projection when the clock was set back", () =>
  expect(draw("block", given({ endAt: fromNow(26 * 3_600_000) }))).toMatch(/^block \S+ \S+\/h \? left$/));
