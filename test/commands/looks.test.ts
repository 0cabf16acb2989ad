import { expect, setDefaultTimeout, test } from "bun:test";
import { themeNames } from "../../src/line/look/themes.ts";
import { SEGMENTS } from "../../src/line/segments/index.ts";
import { run, sandbox } from "../helpers/binary.ts";
import { samplePayload } from "../helpers/sample.ts";

setDefaultTimeout(60_000);

test("segments lists all with their looks; with a name, its options", async () => {
  using box = sandbox();
  const list = (await run(["segments"], { env: box.env })).stdout;
  for (const { name, about } of SEGMENTS)
    expect(list).toMatch(
      new RegExp(`^${name}(:[A-Z]+)? +\\S.* {2}${about.slice(0, 20).replace(/[()]/g, ".")}`, "m"),
    );
  expect((await run(["segments", "cache"], { env: box.env })).stdout).toMatchInlineSnapshot(`
    "cache: The prompt cache: share of the input served from it, and when it expires
      look      cache 95% →14:09
      from      payload prompt_cache
      absent    when no prompt has been cached yet
      priority  40
      levels    warn 50 (% of input served from the cache, or less)
      time      when it expires, or the time left (default "clock"): clock, left
    "
  `);
  const json = JSON.parse((await run(["segments", "--json"], { env: box.env })).stdout);
  expect(json.map(({ name }: { name: string }) => name)).toEqual(SEGMENTS.map(({ name }) => name));
  const table = (await run(["segments", "--markdown"], { env: box.env })).stdout.trim().split("\n");
  expect(table).toHaveLength(SEGMENTS.length + 2);
  const wrong = await run(["segments", "gti"], { env: box.env });
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toContain("did you mean 'git'?");
});

test("preview draws every theme, style and preset at the given widths, never wider", async () => {
  using box = sandbox();
  const all = await run(["preview", "--all"], { env: { ...box.env, COLORTERM: "truecolor" } });
  expect(all.code).toBe(0);
  for (const name of themeNames()) expect(all.stdout).toContain(`theme ${name}:`);
  for (const style of ["plain", "powerline", "capsule"])
    expect(all.stdout).toContain(`style ${style}, icons nerd`);
  expect(all.stdout).toContain("\n\n   near: near every limit, during a rebase\n");
  const narrow = await run(["preview", "--presets", "--width", "50"], { env: { ...box.env, TERM: "dumb" } });
  for (const row of narrow.stdout.split("\n").filter((line) => !/^(──| {3})/.test(line)))
    expect(Bun.stringWidth(row)).toBeLessThanOrEqual(46);
  expect((await run(["preview", "--theme", "fjord-drak"], { env: box.env })).stderr).toContain(
    "'fjord-dark'",
  );
  expect((await run(["preview", "--width", "x"], { env: box.env })).code).toBe(2);
});

test("display and preview take signs that are narrow everywhere in CJK locales", async () => {
  using box = sandbox();
  const env = { ...box.env, NO_COLOR: "1", LC_ALL: "", LC_CTYPE: "ja_JP.UTF-8", LANG: "C" };
  const stdin = JSON.stringify(
    samplePayload({ cwd: box.home, claudeDir: `${box.home}/.claude`, now: Date.now() }),
  );
  const drawn = (await run(["display"], { env: { ...env, PLIMSOLL_NO_GATHER: "1" }, stdin })).stdout;
  const previewed = (await run(["preview", "--sample", "busy"], { env })).stdout;
  for (const rows of [drawn, previewed]) {
    expect(rows).toContain("▱");
    expect(rows).toContain("↻");
    expect(rows).not.toMatch(/[━─→↑]/);
  }
  const elsewhere = (await run(["preview", "--sample", "busy"], { env: { ...env, LC_ALL: "C.UTF-8" } }))
    .stdout;
  expect(elsewhere).toContain("━━────────");
});

test("preview draws the configured line, and the default one if the configuration is invalid", async () => {
  using box = sandbox();
  await run(["config", "set", "rows", '[["text:MINE"]]'], { env: box.env });
  expect((await run(["preview"], { env: box.env })).stdout).toContain("MINE");
  await Bun.write(`${box.home}/.config/plimsoll/config.json`, '{"rows": 5}');
  const wrong = await run(["preview"], { env: box.env });
  expect(wrong.stderr).toContain("rows: 5 is not a list of 1 to 8 rows");
  expect(wrong.stdout).toContain("Sonnet 5.5");
});

test("preview needs neither a home nor a readable configuration", async () => {
  using box = sandbox();
  const { HOME: _, ...homeless } = box.env;
  const byDefault = await run(["preview"], { env: box.env });
  expect(await run(["preview"], { env: homeless })).toMatchObject({
    code: 0,
    stderr: "",
    stdout: byDefault.stdout,
  });
  const directory = await run(["preview"], { env: { ...box.env, PLIMSOLL_CONFIG: box.home } });
  expect(directory).toMatchObject({ code: 0, stdout: byDefault.stdout });
  expect(directory.stderr).toContain(`cannot read ${box.home}: `);
});
