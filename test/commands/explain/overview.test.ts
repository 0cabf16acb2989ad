/** The text of `plimsoll explain` in every sample session, without a process. */
import { describe, expect, test } from "bun:test";
import { createColors } from "picocolors";
import { overview } from "../../../src/commands/explain/overview.ts";
import { describeExplanation, explanationsOf } from "../../../src/commands/explain/segment.ts";
import { type Config, DEFAULT_CONFIG } from "../../../src/config/config.ts";
import type { ExplainedRender } from "../../../src/display/explain.ts";
import { explainLine } from "../../../src/line/explain.ts";
import { SAMPLE_NAMES, SAMPLE_NOW, type SampleName, sampleContext } from "../../../src/line/samples.ts";
import { withoutUndefined } from "../../../src/state/shape.ts";
import { WIDE } from "../../line/draw.ts";

const PRICE =
  "claude-sonnet-5-5: input $2, output $10, cache read $0.10, write 5m $2.50, 1h $4 (genai-prices 0.1.8)";

function rendered(sample: SampleName, config: Partial<Config> = {}, cells = 76): ExplainedRender {
  const context = sampleContext(sample, { ...WIDE, cells }, { ...DEFAULT_CONFIG, ...config });
  const facts = withoutUndefined({
    ...context.terminal,
    theme: "none: NO_COLOR is set",
    settingsError: context.configError,
    parts: [],
    gatherDue: false,
    segments: explainLine(context, () => 0),
    readMs: 1,
    drawMs: 1,
  });
  return { facts, context, source: { kind: "last session", at: SAMPLE_NOW - 185_000 } };
}

const styled = (width: number, colored = false) => ({ width, colored, paint: createColors(colored) });
const OPTIONS = { timing: false, all: false, price: PRICE };

describe.each([...SAMPLE_NAMES])("sample %s", (sample) => {
  test("the default line has at most 30 lines at 80 columns, and each line fits at any width", () => {
    expect(overview(rendered(sample), OPTIONS, styled(80)).length).toBeLessThanOrEqual(30);
    for (const width of [40, 60, 80, 120])
      for (const line of overview(rendered(sample, {}, width - 4), OPTIONS, styled(width, true)))
        expect(Bun.stringWidth(line), line).toBeLessThanOrEqual(width);
  });
  test("the segments that the line shows come first, in its order", () => {
    const render = rendered(sample, {}, 400);
    const lines = overview(render, OPTIONS, styled(80));
    const start = lines.indexOf("") + 1;
    const named = lines.slice(start, lines.indexOf("", start)).flatMap((line) => line.split(" ")[0] || []);
    const inRows = DEFAULT_CONFIG.rows.flatMap(({ left }) => left);
    expect(named.length).toBeGreaterThan(3);
    expect(named).toEqual(inRows.filter((name) => named.includes(name)));
    expect(lines.some((line) => line.startsWith("health"))).toBe(sample === "failing");
  });
});

test("a busy session, as a person reads it", () => {
  const lines = overview(rendered("busy", {}, 120), { ...OPTIONS, price: undefined }, styled(80));
  expect(lines.slice(0, 4)).toEqual([
    "last session, 3m ago, ~/proj",
    "",
    "model         Sonnet 5.5                    payload model",
    "effort        medium                        payload effort.level",
  ]);
  expect(lines[5]).toMatch(/^git {11}main \+2 ~1 \?3 \S+ \S+ {11}\.git\/HEAD; state git, 1s ago$/);
  const absent = lines
    .slice(
      lines.findIndex((line) => line.startsWith("absent: ")),
      -1,
    )
    .join("");
  expect(absent).toMatchInlineSnapshot(
    `"absent: fast (off), agent (none), name (none), output-style (default),  vim (off), spend (none)"`,
  );
});

test("what failed is said below its segment, in full", () => {
  const lines = overview(rendered("failing"), OPTIONS, styled(80));
  expect(lines[1]).toBe("configuration: rows[0].left[2]: unknown segment 'gti'");
  const below = lines[lines.findIndex((line) => line.startsWith("git ")) + 1];
  expect(below?.trim()).toBe("gathering git failed: git status took longer than 2.5 s");
});

