import { expect, test } from "bun:test";
import type { Payload } from "../../../src/claude/payload.ts";
import { draw, drawShort, fromNow, payload } from "../draw.ts";

const cache = (over: Payload["cache"]) => ({ payload: payload({ cache: over } as never) });
const warm = { warm: true, expiresAt: fromNow(4 * 60_000), hitRatio: 0.935, requests: 9 };

test("hit ratio, and the time of day at which it expires", () => {
  expect(draw("cache", cache(warm))).toBe("cache 94% →14:09");
  expect(draw("cache", { ...cache(warm), options: { time: "left" } })).toBe("cache 94% →4m");
  expect(drawShort("cache", 10, cache(warm))).toBe("cache 94%");
});
test("cold once it has expired, whatever the payload says, and what warming costs", () => {
  expect(draw("cache", cache({ ...warm, expiresAt: fromNow(-1), recacheTokensIfCold: 65_212 }))).toBe(
    "cache cold 65k",
  );
  expect(draw("cache", cache({ warm: false }))).toBe("cache cold");
});
test("a low hit ratio is marked, but not that of the first requests", () => {
  expect(draw("cache", cache({ ...warm, hitRatio: 0.3 }))).toBe("cache 30%! →14:09");
  expect(draw("cache", cache({ ...warm, hitRatio: 0, requests: 1 }))).toBe("cache 0% →14:09");
});
test("warm without a ratio", () => expect(draw("cache", cache({ warm: true }))).toBe("cache warm"));
test("is absent when nothing is cached", () => {
  expect(draw("cache", cache(undefined))).toBeUndefined();
  expect(draw("cache", cache({ misses: 0 }))).toBeUndefined();
});
test("shows no time left when the clock was set back", () => {
  for (const time of ["clock", "left"])
    expect(
      draw("cache", { ...cache({ ...warm, expiresAt: fromNow(86_400_000) }), options: { time } }),
    ).toEndWith("→?");
});
