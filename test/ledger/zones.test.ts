import { expect, test } from "bun:test";
import { dayName, dayOf, dayStart, namedZone, offsetSpans, type Zone } from "../../src/ledger/zones.ts";

const zone = (name: string): Zone => namedZone(name) as Zone;
const day = (at: string, name: string) => dayName(dayOf(Date.parse(at), zone(name)));

test("an instant is in the day that the clock of its zone shows", () => {
  const cases = [
    ["2026-11-20T23:59:59.999Z", "UTC", "2026-11-20"],
    ["2026-11-20T18:29:59.999Z", "Asia/Kolkata", "2026-11-20"],
    ["2026-11-20T18:30:00.000Z", "Asia/Kolkata", "2026-11-21"],
    ["2026-11-20T18:14:59.999Z", "Asia/Kathmandu", "2026-11-20"],
    ["2026-11-20T18:15:00.000Z", "Asia/Kathmandu", "2026-11-21"],
    ["2026-11-20T10:30:00.000Z", "Pacific/Chatham", "2026-11-21"],
    ["2026-01-01T04:59:59.999Z", "America/New_York", "2025-12-31"],
  ] as const;
  for (const [at, name, expected] of cases) expect([at, day(at, name)]).toEqual([at, expected]);
});

test("clock changes move the day with them, to the second", () => {
  // Spring forward on 29 March, back on 25 October 2026.
  expect(day("2026-03-28T22:59:59Z", "Europe/Berlin")).toBe("2026-03-28");
  expect(day("2026-03-28T23:00:00Z", "Europe/Berlin")).toBe("2026-03-29");
  expect(day("2026-03-29T21:59:59Z", "Europe/Berlin")).toBe("2026-03-29");
  expect(day("2026-03-29T22:00:00Z", "Europe/Berlin")).toBe("2026-03-30");
  expect(day("2026-10-25T22:59:59Z", "Europe/Berlin")).toBe("2026-10-25");
  expect(day("2026-10-25T23:00:00Z", "Europe/Berlin")).toBe("2026-10-26");
  // Half an hour's change.
  expect(day("2026-04-04T13:29:59Z", "Australia/Lord_Howe")).toBe("2026-04-05");
});

test("a day begins with its first instant, also where midnight does not exist", () => {
  const start = (name: string, date: string) =>
    new Date(dayStart(Date.parse(date) / 86_400_000, zone(name))).toISOString();
  expect(start("UTC", "2026-11-20")).toBe("2026-11-20T00:00:00.000Z");
  expect(start("Asia/Kolkata", "2026-11-20")).toBe("2026-11-19T18:30:00.000Z");
  expect(start("Pacific/Kiritimati", "2026-11-20")).toBe("2026-11-19T10:00:00.000Z");
  expect(start("Pacific/Pago_Pago", "2026-11-20")).toBe("2026-11-20T11:00:00.000Z");
  // Clocks went from 24:00 to 01:00.
  expect(start("Africa/Cairo", "2026-04-24")).toBe("2026-04-23T22:00:00.000Z");
});

test("the table agrees with the time zone library over twenty years", () => {
  for (const name of [
    "America/New_York",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Asia/Tehran",
    "America/Caracas",
  ]) {
    const table = zone(name);
    const format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: name,
      dateStyle: "short",
      timeStyle: "medium",
    });
    for (let at = Date.UTC(2010, 0); at < Date.UTC(2030, 0); at += 7_777_777_000) {
      const wall = Date.parse(`${format.format(at).replace(" ", "T")}Z`);
      expect([name, at, table.offsetMs(at)]).toEqual([name, at, wall - at]);
    }
  }
});

test("an unknown name has no zone", () => {
  expect(namedZone("Mars/Olympus")).toBeUndefined();
});

test("spans end where the clock is changed, also in the last week and at the last instant", () => {
  const change = Date.parse("2026-11-01T06:00:00Z");
  const spans = (from: number, to: number) =>
    [...offsetSpans(zone("America/New_York"), from, to)].map((span) => [span.from, span.to, span.offsetMs]);
  const [summer, winter] = [-4 * 3_600_000, -5 * 3_600_000];
  for (const days of [1, 3, 7, 8, 20]) {
    // Not whole seconds apart: a search by seconds must end all the same.
    const [from, to] = [change - days * 86_400_000, change + 3 * 86_400_000 + 501];
    expect(spans(from, to)).toEqual([
      [from, change, summer],
      [change, to, winter],
    ]);
    expect(spans(from, change)).toEqual([[from, change, summer]]);
    expect(spans(change, to)).toEqual([[change, to, winter]]);
  }
});