test("what lacks room is listed apart, and short forms are marked", () => {
  const text = overview(rendered("near", {}, 40), OPTIONS, styled(80)).join("\n");
  expect(text).toMatch(/^no room: .*pull-request|^no room: .*cache/m);
  expect(text).toMatch(/^context .* \[short\] payload context_window$/m);
});

test("segments that are not configured only with 'all', times and the terminal only with 'timing'", () => {
  const text = (over: Partial<typeof OPTIONS>) =>
    overview(rendered("busy"), { ...OPTIONS, ...over }, styled(Infinity)).join("\n");
  expect(text({})).not.toContain("not configured");
  expect(text({ all: true })).toMatch(/^not configured: thinking, added-dirs, commit, .*text:TEXT$/m);
  expect(text({})).not.toMatch(/\d ms|colour|cells,|state:/);
  expect(text({ timing: true })).toMatch(
    /^76 cells, no colour, links off, background unknown; read in 1\.0 ms/m,
  );
  expect(text({ timing: true })).toMatch(/^model +0\.00 ms {2}Sonnet 5\.5/m);
});

test("colours are those of the line, and none without", () => {
  const colored = { ...rendered("busy") };
  const context = sampleContext("busy", { ...WIDE, cells: 76, colors: 16 });
  const render = {
    ...colored,
    context,
    facts: { ...colored.facts, segments: explainLine(context, () => 0) },
  };
  const drawn = render.facts.segments.find(({ name }) => name === "git")?.drawn as string;
  expect(drawn).toContain("\x1b[");
  expect(overview(render, OPTIONS, styled(80, true)).join("\n")).toContain(drawn);
  expect(overview(render, OPTIONS, styled(80)).join("\n")).not.toContain("\x1b");
});

describe("one segment", () => {
  const about = (name: string, config: Partial<Config> = {}, sample: SampleName = "busy") => {
    const { facts, context } = rendered(sample, config, 200);
    return explanationsOf(name, facts.segments, context)
      .flatMap((each) => describeExplanation(each, context, styled(200)))
      .join("\n");
  };
  test("in the line: value, place, source, age, thresholds and options in effect", () => {
    const config = { segments: { cache: { time: "left", levels: [60, 20] as const } } };
    expect(about("cache", config)).toMatchInlineSnapshot(`
      "cache  cache 95% →4m
        shows     The prompt cache: share of the input served from it, and when it expires
        line      in row 2
        from      payload prompt_cache
        priority  40
        levels    warn 60, critical 20 (% of input served from the cache, or less), configured
        time      "left", configured: when it expires, or the time left (clock, left)"
    `);
    expect(about("git")).toMatch(/^ {2}gathered +1s ago$/m);
  });
  test("absent, without room, and not configured: the reason, and what it would show", () => {
    expect(about("fast")).toMatch(/^ {2}line +absent from row 1: fast mode is off$/m);
    expect(about("turns")).toStartWith("turns  12 turns\n");
    expect(about("turns")).toMatch(/^ {2}line +not in the configured rows; 'plimsoll config edit' adds it$/m);
    expect(about("remote")).toMatch(/adds it\. Absent: it runs on this machine$/m);
    const { facts, context } = rendered("busy", {}, 30);
    const dropped = explanationsOf("lines", facts.segments, context).map(({ form }) => form);
    expect(dropped).toEqual(["dropped"]);
    expect(about("git", {}, "failing")).toContain("in row 1; gathering git failed: git status took longer");
  });
  test("commands by their name, or all of them", () => {
    const rows = [{ left: ["command:weather", "command:nope", "model"] }];
    expect(about("command:weather", { rows })).toStartWith("command:weather  9° rain\n");
    expect(about("command:weather", { rows })).toMatch(/^ {2}gathered +4s ago$/m);
    expect(about("command", { rows })).toMatch(/^command:nope$/m);
    expect(about("command")).toStartWith("command:NAME\n");
    expect(() => about("cahce")).toThrow("unknown segment 'cahce'");
  });
});
