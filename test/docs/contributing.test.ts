/** The worked examples of CONTRIBUTING.md are carried out as written, in a copy of the project, and work. */
import { afterAll, describe, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const COPY = mkdtempSync(join(tmpdir(), "plimsoll-contributing-"));
afterAll(() => rmSync(COPY, { recursive: true, force: true }), 60_000);

for (const name of ["src", "test/line", "test/helpers/random.ts", "package.json", "bunfig.toml"])
  cpSync(join(ROOT, name), join(COPY, name), { recursive: true });
writeFileSync(
  join(COPY, "tsconfig.json"),
  JSON.stringify({ extends: join(ROOT, "tsconfig.json"), include: ["src", "test/line/segments"] }),
);
symlinkSync(join(ROOT, "node_modules"), join(COPY, "node_modules"));

/** What a section has its reader do, by the section's subject: "segment". */
const sections = new Map(
  readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8")
    .split(/^(?=## )/m)
    .map((text) => [/^## Adding an? (.*)/.exec(text)?.[1] ?? "", text] as const),
);

/** Replaces a hunk's context and removed lines, which occur once, with its context and added lines. */
function apply(hunk: string, text: string): string {
  const without = (mark: string) =>
    hunk.replaceAll(new RegExp(`^[${mark}].*\\n`, "gm"), "").replaceAll(/^[ +-]/gm, "");
  const [before, after] = [without("+"), without("-")];
  if (before === "") return text.replace(/^import /m, (first) => after + first);
  expect({ before, occurrences: text.split(before).length - 1 }).toMatchObject({ occurrences: 1 });
  return text.replace(before, () => after);
}

/**
 * Carries out a section: ```ts blocks that begin with `// file: PATH` are new files; ```diff blocks that begin with
 * `--- PATH` change one. A hunk without context is added to the imports.
 * @returns the paths below src/ that it touches
 */
function carryOut(subject: string): string[] {
  const touched = new Set<string>();
  const text = sections.get(subject) ?? "";
  for (const [, path = "", code = ""] of text.matchAll(/^```ts\n\/\/ file: (\S+)\n(.*?)^```/gms)) {
    expect(existsSync(join(COPY, path))).toBe(false);
    writeFileSync(join(COPY, path), code);
    touched.add(path);
  }
  for (const [, path = "", diff = ""] of text.matchAll(/^```diff\n--- (\S+)\n(.*?)^```/gms)) {
    let changed = readFileSync(join(COPY, path), "utf8");
    for (const hunk of diff.split("@@\n")) changed = apply(hunk, changed);
    writeFileSync(join(COPY, path), changed);
    touched.add(path);
  }
  return [...touched].filter((path) => path.startsWith("src/"));
}

const env = {
  PATH: process.env.PATH ?? "",
  HOME: COPY,
  TZ: "UTC",
  LANG: "C.UTF-8",
  TERM: "xterm-256color",
  COLORTERM: "truecolor",
  PLIMSOLL_STATE: join(COPY, "state"),
  PLIMSOLL_TEST_ROUNDS: "100",
};

/** Runs Bun in the copy. */
async function bun(...words: string[]) {
  const child = Bun.spawn([process.execPath, ...words], { cwd: COPY, env, stdout: "pipe", stderr: "pipe" });
  const texts = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, output: texts.join("") };
}
const plimsoll = (...words: string[]) => bun("src/main.ts", ...words);

describe("the example of CONTRIBUTING.md for", () => {
  test("a segment touches two files, and all tests of the line hold", async () => {
    expect(carryOut("segment")).toEqual(["src/line/segments/waiting.ts", "src/line/segments/index.ts"]);
    expect((await plimsoll("segments", "waiting")).output).toContain("The share of the session");
    const files = ["segments/waiting", "registry", "property", "explain"];
    const tested = await bun("test", ...files.map((name) => `test/line/${name}.test.ts`));
    expect(tested.output).toContain(" 0 fail");
    expect(tested.code).toBe(0);
  }, 60_000);

  test("a check touches two files, and doctor asks it", async () => {
    expect(carryOut("check")).toEqual(["src/doctor/checks/home.ts", "src/doctor/checks/index.ts"]);
    const { results } = JSON.parse((await plimsoll("doctor", "--json")).output);
    expect(results).toContainEqual(expect.objectContaining({ check: "home", text: `HOME is ${COPY}` }));
  }, 60_000);

  test("a command touches two files, and is in the help", async () => {
    expect(carryOut("command")).toEqual(["src/commands/where.ts", "src/commands/index.ts"]);
    expect((await plimsoll("where")).output).toBe(`${env.PLIMSOLL_STATE}\n`);
    expect((await plimsoll("where", "--json")).output).toBe(
      `${JSON.stringify({ state: env.PLIMSOLL_STATE })}\n`,
    );
    expect((await plimsoll("where", "here")).code).toBe(2);
    expect((await plimsoll("--help")).output).toContain("Print where the state is kept");
  }, 60_000);

  test("a theme touches one file, is offered, and is legible", async () => {
    expect(carryOut("theme")).toEqual(["src/line/look/themes.ts"]);
    const { output } = await plimsoll("preview", "--theme", "slate-dark", "--sample", "busy");
    expect(output).toContain("38;2;181;220;220mSonnet 5.5");
    expect((await bun("test", "test/line/look/theme.test.ts")).code).toBe(0);
  }, 60_000);

  test("a part touches two files, is gathered, kept and configurable", async () => {
    expect(carryOut("part")).toEqual(["src/state/parts.ts", "src/gather/parts/index.ts"]);
    const gathered = await plimsoll("gather", "--force", "--wait", "--json");
    expect(gathered.output).toContain('"load"');
    const [account = ""] = new Bun.Glob("accounts/*.json").scanSync({
      cwd: env.PLIMSOLL_STATE,
      absolute: true,
    });
    expect(JSON.parse(readFileSync(account, "utf8")).parts.load).toMatchObject({
      value: { oneMinute: expect.any(Number) },
    });
    expect((await plimsoll("config", "schema", "--markdown")).output).toContain("| `refresh.load` |");
  }, 60_000);

  test("a setting touches two files and its user, is checked, and works", async () => {
    const [declared, checked, ...users] = carryOut("setting");
    expect([declared, checked]).toEqual(["src/config/config.ts", "src/config-file/schema.ts"]);
    expect(users).toEqual(["src/line/layout/line.ts"]);
    const rows = async () => (await plimsoll("preview", "--sample", "busy")).output.trim().split("\n").length;
    const before = await rows();
    expect((await plimsoll("config", "set", "maxRows", "9")).code).not.toBe(0);
    expect((await plimsoll("config", "set", "maxRows", "1")).code).toBe(0);
    expect(before - (await rows())).toBe(1);
  }, 60_000);

  test("a report column touches one file, and is in the table, JSON and CSV", async () => {
    expect(carryOut("report column")).toEqual(["src/usage/sum-columns.ts"]);
    const project = join(COPY, ".claude/projects/-home-me-app");
    mkdirSync(project, { recursive: true });
    const usage = { input_tokens: 10, output_tokens: 20 };
    const message = { id: "msg_1", type: "message", role: "assistant", model: "claude-sonnet-5-5", usage };
    const line = {
      type: "assistant",
      timestamp: "2026-11-21T10:00:00.000Z",
      sessionId: "s",
      requestId: "r",
      message,
    };
    writeFileSync(join(project, "s.jsonl"), `${JSON.stringify(line)}\n`);
    const { daily } = JSON.parse((await plimsoll("usage", "daily", "--json")).output);
    expect(daily).toMatchObject([{ period: "2026-11-21", messages: 1 }]);
    const [header = "", row = ""] = (await plimsoll("usage", "daily", "--csv")).output.split("\n");
    expect([header.split(",").at(-1), row.split(",").at(-1)]).toEqual(["messages", "1"]);
    expect((await plimsoll("usage", "daily")).output).toContain("Messages");
  }, 60_000);

  test("a style touches one file, and is offered", async () => {
    expect(carryOut("style")).toEqual(["src/line/layout/style.ts"]);
    const { output } = await plimsoll("preview", "--style", "brackets", "--sample", "fresh");
    expect(Bun.stripANSI(output)).toContain("[Sonnet 5.5] [medium]");
  }, 60_000);

  test("an icon set touches one file, and is offered", async () => {
    expect(sections.get("icon set")).toContain("`src/line/look/icons.ts`");
    const path = join(COPY, "src/line/look/icons.ts");
    const text = readFileSync(path, "utf8")
      .replace(/(ICON_SET_NAMES = \[.*)\]/, '$1, "words"]')
      .replaceAll(/^ {2}(\w+): \[(".*")\],$/gm, '  $1: [$2, "$1 "],');
    writeFileSync(path, text);
    const { output } = await plimsoll("preview", "--icons", "words", "--sample", "busy");
    expect(Bun.stripANSI(output)).toContain("directory  ~/proj");
  }, 60_000);

  test("each of them type-checks", async () => {
    expect(await bun("check", "--no-script")).toMatchObject({ code: 0 });
  }, 60_000);
});
