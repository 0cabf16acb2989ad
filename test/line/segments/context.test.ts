import { expect, test } from "bun:test";
import { draw, drawShort, payload } from "../draw.ts";

const used = (usedPercent: number, over = {}) => ({
  payload: payload({
    context: { usedPercent, usedTokens: usedPercent * 10_000, window: 1_000_000, ...over },
  }),
});

test("bar, the client's own percentage, tokens of the window", () => {
  expect(draw("context", used(7, { usedTokens: 65_212 }))).toBe("▰▱▱▱▱▱▱▱▱▱ 7% 65k/1M");
  expect(draw("context", used(50))).toBe("▰▰▰▰▰▱▱▱▱▱ 50% 500k/1M");
});
test("null is not zero, but zero is", () => {
  expect(draw("context", { payload: payload({ context: { window: 1_000_000 } }) })).toBeUndefined();
  expect(draw("context", used(0))).toBe("▱▱▱▱▱▱▱▱▱▱ 0% 0/1M");
});
test("what is left instead, in the bar, too", () =>
  expect(draw("context", { ...used(7), options: { show: "left" } })).toBe("▰▰▰▰▰▰▰▰▰▱ 93% left 930k/1M"));
test("thresholds carry a mark, and can be moved", () => {
  expect(draw("context", used(70))).toContain("70%! ");
  expect(draw("context", used(85))).toContain("85%!! ");
  expect(draw("context", { ...used(85), options: { levels: [90, 95] } })).toContain("85% ");
});
test("a percentage beyond all reason stays short", () =>
  expect(draw("context", used(1e9, { usedTokens: 1e15 }))).toBe("▰▰▰▰▰▰▰▰▰▰ >999%!! >999B/1M"));
test("without bar and tokens; with a shorter bar where there is little room", () => {
  expect(draw("context", { ...used(7), options: { bar: false, tokens: false } })).toBe("7%");
  expect(drawShort("context", 12, used(30))).toBe("▰▱▱▱ 30%");
  expect(draw("context", { ...used(30), settings: { bar: { shape: "ascii", cells: 5 } } })).toBe(
    "##--- 30% 300k/1M",
  );
});
