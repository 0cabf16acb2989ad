import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../src/config/config.ts";
import type { Terminal } from "../../src/line/context.ts";
import { cells } from "../../src/line/layout/cells.ts";
import { renderSubagents } from "../../src/line/subagents.ts";
import payload from "../fixtures/payloads/subagents.json";
import { run, sandbox } from "../helpers/binary.ts";
import { forAll, hostileText } from "../helpers/random.ts";
import { WIDE } from "./draw.ts";

const START = 1_795_559_094_838;
const NOW = START + 95_000;

/** What each task's row says, by id. */
function rows(json: unknown): Record<string, string> {
  const lines = renderSubagents(json, NOW, WIDE, DEFAULT_CONFIG).map((line) => JSON.parse(line));
  return Object.fromEntries(lines.map(({ id, content }) => [id, content]));
}
const task = (over: object) => ({
  id: "t",
  agentType: "Explore",
  status: "running",
  description: "Find the callers",
  startTime: START,
  model: "claude-sonnet-5-5",
  contextWindowSize: 200_000,
  effort: "high",
  tokenCount: 52_000,
  tokenSamples: [40_000, 46_000, 52_000],
  ...over,
});
const one = (over: object, columns = 200) => rows({ columns, tasks: [task(over)] }).t;

test("what the real client sends", () => {
  expect(rows(payload)).toEqual({ a6e3ccdaf5e7a320a: "general-purpose  Say hello  Sonnet 5.5  1m" });
});

test("name, what it does, model, effort, context, rate, age", () => {
  expect(one({})).toBe("Explore  Find the callers  Sonnet 5.5  high  ━╾─── 26%  52k  360k/min  1m");
  expect(one({ name: "scout" })).toStartWith("scout  ");
  expect(one({ status: "completed" })).toContain("  completed  ");
  expect(one({ tokenCount: 180_000 })).toContain(" 90%!!  ");
});

test("shows only what was sent", () => {
  const bare = { id: "t", tokenCount: 0, tokenSamples: [0, 0] };
  expect(rows({ tasks: [bare] })).toEqual({ t: "agent" });
  expect(one({ contextWindowSize: undefined })).toContain("  high  52k  ");
  expect(one({ tokenSamples: [52_000, 52_000] })).not.toContain("/min");
  expect(one({ startTime: null })).toEndWith("/min");
});

const SEVERAL = [
  task({ id: "a" }),
  task({ id: "b", agentType: "Plan", description: "Plan migration", status: "failed", tokenCount: 300 }),
  task({
    id: "c",
    agentType: "general-purpose",
    model: "claude-haiku-5-5",
    tokenCount: 185_000,
    effort: null,
  }),
  task({ id: "d", agentType: "x", contextWindowSize: undefined, tokenCount: 1200, tokenSamples: [] }),
];

/** The cells before each row's bar, of the rows that have one. */
const barStarts = (contents: readonly string[]): number[] =>
  contents.flatMap((content) => {
    const at = content.search(/[━╾─]/);
    return at < 0 ? [] : [cells(content.slice(0, at))];
  });

test("the rows of a payload have the same columns", () => {
  expect(Object.values(rows({ columns: 100, tasks: SEVERAL }))).toEqual([
    "Explore          Find the callers          Sonnet 5.5  high  ━╾─── 26%     52k  360k/min  1m",
    "Plan             Plan migration    failed  Sonnet 5.5  high  ╾──── <1%     300  360k/min  1m",
    "general-purpose  Find the callers          Haiku 5.5         ━━━━╾ 93%!!  185k  360k/min  1m",
    "x                Find the callers          Sonnet 5.5  high               1.2k            1m",
  ]);
  expect(Object.values(rows({ columns: 50, tasks: SEVERAL }))).toEqual([
    "Explore   Find th…          Sonnet 5.5  26%    1m",
    "Plan      Plan mi…  failed  Sonnet 5.5  <1%    1m",
    "ge…rpose  Find th…          Haiku 5.5   93%!!  1m",
    "x         Find th…          Sonnet 5.5         1m",
  ]);
});

