import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type Ledger, openLedger } from "../../src/ledger/index.ts";
import { makeFormat } from "../../src/usage/format.ts";
import { screen } from "../../src/usage/live.ts";
import { overview } from "../../src/usage/overview.ts";
import type { ReportName } from "../../src/usage/query.ts";
import { REPORTS } from "../../src/usage/query.ts";
import type { ReportContext } from "../../src/usage/report-context.ts";
import { report } from "../../src/usage/reports.ts";
import { type Sandbox, sandbox } from "../helpers/binary.ts";
import { goldens } from "../helpers/golden.ts";
import { makeHistory, writeHistory } from "../helpers/history.ts";
import { append, billed, happened, said } from "../ledger/lines.ts";
import { contextOf, queryOf } from "./context.ts";

const golden = goldens(import.meta.dir);
const NOW = Date.UTC(2026, 10, 20, 12, 40);
const WIDTHS = [60, 100, 160];

let box: Sandbox;
let ledger: Ledger;
beforeAll(async () => {
  box = sandbox();
  writeHistory(
    box.home,
    makeHistory({ seed: 31, sessions: 20, turns: 14, projects: 8, now: NOW, days: 45, plain: true }),
  );
  // A model with an estimated price, one without a price, and a bill that exceeds its messages.
  append(
    box.home,
    "11111111-2222-4333-8444-555555555555",
    said({
      id: "a",
      model: "claude-sonnet-5-9",
      at: "10:10:00",
      input: 5_000,
      output: 90_000,
      read: 4_000_000,
    }),
    said({ id: "b", model: "claude-zeppelin-9", at: "11:10:00", output: 30_000 }),
    said({
      id: "c",
      session: "22222222-2222-4333-8444-555555555555",
      at: "11:59:00",
      output: 40_000,
      write1h: 90_000,
    }),
    happened("12:00:00"),
    billed("22222222-2222-4333-8444-555555555555", 2.5),
  );
  ledger = openLedger(box.path("ledger.db"));
  await ledger.index([join(box.home, ".claude")]);
});
afterAll(() => {
  ledger[Symbol.dispose]();
  box[Symbol.dispose]();
});

const at = (width: number, used = ledger): ReportContext => contextOf(box, used, { now: NOW, width });
const query = (view: ReportName, breakdown = false) => queryOf(view, { breakdown });

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => Bun.stringWidth(line)));

describe("every screen fits the terminal and equals its golden file", () => {
  for (const width of WIDTHS) {
    test(`the overview at ${width} columns`, () => {
      const text = overview(at(width)).join("\n");
      expect(widest(text)).toBeLessThanOrEqual(width);
      golden.expect(`overview-${width}`, text);
    });

    test(`the live block at ${width} columns`, () => {
      const text = screen(at(width)).join("\n");
      expect(widest(text)).toBeLessThanOrEqual(width);
      golden.expect(`live-${width}`, text);
    });

    for (const name of REPORTS)
      test(`${name} at ${width} columns`, () => {
        for (const breakdown of [false, true]) {
          const text = report(name, query(name, breakdown), at(width)).join("\n");
          expect(widest(text)).toBeLessThanOrEqual(width);
          golden.expect(`${name}-${width}${breakdown ? "-breakdown" : ""}`, text);
        }
      });
  }

  test("at any width, however narrow", () => {
    for (let width = 20; width < 170; width += 7) {
      expect(widest(overview(at(width)).join("\n"))).toBeLessThanOrEqual(width);
      expect(widest(screen(at(width)).join("\n"))).toBeLessThanOrEqual(width);
      for (const name of REPORTS) {
        const text = report(name, query(name, true), at(width)).join("\n");
        expect([name, width, widest(text)]).toEqual([name, width, Math.min(width, widest(text))]);
      }
    }
  });
});

describe("an empty ledger", () => {
  test("says what will happen and where it looked, and has empty reports", () => {
    using empty = openLedger(box.path("empty.db"));
    expect(overview(at(80, empty))).toEqual([
      "No usage yet. Start `claude`, and its usage appears here.",
      "Looked in:",
      "  ~/.claude/projects  does not exist yet",
      "  ~/.config/claude/projects  does not exist yet",
    ]);
    for (const name of REPORTS)
      expect(report(name, query(name), at(80, empty))).toEqual(["No usage in that range."]);
  });
});

describe("figures", () => {
  const { usd, short, count } = makeFormat("de_DE.UTF-8");
  test("are grouped by the locale, and marked as estimated or missing", () => {
    expect(count(1_234_567)).toBe("1.234.567");
    expect(usd(1234.5)).toBe("$1.234,50");
    expect(usd(2, "estimated")).toBe("~$2,00");
    expect(usd(0, "unpriced")).toBe("$?");
    expect(usd(2, "unpriced")).toBe("$2,00+?");
    expect(usd(0.0012)).toBe("$0,0012");
    expect(usd(-0.5)).toBe("-$0,50");
    expect(short(1_234_567)).toBe("1,23M");
  });
  test("do not fail for a locale that does not exist", () => {
    expect(makeFormat("xx_quux.UTF-8").count(1000)).toBe("1,000");
    expect(makeFormat("C.UTF-8").count(1000)).toBe("1,000");
    expect(makeFormat(undefined).count(1000)).toBe("1,000");
  });
});
