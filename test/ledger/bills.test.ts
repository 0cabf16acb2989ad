import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { accumulate, type BillPoint } from "../../src/ledger/bill-series.ts";
import { type Ledger, openLedger } from "../../src/ledger/index.ts";
import { sandbox } from "../helpers/binary.ts";
import { append, billed, happened, said } from "./lines.ts";
import { dbOf } from "./read-ledger.ts";

const NOON = Date.UTC(2026, 10, 20, 12);
const at = (clock: string) => Date.parse(`2026-11-20T${clock}.000Z`);
const point = (minute: number, run: string, totalUsd: number, since: number | null = null): BillPoint => ({
  at: minute * 60_000,
  run,
  totalUsd,
  since,
});
const total = (...points: BillPoint[]) => accumulate(points).points.at(-1)?.totalUsd;

describe("bills of one session", () => {
  test("are cumulative: the newest counts, also over a resume", () => {
    expect(total(point(1, "a", 0.1), point(2, "a", 0.2))).toBeCloseTo(0.2);
    expect(total(point(1, "a", 0.2), point(2, "b", 0.2), point(3, "b", 0.5))).toBeCloseTo(0.5);
  });

  test("do not lose what a killed run had spent when the next one has forgotten it", () => {
    expect(total(point(1, "a", 0.17), point(2, "b", 0), point(3, "b", 0.04))).toBeCloseTo(0.21);
    expect(
      total(
        point(1, "a", 0.1),
        point(2, "b", 0.1),
        point(3, "b", 0.3),
        point(4, "c", 0.1),
        point(5, "c", 0.2),
      ),
    ).toBeCloseTo(0.4);
  });

  test("count what the next run spent before it was first heard", () => {
    expect(
      total(point(1, "a", 0), point(2, "a", 0.17), point(3, "b", 0.04), point(4, "b", 0.05)),
    ).toBeCloseTo(0.22);
    expect(
      total(
        point(1, "a", 0),
        point(2, "", 0.1, 59_000),
        point(3, "b", 0.1),
        point(4, "b", 0.4),
        point(5, "c", 0.15),
      ),
    ).toBeCloseTo(0.45);
  });

  test("of two runs at the same time add up from where they began", () => {
    expect(
      total(
        point(1, "a", 0.1),
        point(2, "b", 0.1),
        point(3, "a", 0.3),
        point(4, "b", 0.15),
        point(5, "a", 0.4),
      ),
    ).toBeCloseTo(0.45);
  });

  test("may come in any order, and again", () => {
    expect(total(point(3, "a", 0.3), point(1, "a", 0.1), point(2, "a", 0.2), point(3, "a", 0.3))).toBeCloseTo(
      0.3,
    );
  });

  test("from a transcript are those of the run that spoke last", () => {
    expect(
      total(point(1, "a", 0), point(2, "a", 0.1), point(3, "", 0.12, 59_000), point(4, "", 0.12, 59_000)),
    ).toBeCloseTo(0.12);
  });

  test("from a transcript whose run began later count beside it", () => {
    expect(total(point(1, "a", 0), point(2, "a", 0.1), point(9, "", 0.05, 5 * 60_000))).toBeCloseTo(0.15);
  });
});

/** A ledger over one session's lines. */
async function withSession(lines: string[], body: (ledger: Ledger) => void | Promise<void>): Promise<void> {
  using box = sandbox();
  append(box.home, "s", ...lines);
  using ledger = openLedger(box.path("ledger.db"));
  await ledger.index([join(box.home, ".claude")]);
  await body(ledger);
}

// One million output tokens of this model are $25.
const dollar = (id: string, clock: string, usd = 1) => said({ id, at: clock, output: usd * 40_000 });

