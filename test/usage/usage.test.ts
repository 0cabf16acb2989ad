import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parseOptions } from "../../src/cli/options.ts";
import { findModel, findProject, readQuery, USAGE_OPTIONS } from "../../src/commands/usage/query.ts";
import { progressLine, showProgress } from "../../src/usage/progress.ts";
import { BINARY, run, type Sandbox, sandbox } from "../helpers/binary.ts";
import { type History, makeHistory, writeHistory } from "../helpers/history.ts";
import { append, billed, happened, said, writeLines } from "../ledger/lines.ts";

let box: Sandbox;
let history: History;
beforeAll(() => {
  box = sandbox();
  history = makeHistory({ seed: 41, sessions: 10, turns: 10, plain: true });
  writeHistory(box.home, history);
  append(box.home, "billed", said({ id: "a", output: 40_000 }), happened("10:01:00"), billed("billed", 1.75));
});
afterAll(() => box[Symbol.dispose]());

const usage = (...args: string[]) => run(["usage", ...args], { env: box.env });
async function json<Value>(...args: string[]): Promise<Value> {
  const { code, stderr, stdout } = await usage(...args, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Value;
}

interface Row {
  period: string;
  totalCost: number;
  totalTokens: number;
  unattributedCost: number;
  modelBreakdowns: { modelName: string; cost: number }[];
}
interface Totals {
  totals: { totalCost: number; totalTokens: number; unattributedCost: number };
}

describe("every report adds up to the same sum", () => {
  test("by day, week, month, session and block, with the bill's excess as unattributed", async () => {
    const sums = [];
    for (const name of ["daily", "weekly", "monthly", "session"] as const) {
      const report = await json<Totals & Record<string, Row[]>>(name);
      const rows = report[name] as Row[];
      expect(report.totals.totalCost).toBeCloseTo(
        rows.reduce((sum, row) => sum + row.totalCost, 0),
        9,
      );
      expect(report.totals.unattributedCost).toBeCloseTo(0.75, 9);
      for (const row of rows) {
        const explained = row.modelBreakdowns.reduce((sum, model) => sum + model.cost, 0);
        expect(row.totalCost).toBeCloseTo(explained + row.unattributedCost, 9);
      }
      sums.push(report.totals.totalCost);
    }
    const { blocks } = await json<{ blocks: { costUSD: number }[] }>("blocks");
    sums.push(blocks.reduce((sum, block) => sum + block.costUSD, 0));
    for (const sum of sums) expect(sum).toBeCloseTo(sums[0] as number, 6);
  });

  test("with a bill below the messages' prices, without negative cents", async () => {
    using cheap = sandbox();
    const lines = Array.from({ length: 37 }, (_, index) => {
      const clock = `1${Math.floor(index / 4)}:${["05", "20", "35", "50"][index % 4]}`;
      return said({ id: `m${index}`, at: `${clock}:00`, input: 13 * index, output: 1234 + 77 * index });
    });
    append(cheap.home, "billed", ...lines, happened("20:00:00"), billed("billed", 1e-10));
    const { stdout } = await run(["usage", "daily"], { env: cheap.env });
    expect(stdout).not.toMatch(/-\$0\.0|\$0\.0000/);
    expect(stdout).toContain("the client billed $2.47 less than its messages cost at their prices");
    const { blocks } = JSON.parse((await run(["usage", "blocks", "--json"], { env: cheap.env })).stdout) as {
      blocks: { costUSD: number }[];
    };
    expect(blocks.map(({ costUSD }) => costUSD)).toEqual(blocks.map(() => 0));
  });

  test("and so do the exported lines, in both formats, in order of time", async () => {
    const { totals } = await json<Totals>("daily");
    const { stdout } = await usage("export");
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ type }) => type === "message")).toHaveLength(history.messages.length + 1);
    expect(lines.filter(({ type }) => type === "unattributed")).toHaveLength(1);
    expect(lines.reduce((sum, { cost }) => sum + cost, 0)).toBeCloseTo(totals.totalCost, 6);
    const times = lines.map(({ timestamp }) => timestamp as string);
    expect(times).toEqual(times.toSorted());
    const csv = (await usage("export", "--format", "csv")).stdout.trimEnd().split("\n");
    expect(csv).toHaveLength(lines.length + 1);
    expect(csv[0]).toBe(Object.keys(lines[0]).join(","));
  });

  test("also within a range, a project and a model", async () => {
    const { daily } = await json<{ daily: Row[] }>("daily");
    const [, second, third] = daily as [Row, Row, Row];
    const range = ["--since", second.period, "--until", third.period.replaceAll("-", "")];
    expect((await json<{ daily: Row[] }>("daily", ...range)).daily).toEqual([second, third]);

    let sum = 0;
    for (const project of ["proj00", "/home/dev/proj01", "-home-dev-proj02", "-home-dev-proj"])
      sum += (await json<Totals>("monthly", "--project", project)).totals.totalCost;
    let models = 0;
    for (const model of [
      "claude-opus-4-5-20251101",
      "claude-sonnet-4-5",
      "claude-haiku-4-5",
      "claude-opus-4-5",
    ]) {
      const totals = (await json<Totals>("monthly", "--model", model)).totals;
      expect(totals.unattributedCost).toBe(0);
      models += totals.totalCost;
    }
    const { totals } = await json<Totals>("monthly");
    expect(sum).toBeCloseTo(totals.totalCost, 6);
    expect(models).toBeCloseTo(totals.totalCost - 0.75, 6);
  });
});

