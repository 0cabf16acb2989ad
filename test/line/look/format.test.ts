import { expect, test } from "bun:test";
import {
  age,
  ago,
  clockTime,
  count,
  duration,
  money,
  percent,
  tokens,
} from "../../../src/line/look/format.ts";
import { utc } from "../../../src/line/samples.ts";

const table = <T>(write: (value: T) => string, rows: readonly (readonly [T, string])[]) => {
  for (const [value, text] of rows) expect(write(value), String(value)).toBe(text);
};

test("percentages", () =>
  table(percent, [
    [-5, "0%"],
    [Number.NaN, "0%"],
    [0, "0%"],
    [0.01, "<1%"],
    [0.99, "<1%"],
    [1, "1%"],
    [7, "7%"],
    [23.5, "24%"],
    [41.2, "41%"],
    [98.9, "99%"],
    [99.01, "99%"],
    [99.99, "99%"],
    [100, "100%"],
    [999, "999%"],
    [999.6, ">999%"],
    [1e300, ">999%"],
  ]));

test("tokens", () =>
  table(tokens, [
    [-1, "0"],
    [0, "0"],
    [950, "950"],
    [999.6, "1000"],
    [1000, "1k"],
    [1234, "1.2k"],
    [9949, "9.9k"],
    [9950, "10k"],
    [65_212, "65k"],
    [999_499, "999k"],
    [999_500, "1M"],
    [1_000_000, "1M"],
    [2_910_000, "2.9M"],
    [999_600_000, "1B"],
    [1e15, ">999B"],
    [Number.POSITIVE_INFINITY, ">999B"],
  ]));

test("money", () => {
  table(money, [
    [0, "$0.00"],
    [0.0001, "<$0.01"],
    [0.01, "$0.01"],
    [0.034088, "$0.03"],
    [1.2, "$1.20"],
    [99.99, "$99.99"],
    [99.996, "$100"],
    [123.4, "$123"],
    [9_999, "$9999"],
    [9_999.6, "$10k"],
    [12_345, "$12.3k"],
    [1e6, "$1M"],
    [1.25e6, "$1.3M"],
    [1e12, "$999M+"],
  ]);
  expect(money(1.2, "estimated")).toBe("~$1.20");
  expect(money(0.001, "estimated")).toBe("<$0.01");
  expect(money(0, "unpriced")).toBe("$?");
  expect(money(3, "unpriced")).toBe(">$3.00");
});

test("durations and ages", () => {
  const [s, m, h, d] = [1000, 60_000, 3_600_000, 86_400_000];
  table(duration, [
    [-5, "0s"],
    [Number.NaN, "0s"],
    [999, "0s"],
    [35_914, "35s"],
    [m, "1m"],
    [59 * m + 59 * s, "59m"],
    [h, "1h00m"],
    [h + 5 * m, "1h05m"],
    [d - 1, "23h59m"],
    [d, "1d"],
    [3 * d + 7 * h, "3d7h"],
    [12 * d + 7 * h, "12d"],
    [5000 * d, ">999d"],
    [1e300, ">999d"],
  ]);
  table(age, [
    [5 * s, "5s"],
    [m * 3.9, "3m"],
    [h * 2.9, "2h"],
    [d * 3.9, "3d"],
    [1e300, ">999d"],
  ]);
  table(ago, [
    [-5 * s, "0s ago"],
    [m - 1, "59s ago"],
    [m, "1m ago"],
    [h, "1h ago"],
    [25 * h, "1d ago"],
  ]);
});

test("counts and clocks", () => {
  table(count, [
    [0, "0"],
    [9_999, "9999"],
    [10_000, "10k"],
    [1e300, ">999B"],
  ]);
  const at = (hour: number, minute: number) => ({
    ...(utc(0) as NonNullable<ReturnType<typeof utc>>),
    hour,
    minute,
  });
  expect(clockTime(at(0, 5))).toBe("00:05");
  expect(clockTime(at(0, 5), 12)).toBe("12:05am");
  expect(clockTime(at(12, 0), 12)).toBe("12:00pm");
  expect(clockTime(at(23, 59), 12)).toBe("11:59pm");
});
