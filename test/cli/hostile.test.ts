/** Every command, in every form of output, in a world of hostile names: nothing of it reaches a terminal raw. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { commandsOf, commandTree } from "../../src/build/manual/tree.ts";
import { VIEWS } from "../../src/usage/query.ts";
import { BINARY, run } from "../helpers/binary.ts";
import { type CommandLine, commandLines, isChanging } from "./lines.ts";
import { HOSTILE, HOSTILE_JSON, type HostileWorld, hostileWorld } from "./world.ts";

setDefaultTimeout(600_000);

const HARMFUL =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Variation_Selector}\u3164\u{e0000}-\u{e0fff}]|[\ufffe\uffff]/u;
/** A line or a cell that a name began. */
const FORGED = /^FORGED|\tTAB/m;
/** Rows of the status line have colors, and joiners in their icons; none of them blinks. */
const ROWS = /^(display|preview|setup)\b/;
const OUR_ROWS = /\x1b\[(?!5;41m)[\d;]*m|\x1b\]8;;[\x21-\x7e]*\x1b\\|[\u200d\ufe0f]/g;

/** @returns the problem with the output, or undefined */
function fault(bytes: Uint8Array, rows: boolean): string | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "it is not UTF-8";
  }
  const found = HARMFUL.exec(rows ? text.replace(OUR_ROWS, "") : text) ?? FORGED.exec(text);
  return found
    ? `U+${found[0].codePointAt(0)?.toString(16)} in ${JSON.stringify(around(text, found[0]))}`
    : undefined;
}

const around = (text: string, part: string) =>
  text.slice(Math.max(0, text.indexOf(part) - 60), text.indexOf(part) + 40);

async function faults({ env, cwd, payload }: HostileWorld, { args, as }: CommandLine): Promise<string[]> {
  const child = Bun.spawn([BINARY, ...args], {
    env,
    cwd,
    stdin: Buffer.from(payload),
    stdout: "pipe",
    stderr: "pipe",
    timeout: 30_000,
    ...(as === undefined ? {} : { argv0: as }),
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).bytes(),
  ]);
  await child.exited;
  const name = JSON.stringify([as ?? "plimsoll", ...args].map((word) => word.slice(0, 24)).join(" "));
  const rows = as === undefined && ROWS.test(args[0] ?? "");
  return [fault(stdout, rows), fault(stderr, false)].flatMap((wrong, index) =>
    wrong === undefined ? [] : [`${name} ${index === 0 ? "stdout" : "stderr"}: ${wrong}`],
  );
}

/** Where a configuration that cannot be used makes a difference. */
const READS_CONFIG =
  /^(?:(?:display|explain|config|preview|setup|doctor|gather|subagents)\b|usage$|usage daily$)/;

/** Several at a time, but for what changes the files that the others read. */
function batches(lines: readonly CommandLine[]): CommandLine[][] {
  const all: CommandLine[][] = [];
  for (const line of lines) {
    const last = all.at(-1);
    if (last && last.length < 4 && !isChanging(line) && !isChanging(last[0] as CommandLine)) last.push(line);
    else all.push([line]);
  }
  return all;
}

for (const config of ["good", "wrong", "broken"] as const)
  test(`nothing raw comes out of any command; the configuration is ${config}`, async () => {
    using here = await hostileWorld(config);
    if (config === "good")
      expect(await run(["config", "check"], { env: here.env, cwd: here.cwd })).toMatchObject({ code: 0 });
    const all = await commandLines();
    const lines = config === "good" ? all : all.filter(({ args }) => READS_CONFIG.test(args.join(" ")));
    expect(lines.length).toBeGreaterThan(config === "good" ? 500 : 100);
    const found: string[] = [];
    for (const some of batches(lines))
      found.push(...(await Promise.all(some.map((line) => faults(here, line)))).flat());
    expect(found).toEqual([]);
  });