test("reports are sorted by time, in either order; sessions by cost, or by time", async () => {
  const up = (await json<{ daily: Row[] }>("daily")).daily.map(({ period }) => period);
  expect(up).toEqual(up.toSorted());
  expect(
    (await json<{ daily: Row[] }>("daily", "--order", "desc")).daily.map(({ period }) => period),
  ).toEqual(up.toReversed());
  const dearest = (await json<{ session: Row[] }>("session")).session.map(({ totalCost }) => totalCost);
  expect(dearest).toEqual(dearest.toSorted((a, b) => b - a));
  const { session } = await json<{ session: { metadata: { lastActivity: string } }[] }>(
    "session",
    "--order",
    "asc",
  );
  const times = session.map(({ metadata }) => metadata.lastActivity);
  expect(times).toEqual(times.toSorted());
});

test("a project is named by its directory, in the table, in JSON and as an option", async () => {
  const { session } = await json<{ session: { metadata: { project: string; projectPath?: string } }[] }>(
    "session",
  );
  for (const { metadata } of session.filter(({ metadata }) => metadata.project !== "-home-dev-proj"))
    expect(metadata.projectPath).toBe(`/home/dev/${metadata.project.slice("-home-dev-".length)}`);
  // Its transcripts have no directory.
  expect(session.find(({ metadata }) => metadata.project === "-home-dev-proj")?.metadata).not.toHaveProperty(
    "projectPath",
  );
  const { stdout } = await run(["usage", "session"], { env: { ...box.env, COLUMNS: "100" } });
  expect(stdout).toMatch(/ \/home\/dev\/proj00 /);
  expect(findProject("~/my.app", ["-home-dev-my-app", "-home-dev-other"], "/home/dev")).toBe(
    "-home-dev-my-app",
  );
  expect(findProject("/home/dev/my_app/", ["-home-dev-my-app"], undefined)).toBe("-home-dev-my-app");
  expect(findProject("/", ["-home-dev-my-app", "-"], undefined)).toBe("-");
  // A path is one project, also when another one ends with it.
  expect(findProject("/home/dev", ["-backup--home-dev", "-home-dev"], undefined)).toBe("-home-dev");
});

test("a path whose slug two directories share is an error that names the slug", async () => {
  using own = sandbox();
  const slug = "-home-dev---";
  for (const [session, cwd] of [
    ["a", "/home/dev/日本"],
    ["b", "/home/dev/東京"],
  ] as const) {
    const message = JSON.parse(said({ id: session, session }));
    const path = join(own.home, ".claude/projects", slug, `${session}.jsonl`);
    writeLines(path, [JSON.stringify({ cwd, ...message })]);
  }
  const shown = async (...args: string[]) => run(["usage", ...args], { env: own.env });
  const path = await shown("daily", "--project", "/home/dev/日本");
  expect([path.code, path.stdout]).toEqual([2, ""]);
  expect(path.stderr).toContain("has the slug of several directories: /home/dev/日本, /home/dev/東京");
  expect(path.stderr).toContain(`'--project=${slug}'`);
  const { stdout } = await shown("session", `--project=${slug}`, "--csv");
  expect(stdout.trimEnd().split("\n")).toHaveLength(3);
  const table = (await shown("session")).stdout;
  for (const name of ["日本", "東京"]) expect(table).toContain(`/home/dev/${name} `);
  expect((await shown()).stdout).toContain(` ${slug} `);
});

test("a model is found by the name that reports print, unless two have it", () => {
  const models = ["claude-opus-4-5-20251101", "claude-haiku-4-5", "claude-haiku-4-5-20251001"];
  expect(findModel("opus-4-5", models)).toBe("claude-opus-4-5-20251101");
  expect(() => findModel("haiku-4-5", models)).toThrow("'haiku-4-5' is ambiguous");
});