describe("a session's cost", () => {
  test("without a bill is the sum of its messages", () =>
    withSession([dollar("a", "10:00:00"), dollar("b", "10:01:00")], (ledger) => {
      expect(ledger.sessionUsage("s")).toEqual({
        costUsd: 2,
        priced: "exact",
        unattributedUsd: 0,
        input: 0,
        output: 80_000,
        cacheRead: 0,
        cacheWrite5m: 0,
        cacheWrite1h: 0,
      });
    }));

  test("is the client's bill, and what no message explains is unattributed, booked when it was seen", () =>
    withSession([dollar("a", "10:00:00"), happened("23:59:00"), billed("s", 1.5)], (ledger) => {
      expect(ledger.sessionUsage("s")).toMatchObject({ costUsd: 1.5, unattributedUsd: 0.5, billUsd: 1.5 });
      const account = (now: string) => ledger.accountUsage({ now: Date.parse(now), timezone: "UTC" });
      expect(account("2026-11-20T23:59:30Z").today).toMatchObject({ costUsd: 1.5, unattributedUsd: 0.5 });
      expect(account("2026-11-21T00:00:30Z").today).toMatchObject({ costUsd: 0, unattributedUsd: 0 });
      expect(account("2026-11-21T00:00:30Z").week).toMatchObject({ costUsd: 1.5, unattributedUsd: 0.5 });
    }));

  test("continues from the bill with newer messages", () =>
    withSession([dollar("a", "10:00:00"), dollar("b", "10:05:00")], (ledger) => {
      ledger.recordBill("s", { totalUsd: 1.25 }, at("10:00:30"));
      expect(ledger.sessionUsage("s")).toMatchObject({ costUsd: 2.25, unattributedUsd: 0.25, billUsd: 1.25 });
    }));

  test("is not short of a message that a payload's bill had not counted yet", () =>
    withSession([dollar("a", "10:00:00"), dollar("b", "10:00:09")], (ledger) => {
      ledger.recordBill("s", { totalUsd: 1, run: "1" }, at("10:00:10"));
      expect(ledger.sessionUsage("s")).toMatchObject({ costUsd: 2, unattributedUsd: 0 });
      expect(ledger.suspects()).toEqual([]);
      ledger.recordBill("s", { totalUsd: 2, run: "1" }, at("10:00:12"));
      expect(ledger.sessionUsage("s")).toMatchObject({ costUsd: 2, unattributedUsd: 0 });
    }));

  test("has the newest message once when its price is too high, or an older one's was", async () => {
    // A price that is too high: the bill has the message for less.
    await withSession([dollar("a", "10:00:09", 3)], (ledger) => {
      ledger.recordBill("s", { totalUsd: 0, run: "1" }, at("10:00:00"));
      ledger.recordBill("s", { totalUsd: 1.5, run: "1" }, at("10:00:10"));
      expect(ledger.sessionUsage("s").costUsd).toBeCloseTo(1.5);
    });
    // The excess of an older message, from an estimate, is no lag of the newest bill.
    const estimated = said({ id: "a", model: "claude-sonnet-5-5", at: "10:00:09", output: 100_000 });
    await withSession([estimated, dollar("b", "10:01:09")], (ledger) => {
      ledger.recordBill("s", { totalUsd: 0, run: "1" }, at("10:00:00"));
      ledger.recordBill("s", { totalUsd: 0.5, run: "1" }, at("10:00:30"));
      ledger.recordBill("s", { totalUsd: 1.5, run: "1" }, at("10:01:10"));
      expect(ledger.sessionUsage("s").costUsd).toBeCloseTo(1.5);
    });
    // A bill of several runs.
    await withSession([dollar("a", "10:00:09"), dollar("b", "10:01:09", 3)], (ledger) => {
      ledger.recordBill("s", { totalUsd: 1, run: "1" }, at("10:00:30"));
      ledger.recordBill("s", { totalUsd: 1, run: "2" }, at("10:01:00"));
      ledger.recordBill("s", { totalUsd: 2.5, run: "2" }, at("10:01:10"));
      expect(ledger.sessionUsage("s").costUsd).toBeCloseTo(2.5);
    });
  });

  test("has a message that a late bill has not, though an older one's price was too high", () => {
    const estimated = said({ id: "a", model: "claude-sonnet-5-5", at: "10:00:09", output: 100_000 });
    return withSession([estimated, dollar("b", "10:01:09")], (ledger) => {
      ledger.recordBill("s", { totalUsd: 0, run: "1" }, at("10:00:00"));
      ledger.recordBill("s", { totalUsd: 0.5, run: "1" }, at("10:00:30"));
      // The same bill after the message: it lags.
      ledger.recordBill("s", { totalUsd: 0.5, run: "1" }, at("10:01:10"));
      expect(ledger.sessionUsage("s").costUsd).toBeCloseTo(1.5);
    });
  });

  test("is complete when two payloads say the same after the newest message", () =>
    withSession([dollar("a", "10:00:00"), dollar("b", "10:00:09")], (ledger) => {
      ledger.recordBill("s", { totalUsd: 0, run: "1" }, at("09:59:00"));
      ledger.recordBill("s", { totalUsd: 1, run: "1" }, at("10:00:10"));
      expect(ledger.sessionUsage("s").costUsd).toBeCloseTo(2);
      ledger.recordBill("s", { totalUsd: 1, run: "1" }, at("10:00:12"));
      expect(ledger.sessionUsage("s").costUsd).toBeCloseTo(1);
    }));

  test("is the bill's, though our prices are higher, once the client has said it again long after the last message", () =>
    withSession([dollar("a", "10:00:00"), dollar("b", "10:00:09")], (ledger) => {
      for (const clock of ["10:00:10", "10:00:20", "10:20:00", "10:40:00"])
        ledger.recordBill("s", { totalUsd: 1.9, run: "1" }, at(clock));
      expect(ledger.sessionUsage("s").costUsd).toBeCloseTo(1.9);
      // When it was spent, and until when it was all: more is not kept.
      const kept = dbOf(ledger).query("select at from bills order by at").values().flat();
      expect(kept).toEqual([at("10:00:10"), at("10:40:00")]);
    }));

  test("of a model with an estimated price stays an estimate while the bill may be a message behind", () =>
    withSession([said({ model: "claude-sonnet-5-9", at: "10:00:09", output: 1000 })], (ledger) => {
      ledger.recordBill("s", { totalUsd: 0.001, run: "1" }, at("10:00:10"));
      expect(ledger.sessionUsage("s").priced).toBe("estimated");
      ledger.recordBill("s", { totalUsd: 0.001, run: "1" }, at("10:00:20"));
      expect(ledger.sessionUsage("s")).toMatchObject({ costUsd: expect.closeTo(0.001), priced: "exact" });
    }));

  test("books nothing for a bill that came before its message's line", async () => {
    using box = sandbox();
    using ledger = openLedger(box.path("ledger.db"));
    const claude = [join(box.home, ".claude")];
    ledger.recordBill("s", { totalUsd: 1, run: "1" }, at("10:00:05"));
    expect(ledger.sessionUsage("s")).toMatchObject({ costUsd: 1, unattributedUsd: 1 });
    append(box.home, "s", dollar("a", "10:00:00"));
    await ledger.index(claude);
    expect(ledger.sessionUsage("s")).toMatchObject({ costUsd: 1, unattributedUsd: 0 });
    ledger.recordBill("s", { totalUsd: 1.1, run: "1" }, at("13:00:00"));
    const blockAt = (clock: string) => ledger.accountUsage({ now: at(clock), timezone: "UTC" }).block;
    expect(blockAt("13:30:00")).toMatchObject({ costUsd: 1.1, startAt: at("10:00:00") });
  });

  test("is the bill's even when our prices are higher, and the model is suspect then", () =>
    withSession([dollar("a", "10:00:00"), happened("10:01:00"), billed("s", 0.8)], (ledger) => {
      const usage = ledger.sessionUsage("s");
      expect(usage.costUsd).toBeCloseTo(0.8);
      expect(usage.unattributedUsd).toBeCloseTo(-0.2);
      expect(ledger.suspects()).toEqual([
        { sessionId: "s", models: ["claude-opus-4-5"], excessUsd: expect.closeTo(0.2) },
      ]);
    }));

  test("that is below our estimate is corrected on the messages' days, and no day becomes negative", () =>
    withSession(
      [
        said({ id: "a", model: "claude-sonnet-5-9", at: "2026-11-18T10:00:00.000Z", output: 30_000 }),
        said({ id: "b", model: "claude-sonnet-5-9", at: "2026-11-19T10:00:00.000Z", output: 10_000 }),
        dollar("c", "2026-11-19T10:01:00.000Z", 0.1),
      ],
      (ledger) => {
        const day = (date: string) =>
          ledger.accountUsage({ now: Date.parse(`${date}T23:00:00Z`), timezone: "UTC" }).today.costUsd;
        const [estimated] = [day("2026-11-18")];
        ledger.recordBill("s", { totalUsd: 0.2, run: "1" }, at("12:00:00"));
        expect(ledger.sessionUsage("s").costUsd).toBeCloseTo(0.2);
        expect(estimated).toBeGreaterThan(0.075);
        // The price that is known stays; of the other two messages one has three quarters.
        expect(day("2026-11-18")).toBeCloseTo(0.075);
        expect(day("2026-11-19")).toBeCloseTo(0.125);
        expect(day("2026-11-20")).toBe(0);
      },
    ));

  test("is corrected on each side of the instant at which the client's window begins", () =>
    withSession([dollar("a", "10:01:00", 9), dollar("b", "10:14:00"), happened("10:20:00")], (ledger) => {
      ledger.recordBill("s", { totalUsd: 2, run: "1" }, at("10:30:00"));
      const block = (from: string) =>
        ledger.accountUsage({
          now: at("11:00:00"),
          timezone: "UTC",
          fiveHourResetsAt: at(from) + 5 * 3_600_000,
        }).block?.costUsd;
      expect(block("10:10:00")).toBeCloseTo(0.2);
      expect(block("10:01:00")).toBeCloseTo(2);
    }));

  test("does not take for overcharged what a killed run's messages cost before the bills began", () =>
    withSession(
      [
        dollar("a", "10:00:00", 3),
        dollar("b", "10:05:00"),
        happened("10:06:00"),
        JSON.stringify({
          type: "cost-state",
          sessionId: "s",
          totalCostUSD: 1.5,
          startTime: at("10:04:00"),
          modelUsage: {},
        }),
      ],
      (ledger) => {
        expect(ledger.sessionUsage("s")).toMatchObject({ costUsd: 4.5, unattributedUsd: 0.5 });
        expect(ledger.suspects()).toEqual([]);
      },
    ));

  test("has what was spent before the client began to count from nothing", () =>
    withSession([dollar("a", "10:00:00", 3), dollar("b", "11:00:00")], (ledger) => {
      ledger.recordBill("s", { totalUsd: 0, run: "2" }, at("10:30:00"));
      ledger.recordBill("s", { totalUsd: 1.5, run: "2" }, at("11:00:30"));
      expect(ledger.sessionUsage("s")).toMatchObject({ costUsd: 4.5, unattributedUsd: 0.5 });
      expect(ledger.suspects()).toEqual([]);
    }));

  test("stays on its message's day when the bill was early", () =>
    withSession([said({ id: "a", at: "2026-11-21T00:20:00.000Z", output: 40_000 })], (ledger) => {
      ledger.recordBill("s", { totalUsd: 1, run: "1" }, at("23:59:00"));
      ledger.recordBill("s", { totalUsd: 1.25, run: "1" }, Date.parse("2026-11-21T00:30:00Z"));
      const day = (now: string) =>
        ledger.accountUsage({ now: Date.parse(now), timezone: "UTC" }).today.costUsd;
      expect([day("2026-11-20T23:59:30Z"), day("2026-11-21T00:31:00Z")]).toEqual([0.25, 1]);
    }));

  test("of a model with an estimated price is exact when the bill says it, and teaches the price", () => {
    const model = "claude-sonnet-5-9";
    const tokens = {
      inputTokens: 12,
      outputTokens: 42,
      cacheReadInputTokens: 61_000,
      cacheCreationInputTokens: 4_200,
    };
    const bill = { [model]: { ...tokens, cacheCreationEphemeral1hInputTokens: 0, costUSD: 0.017044 } };
    return withSession(
      [
        said({ id: "a", model, input: 12, output: 42, read: 61_000, write5m: 4_200 }),
        happened("10:01:00"),
        billed("s", 0.017044, bill),
        // The same tokens in a session that has no bill yet.
        said({
          id: "b",
          session: "t",
          model,
          input: 12,
          output: 42,
          read: 61_000,
          write5m: 4_200,
          at: "11:00:00",
        }),
      ],
      (ledger) => {
        expect(ledger.sessionUsage("s")).toMatchObject({
          costUsd: expect.closeTo(0.017044, 9),
          priced: "exact",
        });
        expect(ledger.sessionUsage("t")).toMatchObject({
          costUsd: expect.closeTo(0.017044, 9),
          priced: "estimated",
        });
        expect(ledger.sessionUsage("s").unattributedUsd).toBeCloseTo(0, 9);
      },
    );
  });

  test("of an unknown session is nothing", () =>
    withSession([], (ledger) => expect(ledger.sessionUsage("unknown").costUsd).toBe(0)));
});

