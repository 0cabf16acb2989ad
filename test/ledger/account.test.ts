import { expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
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

test.each([
  ["09:59.999", false],
  ["10:00.000", true],
])("messages from 10:00:00 to 10:%s allow a rate: %p", (clock, isAllowed) =>
  withMessages(["2026-11-20T10:00:00.000Z", `2026-11-20T10:${clock}Z`], (ledger) => {
    const { block } = ledger.accountUsage({ now: time("2026-11-20T10:10:01Z"), timezone: "UTC" });
    expect(block).toMatchObject({ costUsd: 2 });
    for (const rate of [block?.burnUsdPerHour, block?.tokensPerMinute, block?.projectedUsd])
      expect(rate !== undefined).toBe(isAllowed);
  }),
);

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

test("one account's figures leave out what sessions in another account's directory cost", async () => {
  using box = sandbox();
  for (const account of ["work", "home", "gone"])
    append(box.path(account), `s-${account}`, dollar(account, "2026-11-20T10:30:00.000Z"));
  using ledger = openLedger(box.path("ledger.db"));
  const directory = (account: string) => join(box.path(account), ".claude");
  await ledger.index(["work", "home", "gone"].map(directory));
  ledger.recordBill("s-home", { totalUsd: 5 }, time("2026-11-20T10:30:30.000Z"));
  symlinkSync(box.path("home"), box.path("alias"));
  const now = time("2026-11-20T11:00:00.000Z");
  const cost = (directories: string[] | undefined, withLimit = false) => {
    const usage = ledger.accountUsage({
      now,
      timezone: "UTC",
      ...(directories && { directories }),
      ...(withLimit && { fiveHourResetsAt: now + 3_600_000 }),
    });
    return [usage.today.costUsd, usage.week.costUsd, usage.block?.costUsd ?? 0];
  };
  expect(cost(undefined)).toEqual([7, 7, 7]);
  expect(cost([directory("work")])).toEqual([1, 1, 1]);
  expect(cost([directory("work")], true)).toEqual([1, 1, 1]);
  expect(cost([directory("alias")], true)).toEqual([5, 5, 5]);
  expect(cost([directory("work"), directory("gone")])).toEqual([2, 2, 2]);
  expect(cost([directory("unknown")], true)).toEqual([0, 0, 0]);
});