test("--mode uses the cost on old lines, ignores it, or uses nothing else", async () => {
  using own = sandbox();
  append(own.home, "s", said({ id: "a", output: 40_000, costUsd: 7 }), said({ id: "b", output: 40_000 }));
  const cost = async (mode: string) => {
    const { stdout } = await run(["usage", "daily", "--json", "--mode", mode], { env: own.env });
    return (JSON.parse(stdout) as Totals).totals.totalCost;
  };
  expect([await cost("auto"), await cost("calculate"), await cost("display")]).toEqual([8, 2, 7]);
});

test("fast mode is a separate model with its own price", async () => {
  using own = sandbox();
  append(
    own.home,
    "s",
    said({ id: "a", model: "claude-opus-5", output: 40_000, speed: "fast" }),
    said({ id: "b", model: "claude-opus-5", output: 40_000 }),
  );
  const { stdout } = await run(["usage", "daily", "--json"], { env: own.env });
  const [row] = (JSON.parse(stdout) as { daily: Row[] }).daily;
  expect(row?.modelBreakdowns.map(({ modelName, cost }) => [modelName, cost])).toEqual([
    ["claude-opus-5-fast", 2],
    ["claude-opus-5", 1],
  ]);
});

test("copied messages count for the session that had them first, wherever its file is", async () => {
  using own = sandbox();
  const first = said({ id: "m", request: "r", session: "zz", output: 40_000 });
  append(own.home, "zz", first);
  append(own.home, "aa", first, said({ id: "n", session: "aa", output: 40_000 }));
  const { stdout } = await run(["usage", "session", "--json"], { env: own.env });
  expect(
    (JSON.parse(stdout) as { session: Row[] }).session
      .map(({ period, totalCost }) => [period, totalCost])
      .sort(),
  ).toEqual([
    ["aa", 1],
    ["zz", 1],
  ]);
});

test("the next report includes appended lines", async () => {
  using own = sandbox();
  writeHistory(own.home, makeHistory({ seed: 5, sessions: 2 }));
  const count = async () =>
    (
      JSON.parse((await run(["usage", "blocks", "--json"], { env: own.env })).stdout) as {
        blocks: { entries: number }[];
      }
    ).blocks.reduce((sum, { entries }) => sum + entries, 0);
  const before = await count();
  append(own.home, "new", said({ id: "x", output: 1 }));
  expect(await count()).toBe(before + 1);
});

test("the executable reads a long history with a second thread, with the same counts", async () => {
  using own = sandbox();
  const long = makeHistory({ seed: 6, sessions: 16, turns: 60, padding: 40_000, plain: true });
  writeHistory(own.home, long);
  const { stdout, stderr } = await run(["usage", "blocks", "--json"], { env: own.env });
  expect(stderr).toBe("");
  const { blocks } = JSON.parse(stdout) as { blocks: { entries: number }[] };
  expect(blocks.reduce((sum, { entries }) => sum + entries, 0)).toBe(long.messages.length);
});

describe("an invalid query is an error with exit 2", () => {
  const cases: [args: string[], message: string][] = [
    [["dayly"], "did you mean 'daily'?"],
    [["daily", "weekly"], "unexpected argument 'weekly'"],
    [["daily", "--since", "2026-02-29"], "invalid date '2026-02-29'"],
    [["daily", "--until", "yesterday"], "invalid date 'yesterday'"],
    [["daily", "--since", "2026-11-20", "--until", "2026-11-01"], "--since is after --until"],
    [["daily", "--timezone", "Mars/Olympus"], "unknown time zone 'Mars/Olympus'"],
    [["daily", "--project", "proj0O"], "no project 'proj0O'"],
    [["daily", "--project", ""], "--project: the name is empty"],
    [["daily", "--model="], "--model: the name is empty"],
    [["daily", "--model", "claude-opus-4-6"], "no model 'claude-opus-4-6'"],
    [["daily", "--order", "up"], "unknown order 'up'"],
    [["daily", "--mode", "guess"], "unknown mode 'guess'"],
    [["daily", "--json", "--csv"], "cannot be combined"],
    [["export", "--format", "xml"], "unknown format 'xml'"],
    [["--json"], "name a report"],
    [["live"], "needs a terminal"],
  ];
  for (const [args, message] of cases)
    test(args.join(" "), async () => {
      const { code, stdout, stderr } = await usage(...args);
      expect(stderr).toContain(message);
      expect([code, stdout]).toEqual([2, ""]);
    });
});