test("tokens that the bill has and no message explains are unattributed with the cost", () =>
  withSession(
    [
      dollar("a", "10:00:00"),
      happened("10:01:00"),
      billed("s", 1.5, {
        "claude-opus-4-5": {
          inputTokens: 100,
          outputTokens: 60_000,
          cacheReadInputTokens: 7,
          cacheCreationInputTokens: 30,
          cacheCreationEphemeral1hInputTokens: 10,
          costUSD: 1.5,
        },
      }),
    ],
    (ledger) =>
      expect(ledger.sessionUsage("s")).toMatchObject({
        costUsd: 1.5,
        unattributedUsd: 0.5,
        input: 100,
        output: 60_000,
        cacheRead: 7,
        cacheWrite5m: 20,
        cacheWrite1h: 10,
      }),
  ));

test("a published price that the bills disagree with by more than two percent is named", () => {
  const usage = (costUSD: number) => ({ "claude-opus-4-5": { outputTokens: 40_000, costUSD } });
  return withSession(
    [dollar("a", "10:00:00"), happened("10:01:00"), billed("s", 1.01, usage(1.01))],
    async (ledger) => {
      expect(ledger.priceChecks()).toEqual([]);
      dbOf(ledger).run("update bills set models = replace(models, '1.01', '1.2')");
      expect(ledger.priceChecks()).toEqual([{ model: "claude-opus-4-5", ourUsd: 1, billedUsd: 1.2 }]);
    },
  );
});

test("of a stream of bills few are kept", () => {
  using box = sandbox();
  using ledger = openLedger(box.path("ledger.db"));
  for (let second = 0; second < 3_600; second += 5)
    ledger.recordBill("s", { totalUsd: second / 1000, run: "1" }, NOON + second * 1000);
  expect(dbOf(ledger).query("select count(*) from bills").values()[0]?.[0]).toBeLessThan(7);
  expect(ledger.sessionUsage("s").billUsd).toBeCloseTo(3.595);
});

test("bills that were recorded while the clock was ahead do not hide later ones", () => {
  using box = sandbox();
  using ledger = openLedger(box.path("ledger.db"));
  const now = Date.now();
  const record = (totalUsd: number, run: string, at: number) => ledger.recordBill("s", { totalUsd, run }, at);
  const year = 365 * 86_400_000;
  record(1, "first", now + year);
  record(1.5, "first", now + year + 5_000);
  record(2, "first", now);
  expect(ledger.sessionUsage("s").billUsd).toBe(2);
  record(3, "first", now + 60_000);
  expect(ledger.sessionUsage("s").billUsd).toBe(3);
});
