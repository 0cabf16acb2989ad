import { expect, test } from "bun:test";
import { sampleContext } from "../../../src/line/samples.ts";
import { draw, drawShort, payload, WIDE } from "../draw.ts";

const used = (usedPercent: number, over = {}) => ({
  payload: payload({
    context: { usedPercent, usedTokens: usedPercent * 10_000, window: 1_000_000, ...over },
  }),
});

test("bar, the client's own percentage, tokens of the window", () => {
  expect(draw("context", used(7, { usedTokens: 65_212 }))).toBe("╾───────── 7% 65k/1M");
  expect(draw("context", used(50))).toBe("━━━━━───── 50% 500k/1M");
});
test("is absent for null, and shows zero", () => {
  expect(draw("context", { payload: payload({ context: { window: 1_000_000 } }) })).toBeUndefined();
  expect(draw("context", used(0))).toBe("────────── 0% 0/1M");
});
test("shows what is left, also in the bar", () =>
  expect(draw("context", { ...used(7), options: { show: "left" } })).toBe("━━━━━━━━━╾ 93% left 930k/1M"));
test("marks levels, which can be configured", () => {
  expect(draw("context", used(70))).toContain("70%! ");
  expect(draw("context", used(85))).toContain("85%!! ");
  expect(draw("context", { ...used(85), options: { levels: [90, 95] } })).toContain("85% ");
});

test("levels refer to what fits before the client compacts, if that is known; the figure does not", () => {
  const { session } = sampleContext("busy", WIDE);
  const at = (usedTokens: number, facts: object | undefined, autoAtTokens?: number) => {
    const transcript = {
      value: { ...session?.parts.transcript?.value, lastCompaction: { at: 1, autoAtTokens } },
    };
    const compaction = facts && { window: 200_000, model: "m", readAt: 1, ...facts };
    const parts = { ...session?.parts, ...(autoAtTokens ? { transcript } : {}) };
    const context = { usedPercent: usedTokens / 2_000, usedTokens, window: 200_000 };
    return draw("context", {
      payload: payload({ context }),
      session: { ...session, compaction, parts } as never,
      options: { bar: false, tokens: false },
    });
  };
  expect(at(150_000, undefined)).toBe("75%!");
  expect(at(150_000, {})).toBe("75%!");
  expect(at(150_000, { point: 167_000 })).toBe("75%!!");
  expect(at(110_000, { point: 167_000 })).toBe("55%");
  expect(at(120_000, { point: 167_000 })).toBe("60%!");
  expect(at(150_000, {}, 168_000)).toBe("75%!!");
  // Of another window, or with compaction turned off, it says nothing.
  expect(at(150_000, { point: 167_000, window: 1_000_000 })).toBe("75%!");
  expect(at(150_000, {}, 967_000)).toBe("75%!");
  expect(at(150_000, { off: true }, 168_000)).toBe("75%!");
});
test("an absurd percentage stays short", () =>
  expect(draw("context", used(1e9, { usedTokens: 1e15 }))).toBe("━━━━━━━━━━ >999%!! >999B/1M"));
test("without bar and tokens; with a shorter bar where there is little room", () => {
  expect(draw("context", { ...used(7), options: { bar: false, tokens: false } })).toBe("7%");
  expect(drawShort("context", 12, used(30))).toBe("━─── 30%");
  expect(draw("context", { ...used(30), config: { bar: { shape: "ascii", cells: 5 } } })).toBe(
    "##--- 30% 300k/1M",
  );
});