test("the rows in the guide are drawn from tasks that are possible", () => {
  const steady = (perSecond: number, to: number) => [to - 2 * perSecond, to - perSecond, to];
  const tasks = [
    task({ id: "a", tokenCount: 52_000, tokenSamples: steady(600, 52_000) }),
    task({
      id: "b",
      agentType: "Plan",
      description: "Plan migration",
      status: "failed",
      startTime: NOW - 40_000,
      tokenCount: 8_400,
      tokenSamples: [8_400, 8_400],
    }),
    task({
      id: "c",
      agentType: "general-purpose",
      model: "claude-haiku-5-5",
      effort: null,
      startTime: NOW - 310_000,
      tokenCount: 185_000,
      tokenSamples: steady(500, 185_000),
    }),
  ];
  const guide = readFileSync(join(import.meta.dir, "../../docs/guide.md"), "utf8");
  const sample = /```\n(Explore [^`]+)```/.exec(guide)?.[1];
  expect(sample?.trimEnd().split("\n")).toEqual(Object.values(rows({ columns: 100, tasks })));
});

test("the name of a model loses its details before it is cut, and a status is a whole word", () => {
  const tasks = [
    task({ id: "a", model: "claude-sonnet-4-5[1m]", description: "d".repeat(80) }),
    task({ id: "b", agentType: "general-purpose", status: "completed" }),
    task({ id: "c", agentType: "reviewer", status: "failed" }),
  ];
  for (let columns = 10; columns <= 180; columns++) {
    const drawn = Object.values(rows({ columns, tasks })).join("\n");
    expect(drawn).not.toMatch(/Son\w*…|…\w*text|\(1M…|(c|comp\w*|fa\w*)…|…\w*(ted|led)|…ed/);
  }
  const drawn = (columns: number) => Object.values(rows({ columns, tasks }));
  expect(drawn(180)[1]).toContain("  completed  ");
  expect(drawn(100)).toMatchInlineSnapshot(`
    [
      "Explore    ddddddddddddddddddd…          Sonnet 4.5 (1M context)  high  ━╾─── 26%  52k  360k/min  1m",
      "gen…rpose  Find the callers      done    Sonnet 5.5               high  ━╾─── 26%  52k  360k/min  1m",
      "reviewer   Find the callers      failed  Sonnet 5.5               high  ━╾─── 26%  52k  360k/min  1m",
    ]
  `);
  expect(drawn(50)).toMatchInlineSnapshot(`
    [
      "Explore   ddddddd…          Sonnet 4.5  ━╾─── 26%",
      "ge…rpose  Find th…  done    Sonnet 5.5  ━╾─── 26%",
      "reviewer  Find th…  failed  Sonnet 5.5  ━╾─── 26%",
    ]
  `);
  expect(drawn(30)).toMatchInlineSnapshot(`
    [
      "Explore   ddddddd…  ━╾─── 26%",
      "ge…rpose  Find th…  ━╾─── 26%",
      "reviewer  Find th…  ━╾─── 26%",
    ]
  `);
  // Unknown words are cut at their end.
  expect(one({ status: "waiting for permission", description: "d".repeat(80) }, 60)).toContain(
    "  waiting for…  ",
  );
});

test("bars start in the same column, whatever the tasks are", () => {
  forAll(300, (random) => {
    const tasks = Array.from({ length: 2 + random.below(6) }, (_, index) =>
      task({
        id: `t${index}`,
        ...(random.chance(0.5) && { agentType: hostileText(random) }),
        ...(random.chance(0.5) && { description: hostileText(random) }),
        ...(random.chance(0.3) && { status: "failed" }),
        ...(random.chance(0.3) && { model: hostileText(random) }),
        tokenCount: random.below(400_000) + 1,
      }),
    );
    const columns = 20 + random.below(140);
    const contents = Object.values(rows({ columns, tasks }));
    // A name may have signs of bars.
    if (/[━╾─]/.test(JSON.stringify(tasks))) return;
    expect(new Set(barStarts(contents)).size).toBeLessThanOrEqual(1);
    for (const content of contents) expect(Bun.stringWidth(content)).toBeLessThanOrEqual(columns);
  });
});

test("a long name leaves room for the other columns, and thousands of tasks are no more work than a screen of them", () => {
  const tasks = Array.from({ length: 10_000 }, (_, index) =>
    task({ id: `t${index}`, description: "y ".repeat(9000) }),
  );
  const started = performance.now();
  const contents = Object.values(
    rows({ columns: 100, tasks: [task({ id: "n", agentType: "n".repeat(500) }), ...tasks] }),
  );
  expect(performance.now() - started).toBeLessThan(5000);
  expect(contents.length).toBe(100);
  expect(contents[0]).toStartWith("nnnn");
  for (const content of contents) {
    expect(content).toContain("  Sonnet 5.5  high  ━╾─── 26%  52k  ");
    expect(content).toMatch(/ y… {2,3}Sonnet|callers {2,}Sonnet/);
  }
});

test("fits the columns of the client, dropping the least important first", () => {
  expect([100, 60, 40, 20, 5].map((columns) => one({}, columns))).toMatchInlineSnapshot(`
    [
      "Explore  Find the callers  Sonnet 5.5  high  ━╾─── 26%  52k  360k/min  1m",
      "Explore  Find the callers  Sonnet 5.5  ━╾─── 26%  52k  1m",
      "Explore  Find th…  Sonnet 5.5  ━╾─── 26%",
      "Explore  ━╾─── 26%",
      "Expl…",
    ]
  `);
  for (let columns = 1; columns < 120; columns++)
    expect(Bun.stringWidth(one({}, columns) as string)).toBeLessThanOrEqual(columns);
});

test("an invalid task loses its own row only, and no row is empty or raw", () => {
  expect(Object.keys(rows({ columns: 80, tasks: [null, 5, {}, { id: "" }, { id: 7 }, task({})] }))).toEqual([
    "t",
  ]);
  for (const json of [undefined, null, 5, [], {}, { tasks: {} }, { tasks: "x" }])
    expect(rows(json)).toEqual({});
  forAll(500, (random) => {
    const anything = () =>
      random.pick([null, -1, 1e300, "x", [], {}, hostileText(random), [1, "x", null, 1e300]]);
    const fields = [
      "agentType",
      "name",
      "status",
      "description",
      "startTime",
      "model",
      "contextWindowSize",
      "effort",
      "tokenCount",
      "tokenSamples",
    ];
    const wrong = Object.fromEntries(
      fields.filter(() => random.chance(0.4)).map((name) => [name, anything()]),
    );
    const columns = random.pick([1, 7, 40, 134, 0, -3, 1e9]);
    const content = one(wrong, columns) as string;
    expect(content.trim()).not.toBe("");
    expect(content).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
    expect(Bun.stringWidth(content)).toBeLessThanOrEqual(columns > 0 ? Math.min(columns, 4096) : 80);
  });
});

test("in colour, what is wrong is bold, as in the line", () => {
  const colored: Terminal = { ...WIDE, colors: 16 };
  const lines = renderSubagents({ columns: 200, tasks: SEVERAL }, NOW, colored, DEFAULT_CONFIG);
  const drawn = lines.map((line) => String(JSON.parse(line).content));
  expect(drawn[0]).not.toContain("\x1b[1;");
  expect(drawn[1]).toContain("\x1b[1;31mfailed");
  expect(drawn[2]).toContain("\x1b[1;31m━━━━╾");
});

test("the command draws the configured theme, also before a pass has checked the configuration", async () => {
  using box = sandbox();
  const env = { ...box.env, COLORTERM: "truecolor" };
  const stdin = JSON.stringify({ columns: 100, tasks: SEVERAL });
  const draw = async (theme: string, more: Record<string, string> = {}) => {
    mkdirSync(`${box.home}/.config/plimsoll`, { recursive: true });
    writeFileSync(`${box.home}/.config/plimsoll/config.json`, JSON.stringify({ theme }));
    return (await run(["subagents"], { env: { ...env, ...more }, stdin })).stdout;
  };
  const clear = await draw("clear-light");
  expect(clear).toContain("38;2;");
  expect(clear).toContain("[1;38;2;");
  expect(await draw("ember-dark")).not.toBe(clear);
  expect(await draw("clear-light", { NO_COLOR: "1" })).not.toContain("\\u001b");
  // The last valid one, as the line.
  expect(await draw("no such theme")).not.toContain("38;2;");
});

test("the command answers each task by its id, and always exits 0", async () => {
  using box = sandbox();
  const good = await run(["subagents"], { env: box.env, stdin: JSON.stringify(payload) });
  expect(good.code).toBe(0);
  expect(JSON.parse(good.stdout)).toMatchObject({ id: "a6e3ccdaf5e7a320a" });
  const env = { ...box.env, NO_COLOR: "1", LC_ALL: "ja_JP.UTF-8" };
  const wide = await run(["subagents"], { env, stdin: JSON.stringify({ columns: 100, tasks: SEVERAL }) });
  expect(wide.stdout).toContain("▰▱▱▱▱ 26%");
  for (const stdin of ["", "{", "[]", '{"tasks": 5}', "\0\xff"])
    expect(await run(["subagents"], { env: box.env, stdin })).toMatchObject({ code: 0, stdout: "" });
});

test("does not wait for the end of stdin", async () => {
  using box = sandbox();
  const { BINARY } = await import("../helpers/binary.ts");
  const child = Bun.spawn([BINARY, "subagents"], { env: box.env, stdin: "pipe", stdout: "pipe" });
  child.stdin.write(JSON.stringify(payload));
  await child.stdin.flush();
  expect(await new Response(child.stdout).text()).toContain("a6e3ccdaf5e7a320a");
  expect(await child.exited).toBe(0);
});
