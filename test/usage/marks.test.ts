/** One rule for the marks `~`, `?` and `>` in every report, on generated ledgers. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { openLedger } from "../../src/ledger/index.ts";
import { overview } from "../../src/usage/overview.ts";
import { REPORTS } from "../../src/usage/query.ts";
import type { ReportContext } from "../../src/usage/report-context.ts";
import { report } from "../../src/usage/reports.ts";
import { sandbox } from "../helpers/binary.ts";
import { forAllAsync, type Random } from "../helpers/random.ts";
import { append, billed, happened, said, writeLines } from "../ledger/lines.ts";
import { contextOf, queryOf } from "./context.ts";

const NOW = Date.UTC(2026, 10, 20, 23, 30);
/** With a known price, an estimated one, and none. */
const MODELS = ["claude-opus-4-5", "claude-sonnet-4-5", "claude-sonnet-5-9", "claude-zeppelin-9"];
const RANK = ["exact", "estimated", "unpriced"];

interface PricedJson {
  readonly period: string;
  readonly priced: string;
  readonly modelBreakdowns: readonly { readonly priced: string }[];
}

/** Sessions of today or over three days, with a bill for some: of what the messages cost, less, or more, without its tokens. */
function write(home: string, random: Random): void {
  for (let session = 0; session <= random.below(4); session++) {
    const name = `session-${session}`;
    const lines: string[] = [];
    const isShort = random.chance(0.6);
    for (let message = 0; message <= random.below(4); message++) {
      const at = `2026-11-${isShort ? 20 : 18 + random.below(3)}T1${random.below(10)}:${10 + message}:00.000Z`;
      const [model, output] = [random.pick(MODELS), 1_000 * (1 + random.below(90))];
      lines.push(said({ id: `${name}-${message}`, session: name, model, at, output }));
    }
    if (random.chance(0.5)) lines.push(happened("20:00:00"), billed(name, random.pick([0.05, 0.5, 9])));
    if (random.chance(0.3)) append(home, name, ...lines);
    else writeLines(join(home, `.claude/projects/-home-dev-other/${name}.jsonl`), lines);
  }
}

/** The mark of a cost. */
const markOf = (line: string | undefined): string =>
  /~\$/.test(line ?? "") ? "estimated" : /\$\S*\?/.test(line ?? "") ? "unpriced" : "exact";
const worst = (marks: readonly string[]): string =>
  RANK[Math.max(...marks.map((mark) => RANK.indexOf(mark)))] ?? "exact";

/** The lines below a title, up to an empty line. */
function section(lines: readonly string[], title: string): string[] {
  const from = lines.findIndex((line) => line.startsWith(title)) + 1;
  const length = lines.slice(from).indexOf("");
  return lines.slice(from, length < 0 ? undefined : from + length);
}

/** The overview's today is the last row of daily; models and projects of thirty days agree. */
function checkOverview(context: ReportContext): void {
  const lines = overview(context);
  const day = report("daily", queryOf("daily"), context).find((line) => line.startsWith("2026-11-20"));
  const today = /Today +(\S+)/.exec(lines[0] ?? "")?.[1];
  expect(today).toBe(day === undefined ? "$0.00" : day.split(/ +/).at(-1));
  const marks = ["Models", "Projects"].map((title) => worst(section(lines, title).map(markOf)));
  const total = markOf(lines.find((line) => line.startsWith("30 days")));
  expect(marks).toEqual([total, total]);
}

/** A day, week or month is as certain as the least certain of its models. */
function checkJson(context: ReportContext): void {
  for (const name of ["daily", "weekly", "monthly"] as const) {
    const [text = ""] = report(name, queryOf(name, { output: "json" }), context);
    for (const { period, priced, modelBreakdowns } of (JSON.parse(text) as Record<string, PricedJson[]>)[
      name
    ] ?? [])
      expect([period, priced]).toEqual([period, worst(modelBreakdowns.map((model) => model.priced))]);
  }
}

/** In figures: a project's `~/` is none. */
const SIGNS = { "~": /(?:^|\s)-?~[$\d]/, "?": /\$\S*\?/, ">": /(?:^| )>\d/ } as const;

/** A sign in a view has its footnote, and a footnote its sign. */
function checkNotes(name: string, table: readonly string[], notes: readonly string[]): void {
  for (const [sign, pattern] of Object.entries(SIGNS))
    expect([name, sign, table.some((line) => pattern.test(line))]).toEqual([
      name,
      sign,
      notes.some((note) => new RegExp(`(?:^|; )\\${sign} `).test(note)),
    ]);
}

function checkFootnotes(context: ReportContext): void {
  for (const name of REPORTS)
    for (const breakdown of [false, true]) {
      const lines = report(name, queryOf(name, { breakdown }), context);
      const end = lines.includes("") ? lines.indexOf("") : lines.length;
      checkNotes(name, lines.slice(0, end), lines.slice(end));
    }
  const lines = overview(context);
  const below = lines.lastIndexOf("");
  const end = /^[>~?] /.test(lines[below + 1] ?? "") ? below : lines.length;
  checkNotes("overview", lines.slice(0, end), lines.slice(end));
}

test(
  "overview, daily and JSON agree on the marks, and footnotes explain exactly the marks that are there",
  () =>
    forAllAsync(10, async (random) => {
      using box = sandbox();
      write(box.home, random);
      using ledger = openLedger(box.path("ledger.db"));
      await ledger.index([join(box.home, ".claude")]);
      checkOverview(contextOf(box, ledger, { now: NOW }));
      checkJson(contextOf(box, ledger, { now: NOW }));
      for (const width of [24, 60, 100, 200]) checkFootnotes(contextOf(box, ledger, { now: NOW, width }));
    }),
  20_000,
);

test("a bill that may be incomplete explains its mark; a mark of the overview's bill agrees", async () => {
  using box = sandbox();
  writeLines(join(box.home, ".claude/projects/-home-dev-other/a.jsonl"), [said({ id: "a", session: "a" })]);
  using ledger = openLedger(box.path("ledger.db"));
  await ledger.index([join(box.home, ".claude")]);
  // Two clients had the session open, and no transcript has its messages.
  ledger.recordBill("billed", { totalUsd: 0.5, run: "one" }, NOW - 60_000);
  ledger.recordBill("billed", { totalUsd: 0.9, run: "two" }, NOW - 30_000);
  ledger.recordBill("billed", { totalUsd: 0.6, run: "one" }, NOW - 20_000);
  const context = contextOf(box, ledger, { now: NOW, width: 160 });
  const lines = report("session", queryOf("session"), context);
  const mark = markOf(lines.find((line) => line.startsWith("billed")));
  expect(mark).toBe("estimated");
  expect(lines).toContain("~ a session's bill may lack a part, or have a part of another session's");
  const [today = "", ...others] = overview(context);
  expect(today).toMatch(/ ~\$\S+ of it unattributed/);
  expect(others.at(-1)).toContain("~ an estimate");
  expect(lines.find((line) => line.startsWith("billed"))).toContain(" unknown ");
  expect(section(others, "Models").some((line) => /\bunknown +\S/.test(line))).toBe(true);
});
