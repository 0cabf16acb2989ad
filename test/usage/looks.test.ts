/** How reports look: colours, bars, first days, and what gives way in a narrow terminal. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../src/config/config.ts";
import { type Ledger, openLedger } from "../../src/ledger/index.ts";
import { palette } from "../../src/line/look/theme.ts";
import { NO_COLORS, themeColors } from "../../src/usage/colors.ts";
import { screen } from "../../src/usage/live.ts";
import { overview } from "../../src/usage/overview.ts";
import { report } from "../../src/usage/reports.ts";
import type { TerminalStyle } from "../../src/usage/table.ts";
import { BINARY, type Sandbox, sandbox } from "../helpers/binary.ts";
import { makeHistory, writeHistory } from "../helpers/history.ts";
import { append, said } from "../ledger/lines.ts";
import { contextOf, queryOf } from "./context.ts";

const NOW = Date.UTC(2026, 10, 20, 12, 40);

let box: Sandbox;
let ledger: Ledger;
beforeAll(async () => {
  box = sandbox();
  for (const [seed, days] of [
    [7, 300],
    [8, 25],
  ] as const)
    writeHistory(
      box.home,
      makeHistory({ seed, sessions: 12, turns: 8, projects: 12, now: NOW, days, plain: true }),
    );
  append(box.home, "s", said({ id: "a", at: "11:00:00", output: 40_000 }), said({ id: "b", at: "12:00:00" }));
  ledger = await indexed(box);
});
afterAll(() => {
  ledger[Symbol.dispose]();
  box[Symbol.dispose]();
});

async function indexed({ home, path }: Sandbox): Promise<Ledger> {
  const opened = openLedger(path("ledger.db"));
  await opened.index([join(home, ".claude")]);
  return opened;
}

const look = (style: Partial<TerminalStyle> = {}) => contextOf(box, ledger, { now: NOW, ...style });

const terminalOf = (colors: 0 | 16 | 16_777_216) =>
  ({ cells: 80, colors, links: false, background: "dark" }) as const;
const colorsOf = (theme: string, depth: 0 | 16 | 16_777_216 = 16_777_216) =>
  themeColors(palette(theme, DEFAULT_CONFIG.colors, terminalOf(depth)));
const sgrOf = (theme: string, role: "context" | "limit" | "muted" | "warn") =>
  `\x1b[${palette(theme, {}, terminalOf(16_777_216)).fg(role)}m`;

describe("colours", () => {
  test("are those of the line's theme: context for its charts, limit for the block, muted for empty days", () => {
    const lines = overview(look({ colors: colorsOf("fjord-dark") }));
    const line = (start: string) => lines.find((each) => Bun.stripANSI(each).startsWith(start)) ?? "";
    const [chart, limit, muted] = (["context", "limit", "muted"] as const).map((role) =>
      sgrOf("fjord-dark", role),
    );
    expect(line("opus-4-5")).toContain(`${chart}━`);
    expect(line("Block")).toContain(`${limit}━`);
    expect(line("Block")).toContain(`${muted}─`);
    expect(line("Mon")).toContain(`${muted}·`);
    expect(["░", "▒", "▓", "█"].some((shade) => line("Mon").includes(chart + shade))).toBe(true);
    expect(lines.join("")).not.toContain("\x1b[33m");
  });

  test("mark a block that costs more than its level, and say it without colours too", () => {
    const blockLevels = [0.5, 100] as const;
    const painted = overview(look({ colors: colorsOf("fjord-dark"), blockLevels })).join("\n");
    expect(painted).toContain(`${sgrOf("fjord-dark", "warn")}━`);
    expect(overview(look({ blockLevels })).join("\n")).toContain("Block   $1.00!  ━");
  });

  test("are none for a terminal without colours, and change no text", () => {
    expect(colorsOf("fjord-dark", 0)).toBe(NO_COLORS);
    for (const theme of ["fjord-dark", "terminal"])
      for (const draw of [
        (style: Partial<TerminalStyle>) => overview(look(style)),
        (style: Partial<TerminalStyle>) => screen(look(style)),
        (style: Partial<TerminalStyle>) => report("session", queryOf("session"), look(style)),
        (style: Partial<TerminalStyle>) => report("blocks", queryOf("blocks"), look(style)),
      ]) {
        const painted = draw({ colors: colorsOf(theme) }).join("\n");
        expect(painted).toContain("\x1b[");
        expect(Bun.stripANSI(painted)).toBe(draw({}).join("\n"));
      }
  });

  /** What the built program writes in a terminal. */
  async function inTerminal(env: Readonly<Record<string, string>>): Promise<string> {
    using own = sandbox();
    append(own.home, "s", said({ id: "a", at: new Date().toISOString(), output: 40_000 }));
    await Bun.write(join(own.home, ".config/plimsoll/config.json"), '{ "theme": "fjord-dark" }');
    let text = "";
    const child = Bun.spawn([BINARY, "usage"], {
      env: { ...own.env, ...env },
      terminal: { cols: 80, rows: 24, data: (_, data) => (text += Buffer.from(data).toString()) },
    });
    expect(await child.exited).toBe(0);
    return text;
  }

  test("are on a terminal, but not with NO_COLOR or TERM=dumb", async () => {
    const truecolor = { TERM: "xterm-256color", COLORTERM: "truecolor" };
    expect(await inTerminal(truecolor)).toContain(`${sgrOf("fjord-dark", "context")}━`);
    for (const none of [{ ...truecolor, NO_COLOR: "1" }, { TERM: "dumb" }]) {
      const text = await inTerminal(none);
      expect(text).toContain("Today");
      expect(text).not.toContain("\x1b");
    }
  });
});