test("the names are there, made visible", async () => {
  using here = await hostileWorld("good");
  const broken = {
    ...here,
    env: { ...here.env, PLIMSOLL_CONFIG: here.env.PLIMSOLL_CONFIG?.replace(/$/, "/x") as string },
  };
  const shows = async (world: HostileWorld, ...args: string[]) => {
    const { stdout, stderr } = await run(args, { env: world.env, cwd: world.cwd, stdin: world.payload });
    return stdout + stderr;
  };
  const missing: string[] = [];
  // The overview cuts long names.
  if (!(await shows(here, "usage")).includes("\\x1b]0;T\\x0")) missing.push("usage");
  for (const [world, line] of [
    [here, "usage daily"],
    [here, "usage weekly --breakdown"],
    [here, "usage monthly"],
    [here, "usage session"],
    [here, "usage daily --csv"],
    [here, "usage session --csv --breakdown"],
    [here, "usage blocks --csv"],
    [here, "usage export --format csv"],
    [here, "usage daily --model x"],
    [here, "doctor"],
    [here, "sessions"],
    [here, "explain"],
    [here, "lock list"],
    [here, "lock status held"],
    [here, "lock status ./plain"],
    [here, "lock release held"],
    [here, "lock run -n held true"],
    [here, "config path"],
    [here, "config init"],
    [here, "setup --dry-run"],
    [broken, "config check"],
    [broken, "explain"],
  ] as const)
    if (!(await shows(world, ...line.split(" "))).includes("\\x1b]0;T\\x07")) missing.push(line);
  for (const line of [
    "usage daily --json",
    "usage export",
    "sessions --json",
    "lock list --json",
    "doctor --json",
    "explain --json",
  ])
    if (!(await shows(here, ...line.split(" "))).includes("\\u009b")) missing.push(line);
  expect(missing).toEqual([]);
});

test("JSON and JSON lines hold the names as they are in the transcripts", async () => {
  using here = await hostileWorld("good");
  const models = new Set<string>();
  const { stdout } = await run(["usage", "export"], { env: here.env, cwd: here.cwd });
  for (const line of stdout.trimEnd().split("\n")) models.add(JSON.parse(line).model);
  expect(models).toContain(`claude-${HOSTILE_JSON}`.toWellFormed());
});

test("a table's columns are aligned, whatever the names contain", async () => {
  using here = await hostileWorld("good");
  const { stdout } = await run(["usage", "session"], { env: here.env, cwd: here.cwd });
  const ends = stdout.split("\n").filter((line) => /\d{4}-\d\d-\d\d$/.test(line));
  expect(ends).toHaveLength(6);
  expect(new Set(ends.map((line) => Bun.stringWidth(line))).size).toBe(1);
});

test("the outcome of 'run' in a file has escapes, and the command's own output has none", async () => {
  using here = await hostileWorld("good");
  const args = ["run", "--json", "outcome", "9", "/usr/bin/printf", "%s", HOSTILE];
  const { stdout, code } = await run(args, { env: here.env, cwd: here.cwd });
  expect({ stdout, code }).toEqual({ stdout: HOSTILE, code: 0 });
  const outcome = readFileSync(`${here.cwd}/outcome`, "utf8");
  expect(HARMFUL.exec(outcome)).toBeNull();
  expect(JSON.parse(outcome).command).toEqual(args.slice(4));
});

/** What a table may have beside text, and what a row or a screen may. */
const PAINTED = /\x1b\[(?:0|1|2|22|3[0-79]|9[0-7]|38;5;\d{1,3}|38;2(?:;\d{1,3}){3})m|\r(?=\n)/g;
const SCREEN =
  /\x1b\[(?!5;41m)[\d;]*[mHJK]|\x1b\[\?(?:25|1049|2004)[hl]|\x1b\]8;;[\x21-\x7e]*\x1b\\|\x1b\]11;\?\x1b\\\x1b\[c|\r|[\u200d\ufe0f]/g;

test("in a terminal there are no sequences but our own, and tables keep to its width", async () => {
  using here = await hostileWorld("good");
  const found: string[] = [];
  const columns = 80;
  const simple = commandsOf(await commandTree()).map(({ name }) => name.split(" "));
  const views = VIEWS.map((view) => ["usage", view]);
  for (const args of [...simple, ...views, ["usage", "daily", "--breakdown"], ["setup", "--replace"]]) {
    const chunks: Buffer[] = [];
    const child = Bun.spawn([BINARY, ...args], {
      env: here.env,
      cwd: here.cwd,
      timeout: 30_000,
      terminal: {
        cols: columns,
        rows: 40,
        data: (terminal, data) => {
          chunks.push(Buffer.from(data));
          const shown = Buffer.concat(chunks).toString();
          if (shown.includes("\x1b[J")) terminal.write("q");
          else if (shown.includes("[y/N]")) terminal.write("n\n");
        },
      },
    });
    await child.exited;
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
    const own = /^(display|explain|preview|segments|setup|config (?:edit|init|set)|usage live)/.test(
      args.join(" "),
    )
      ? SCREEN
      : PAINTED;
    const wrong = HARMFUL.exec(text.replace(own, "")) ?? FORGED.exec(text);
    if (wrong) found.push(`${args.join(" ")}: ${JSON.stringify(around(text, wrong[0]))}`);
    if (args[0] === "usage" && args[1] !== "export" && args[1] !== "live")
      for (const line of text.split("\r\n"))
        if (Bun.stringWidth(line) > columns)
          found.push(`${args.join(" ")}: ${Bun.stringWidth(line)} cells: ${line}`);
  }
  expect(found).toEqual([]);
});