test("the overview rejects each option that it does not apply, and names a report that does", async () => {
  const query = (...args: string[]) => readQuery(parseOptions(USAGE_OPTIONS, args));
  const applied = ["json", "csv", "timezone", "mode", "offline"];
  const values: Readonly<Record<string, string>> = { timezone: "UTC", mode: "auto" };
  for (const { long, value } of USAGE_OPTIONS) {
    const args = [`--${long[0]}`, ...(value === undefined ? [] : [values[long[0]] ?? "asc"])];
    if (applied.includes(long[0])) expect(query(...args).view).toBe("overview");
    else expect(() => query(...args)).toThrow(`the overview does not apply --${long[0]}`);
  }
  const { code, stdout, stderr } = await usage("--project", "proj00");
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("usage daily --project …'");
});

test("an empty history has empty reports", async () => {
  using own = sandbox();
  const { code, stdout } = await run(["usage", "daily", "--json"], { env: own.env });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ daily: [], totals: { totalCost: 0, totalTokens: 0 } });
  expect((await run(["usage", "daily"], { env: own.env })).stdout).toBe("No usage in that range.\n");
  expect((await run(["usage"], { env: own.env })).stdout).toBe(
    `No usage yet. Start \`claude\`, and its usage appears here.\nLooked in:\n  ~/.claude/projects  does not exist yet\n  ~/.config/claude/projects  does not exist yet\n`,
  );
});

test("a range without usage is an empty report", async () => {
  expect((await json<{ daily: Row[] }>("daily", "--since", "20200101", "--until", "20200201")).daily).toEqual(
    [],
  );
  expect((await usage("blocks", "--until", "20200201")).stdout).toBe("No usage in that range.\n");
});

test("piped reports have no escape sequences, and the reader may close the pipe early", async () => {
  const { stdout } = await usage("--breakdown");
  expect(stdout).not.toContain("\x1b");
  const head = await Bun.$`${BINARY} usage export | head -n 1`.env(box.env).quiet();
  expect(head.exitCode).toBe(0);
  expect(head.stderr.toString()).toBe("");
});

test.skipIf(!existsSync("/dev/full"))(
  "a report that a full disk cuts off is an error, with exit 74",
  async () => {
    using box = sandbox();
    append(box.home, "s", said({ output: 1 }));
    const child = Bun.spawnSync([BINARY, "usage", "daily"], { env: box.env, stdout: Bun.file("/dev/full") });
    expect(child.exitCode).toBe(74);
    expect(child.stderr.toString()).toBe("plimsoll: cannot write to stdout: No space left on device\n");
  },
);

test("csv has a header, and one line per row", async () => {
  const { stdout } = await usage("session", "--csv");
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toStartWith("period,project,models,inputTokens");
  expect(lines).toHaveLength((await json<{ session: Row[] }>("session")).session.length + 1);
});

test("an unusable ledger is an error with its path and exit 74", async () => {
  using own = sandbox();
  await run(["usage", "daily"], { env: own.env });
  for (const file of readdirSync(own.state)) if (file.startsWith("ledger.db")) rmSync(join(own.state, file));
  symlinkSync("/dev/null", join(own.state, "ledger.db"));
  const { code, stderr } = await run(["usage", "daily"], { env: own.env });
  expect(stderr).toContain("ledger.db cannot be opened: it is a symbolic link");
  expect(code).toBe(74);
});

test("an unreadable transcript is reported, and the others are counted", async () => {
  using own = sandbox();
  append(own.home, "s", said({ id: "a", output: 1 }));
  symlinkSync(own.path("loop.jsonl"), own.path("loop.jsonl"));
  appendFileSync(own.path("there"), "");
  symlinkSync(own.path("loop.jsonl"), join(own.home, ".claude/projects/-home-dev-proj/loop.jsonl"));
  const { code, stdout, stderr } = await run(["usage", "daily", "--json"], { env: own.env });
  expect(stderr).toContain("loop.jsonl cannot be read: ELOOP");
  expect([code, (JSON.parse(stdout) as { daily: Row[] }).daily.length]).toEqual([0, 1]);
});

describe("the progress of an index", () => {
  test("has a bar, a rate and the remaining time", () => {
    expect(progressLine(250e6, 1000e6, 500)).toBe(
      "Reading the history  ██████░░░░░░░░░░░░░░░░░░  25%  500 MB/s  2s left",
    );
  });
  test("is shown for long histories only, fits the terminal, and is removed at the end", () => {
    const written: string[] = [];
    let now = 0;
    const progress = showProgress(
      (text) => written.push(text),
      40,
      () => now,
    );
    progress.update({ bytesRead: 1e6, bytesTotal: 2e6, files: 1 });
    expect(written).toEqual([]);
    for (now = 200; now < 1000; now += 50)
      progress.update({ bytesRead: now * 1e6, bytesTotal: 1e9, files: 1 });
    progress.end();
    expect(written.length).toBeLessThan(10);
    expect(written.at(-1)).toBe("\r\x1b[K");
    for (const text of written) expect(Bun.stringWidth(text)).toBeLessThan(40);
  });
});