describe("bars", () => {
  test("do not touch the bars above and below, and the line of the others has none", () => {
    for (const width of [60, 80, 120]) {
      const lines = overview(look({ width }));
      const shares = lines.slice(lines.findIndex((line) => line.startsWith("Models")));
      // Glyphs as high as a line touch.
      expect(shares.join("\n")).not.toMatch(/[▁-▏▐]/);
      expect(shares.some((line) => line.includes("━"))).toBe(true);
      const rest = shares.find((line) => line.includes(" more "))?.slice(width >= 100 ? width / 2 : 0);
      expect(rest).toMatch(/\d+ more +\d+% +\$\d/);
      expect(rest).not.toContain("━");
    }
  });
});

describe("empty days", () => {
  test("have half as many dots as cells", () => {
    const lines = overview(look({ width: 120 }));
    const from = lines.findIndex((line) => line.startsWith("Mon"));
    for (const line of lines.slice(from, from + 7)) expect(line).not.toContain("··");
  });
});

describe("the report by blocks", () => {
  test.each([40, 60, 80, 100, 120, 200])("has the hour of every start at %i columns", (width) => {
    const lines = report("blocks", queryOf("blocks", { recent: false }), look({ width }));
    const rows = lines.slice(2, lines.indexOf(""));
    const starts = rows.filter((line) => !/^ +projected/.test(line));
    expect(starts.length).toBeGreaterThan(20);
    for (const line of starts) expect(line).toMatch(/^(\d{4}-\d\d-\d\d|…[\d-]*| {10}| *) ?\d\d:\d\d(?: |$)/);
  });

  test("does not repeat the date of the row above", () => {
    const lines = report("blocks", queryOf("blocks", { recent: false }), look({ width: 80 })).slice(2);
    const dates = lines.map((line) => line.slice(0, 10)).filter((date) => /\d/.test(date));
    expect(new Set(dates).size).toBe(dates.length);
    expect(lines.some((line) => /^ {11}\d\d:\d\d /.test(line))).toBe(true);
  });

  test("gives up models first", () => {
    const at = (width: number) => report("blocks", queryOf("blocks", { recent: false }), look({ width }));
    const whole = (at(200)[0] as string).trim().split(/ {2,}/);
    expect(whole).toContain("Models");
    const width = Math.max(...at(200).map((line) => Bun.stringWidth(line)));
    const narrower = at(width - 20)[0] as string;
    expect(whole.filter((title) => !narrower.includes(title))).toEqual(
      narrower.includes("Models") ? [] : ["Models"],
    );
  });
});

describe("a young history", () => {
  const DAY = 86_400_000;
  /** The overview of messages on these days before today. */
  async function young(...daysAgo: readonly number[]): Promise<string[]> {
    using own = sandbox();
    const lines = daysAgo.map((days) =>
      said({ id: `m${days}`, at: new Date(NOW - days * DAY - 60_000).toISOString(), output: 40_000 }),
    );
    append(own.home, "s", ...lines);
    using opened = await indexed(own);
    return overview(contextOf(own, opened, { now: NOW }));
  }

  test("of one day has no chart", async () => {
    const lines = await young(0);
    expect(lines).toContain("30 days  $1.00  1 day with usage");
    expect(lines.join("\n")).not.toMatch(/[│·░]|\b1 days|A year|weeks/);
    expect(lines.length).toBeLessThan(16);
  });

  test("of some days has a chart of a week, and its daily cost is that of its days", async () => {
    const lines = await young(0, 3);
    expect(lines).toContain("30 days  $2.00  $0.50 a day");
    expect(lines.find((line) => line.includes("11-14"))).toMatch(/^ +11-14 +11-20$/);
    expect(lines.join("\n")).not.toMatch(/A year|weeks/);
  });

  test("of some weeks has a heat map of these weeks", async () => {
    const lines = await young(0, 40);
    expect(lines).toContainEqual(expect.stringMatching(/^7 weeks {2}\$2\.00 {2}2 days with usage/));
    expect(lines.find((line) => line.startsWith("Mon"))?.length).toBeLessThanOrEqual(4 + 7 * 2);
  });
});
