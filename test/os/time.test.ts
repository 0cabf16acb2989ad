/** Instants from outside: properties over the edges and over random input, from a fixed seed. */
import { describe, expect, test } from "bun:test";
import { ageMs, formatRfc3339, parseRfc3339, toMilliseconds, toSeconds } from "../../src/os/time.ts";

/** A small generator (mulberry32), so that a failure can be had again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const next = random(20_010_909);
const EDGES = [0, 1, -1, 1e12 - 1, 1e12, 1e12 + 1, -1e12, 2 ** 31, 2 ** 53, -(2 ** 53), 8.64e15, -8.64e15];
const GARBAGE = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  "1",
  null,
  undefined,
  {},
  [],
  true,
  1n,
];

describe("seconds and milliseconds", () => {
  test("part at 10^12, which as milliseconds is 2001-09-09T01:46:40Z", () => {
    expect(toMilliseconds(1e12)).toBe(1e12);
    expect(toMilliseconds(1e12 - 1)).toBe((1e12 - 1) * 1000);
    expect(toSeconds(1e12)).toBe(1e9);
    expect(toSeconds(1e12 - 1)).toBe(1e12 - 1);
    expect(formatRfc3339(1e12)).toBe("2001-09-09T01:46:40.000Z");
  });

  test("agree: the same instant in either unit is the same, for any instant of 2002 to 2100", () => {
    for (let round = 0; round < 2_000; round++) {
      const seconds = Math.floor(1_010_000_000 + next() * 3_000_000_000);
      expect(toMilliseconds(seconds)).toBe(toMilliseconds(seconds * 1000) as number);
      expect(toSeconds(seconds * 1000)).toBe(seconds);
    }
  });

  test("normalise twice like once", () => {
    for (const edge of EDGES.filter((each) => Math.abs(each) >= 1e9)) {
      const once = toMilliseconds(edge) as number;
      if (once >= 1e12) expect(toMilliseconds(once)).toBe(once);
    }
  });

  test("are undefined without a number", () => {
    for (const garbage of GARBAGE) {
      expect(toMilliseconds(garbage)).toBeUndefined();
      expect(toSeconds(garbage)).toBeUndefined();
    }
  });
});

describe("an age", () => {
  test("is never negative or NaN, even when the clock is wrong", () => {
    const clocks = [...EDGES, ...Array.from({ length: 500 }, () => (next() - 0.5) * 2e16)];
    for (const then of clocks)
      for (const now of EDGES) {
        const age = ageMs(then, now);
        expect(age).toBe(Math.max(0, now - then));
      }
    expect(ageMs(Number.NaN, 5)).toBe(0);
    expect(ageMs(5, Number.POSITIVE_INFINITY)).toBe(0);
  });
});

describe("RFC 3339", () => {
  test.each([
    ["1970-01-01T00:00:00Z", 0],
    ["1969-12-31T23:59:59.999Z", -1],
    ["2001-09-09T01:46:40Z", 1e12],
    ["2026-02-28t23:59:59z", Date.UTC(2026, 1, 28, 23, 59, 59)],
    ["2024-02-29 12:00:00+02:00", Date.UTC(2024, 1, 29, 10)],
    ["2026-01-01T00:00:00.123456789-08:30", Date.UTC(2026, 0, 1, 8, 30, 0, 123)],
    ["2016-12-31T23:59:60Z", Date.UTC(2017, 0, 1)],
    ["0001-01-01T00:00:00Z", -62135596800000],
    ["9999-12-31T23:59:59.999Z", 253402300799999],
  ])("reads %s", (text, ms) => {
    expect(parseRfc3339(text)).toBe(ms);
  });

  test.each([
    "",
    "now",
    "2026-01-01",
    "2026-01-01T00:00:00",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-01-32T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:61Z",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+2:00",
    "+2026-01-01T00:00:00Z",
    " 2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.Z",
    "２026-01-01T00:00:00Z",
  ])("makes nothing of %p", (text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  });

  test("reads back what it writes, from the year 0 to 9999", () => {
    for (let round = 0; round < 2_000; round++) {
      const ms = Math.floor(-62167219200000 + next() * 315569519999999);
      expect(parseRfc3339(formatRfc3339(ms))).toBe(ms);
    }
  });

  test("never gives NaN and never throws, for any text", () => {
    const alphabet = "0123456789-:TZ.+ tz";
    for (let round = 0; round < 5_000; round++) {
      const text = Array.from(
        { length: next() * 30 },
        () => alphabet[Math.floor(next() * alphabet.length)],
      ).join("");
      expect(parseRfc3339(text)).not.toBeNaN();
    }
    for (const garbage of GARBAGE) expect(parseRfc3339(garbage)).toBeUndefined();
    for (const ms of [Number.NaN, 9e15, -9e15, 8.64e15, Number.POSITIVE_INFINITY])
      expect(formatRfc3339(ms)).toBeUndefined();
  });
});
