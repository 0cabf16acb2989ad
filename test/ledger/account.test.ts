import { expect, test } from "bun:test";
import { join } from "node:path";
import { type Ledger, LedgerError, openLedger } from "../../src/ledger/index.ts";
import { sandbox } from "../helpers/binary.ts";
import { append, said } from "./lines.ts";

const time = (text: string) => Date.parse(text);
const dollar = (id: string, at: string) => said({ id, at, output: 40_000 });

async function withMessages(times: string[], body: (ledger: Ledger) => void): Promise<void> {
  using box = sandbox();
  for (const [index, at] of times.entries()) append(box.home, `s${index % 2}`, dollar(`m${index}`, at));
  using ledger = openLedger(box.path("ledger.db"));
  await ledger.index([join(box.home, ".claude")]);
  body(ledger);
}

test("today is the local day, with its clock changes, and the week is seven of them", () =>
  withMessages(
    [
      "2026-10-18T21:59:59.999Z",
      "2026-10-18T22:00:00.000Z",
      "2026-10-24T21:59:59.999Z",
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T22:59:59.999Z",
      "2026-10-25T23:00:00.000Z",
    ],
    (ledger) => {
      // 25 October has 25 hours in Berlin.
      const usage = ledger.accountUsage({ now: time("2026-10-25T12:00:00Z"), timezone: "Europe/Berlin" });
      expect(usage).toMatchObject({ day: "2026-10-25", today: { costUsd: 2 }, week: { costUsd: 4 } });
    },
  ));

test("a block starts at the hour of its first message and lasts five hours, its last instant included", () =>
  withMessages(
    [
      "2026-11-20T10:59:00.000Z",
      "2026-11-20T11:59:00.000Z",
      "2026-11-20T15:00:00.000Z",
      "2026-11-20T15:00:00.001Z",
    ],
    (ledger) => {
      const block = (now: string) => ledger.accountUsage({ now: time(now), timezone: "UTC" }).block;
      expect(block("2026-11-20T12:59:00Z")).toMatchObject({
        startAt: time("2026-11-20T10:00:00Z"),
        endAt: time("2026-11-20T15:00:00Z"),
        endIsKnown: false,
        costUsd: 2,
        burnUsdPerHour: 2,
        tokensPerMinute: 80_000 / 60,
        projectedUsd: expect.closeTo(2 + (121 / 60) * 2),
      });
      expect(block("2026-11-20T15:30:00Z")).toMatchObject({
        startAt: time("2026-11-20T15:00:00Z"),
        costUsd: 1,
      });
      expect(block("2026-11-20T20:00:00Z")).toBeUndefined();
    },
  ));

test("a block ends early when more than five hours pass between two messages", () =>
  withMessages(["2026-11-20T10:10:00.000Z", "2026-11-20T15:30:00.000Z"], (ledger) => {
    const { block } = ledger.accountUsage({ now: time("2026-11-20T15:31:00Z"), timezone: "UTC" });
    expect(block).toMatchObject({ startAt: time("2026-11-20T15:00:00Z"), costUsd: 1 });
    expect(block?.burnUsdPerHour).toBeUndefined();
  }));

test("an unbroken chain of blocks is followed from its beginning", () =>
  withMessages(
    // Every 100 minutes from 00:20: blocks begin at 00:00, 05:00 (the message of 05:20), and so on.
    Array.from({ length: 12 }, (_, index) =>
      new Date(time("2026-11-20T00:20:00Z") + index * 6_000_000).toISOString(),
    ),
    (ledger) => {
      const { block } = ledger.accountUsage({ now: time("2026-11-20T18:45:00Z"), timezone: "UTC" });
      expect(block).toMatchObject({ startAt: time("2026-11-20T15:00:00Z"), costUsd: 3 });
    },
  ));

test("where the client says when its window ends the block is that window", () =>
  withMessages(
    ["2026-11-20T10:10:00.000Z", "2026-11-20T11:07:00.000Z", "2026-11-20T13:00:00.000Z"],
    (ledger) => {
      const { block } = ledger.accountUsage({
        now: time("2026-11-20T13:05:00Z"),
        timezone: "UTC",
        fiveHourResetsAt: time("2026-11-20T16:05:00Z"),
      });
      expect(block).toMatchObject({
        startAt: time("2026-11-20T11:05:00Z"),
        endAt: time("2026-11-20T16:05:00Z"),
        endIsKnown: true,
        costUsd: 2,
      });
    },
  ));

test("a time zone that does not exist is an error that names it", () =>
  withMessages([], (ledger) => {
    expect(() => ledger.accountUsage({ now: 0, timezone: "Mars/Olympus" })).toThrow(LedgerError);
    expect(() => ledger.accountUsage({ now: 0, timezone: "Mars/Olympus" })).toThrow("Mars/Olympus");
  }));
