/** Existing lines: ours, customised, foreign; and what removal restores. */
import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type StatePaths, statePaths } from "../../src/state/paths.ts";
import { sweep } from "../../src/state/sweep.ts";
import { BINARY, run, until } from "../helpers/binary.ts";
import { hasTmux, terminal } from "../helpers/tmux.ts";
import { COMMAND, home, LINE } from "./home.ts";

const OTHER = { type: "command", command: "ccline", padding: 1 };
const FOREIGN = `{\n  "statusLine": ${JSON.stringify(OTHER)},\n  "z": [1,  2]\n}\n`;

test("ours at another path: the path is updated, and other members stay", async () => {
  using here = home();
  const line = {
    type: "command",
    command: "'/old place/plimsoll' display",
    padding: 3,
    refreshInterval: 1,
    mine: [true],
  };
  const rows = { type: "command", command: "/old/plimsoll subagents" };
  here.write(JSON.stringify({ a: 1, statusLine: line, subagentStatusLine: rows, z: 2 }, undefined, 4));
  expect((await here.setup()).code).toBe(0);
  expect(here.read()).toBe(
    JSON.stringify(
      {
        a: 1,
        statusLine: { ...line, command: COMMAND },
        subagentStatusLine: { ...rows, command: COMMAND.replace(/display$/, "subagents") },
        z: 2,
      },
      undefined,
      4,
    ),
  );
  expect((await here.setup("--refresh", "20")).code).toBe(0);
  expect(here.json()).toMatchObject({ statusLine: { refreshInterval: 20, padding: 3 } });
});

test("a customised line of ours is kept and reported; --replace overwrites it", async () => {
  using here = home();
  const command = `PLIMSOLL_CONFIG=/x exec ${COMMAND} | head -1`;
  const text = JSON.stringify({ statusLine: { type: "command", command } });
  here.write(text);
  const { code, stdout } = await here.setup();
  expect(code).toBe(0);
  expect(stdout).toContain(`was kept (--replace overwrites it): ${command}`);
  expect(here.read()).toBe(text);
  expect((await here.setup("--replace")).code).toBe(0);
  expect(here.json()).toEqual({ statusLine: { type: "command", command: COMMAND } });
});

test("another program's line is kept with exit 1; --replace overwrites it, --remove restores it", async () => {
  using here = home();
  here.write(FOREIGN);
  const kept = await here.setup();
  expect(kept.code).toBe(1);
  expect(kept.stdout).toBe("There is another status line: ccline\n");
  expect(kept.stderr).toContain("--replace overwrites it");
  expect(here.read()).toBe(FOREIGN);
  expect((await here.setup("--replace")).code).toBe(0);
  expect(Object.keys(here.json())).toEqual(["statusLine", "z"]);
  expect(here.json()).toMatchObject({ statusLine: LINE });
  expect((await here.setup("--remove")).code).toBe(0);
  expect(here.read()).toBe(FOREIGN);
});

test("invalid values are foreign as well", async () => {
  for (const value of ["null", '"plimsoll display"', "{}", "[]", '{ "command": 1 }']) {
    using here = home();
    const text = `{ "statusLine": ${value} }`;
    here.write(text);
    expect((await here.setup()).code).toBe(1);
    expect((await here.setup("--remove")).code).toBe(0);
    expect(here.read()).toBe(text);
    expect((await here.setup("--replace")).code).toBe(0);
    expect(here.json()).toEqual({ statusLine: LINE });
    expect((await here.setup("--remove")).code).toBe(0);
    expect(here.read()).toBe(text);
  }
});

test("another program's subagent line is kept as well, and nothing is written", async () => {
  using here = home();
  const text = '{ "subagentStatusLine": { "type": "command", "command": "theirs" } }';
  here.write(text);
  expect(await here.setup("--subagents")).toMatchObject({ code: 1 });
  expect(here.read()).toBe(text);
  expect((await here.setup()).code).toBe(0);
  expect(here.json()).toMatchObject({ subagentStatusLine: { command: "theirs" }, statusLine: LINE });
});

test("later changes by others stay when ours is removed, and their line is restored", async () => {
  using here = home();
  here.write(FOREIGN);
  await here.setup("--replace", "--subagents");
  here.write((here.read() as string).replace('"z": [1,  2]', '"y":  0,\n  "z": [1,  2, 3]'));
  expect((await here.setup("--remove")).code).toBe(0);
  expect(here.read()).toBe(FOREIGN.replace('"z": [1,  2]', '"y":  0,\n  "z": [1,  2, 3]'));
});

test("after several updates the first original counts", async () => {
  using here = home();
  await here.setup();
  await here.setup("--refresh", "5");
  await here.setup("--subagents");
  await here.setup("--remove");
  expect(here.read()).toBeUndefined();
  here.write(FOREIGN);
  await here.setup("--replace");
  await here.setup("--refresh", "5");
  // A key added between two updates is part of what is restored.
  const withKey = (text: string) => text.replace('"z"', '"key": null,\n  "z"');
  here.write(withKey(here.read() as string));
  await here.setup("--refresh", "7");
  await here.setup("--remove");
  expect(here.read()).toBe(withKey(FOREIGN));
});

test("a line that the user put there meanwhile, and that was replaced again, is the new original", async () => {
  using here = home();
  here.write(FOREIGN);
  await here.setup("--replace");
  const second = '{"statusLine":{"type":"command","command":"third party"}}';
  here.write(second);
  await here.setup("--replace");
  await here.setup("--remove");
  expect(here.read()).toBe(second);
  // A foreign line is never removed.
  await here.setup("--replace");
  here.write(FOREIGN);
  expect(await here.setup("--remove")).toMatchObject({
    code: 0,
    stdout: `${here.settings}: nothing to do\n`,
  });
  expect(here.read()).toBe(FOREIGN);
});

test("without a record, or with a torn one, our lines are removed and the rest stays", async () => {
  for (const state of ["lost", "torn", "a file in its place"]) {
    using here = home();
    here.write('{\n  "a": 1\n}\n');
    await here.setup("--subagents");
    const records = join(here.state, "setup");
    const [record] = readdirSync(records);
    if (state === "torn") here.write('{"version":1,"file":', join(records, record as string));
    else rmSync(here.state, { recursive: true });
    if (state === "a file in its place") here.write("", here.state);
    const { code, stderr } = await here.setup("--remove");
    expect(code).toBe(0);
    expect(stderr.includes("no backup was written")).toBe(state === "a file in its place");
    expect(here.read()).toBe('{\n  "a": 1\n}\n');
  }
});

test("a line that was removed by hand: nothing is changed, and the record is dropped", async () => {
  using here = home();
  here.write(FOREIGN);
  await here.setup("--replace");
  const byHand = '{\n  "z": [1,  2]\n}\n';
  here.write(byHand);
  expect((await here.setup("--remove")).stdout).toBe(`${here.settings}: nothing to do\n`);
  expect(here.read()).toBe(byHand);
  expect(readdirSync(join(here.state, "setup"))).toEqual([]);
});

test("backups are private, outside the settings' directory, the newest ten", async () => {
  using here = home();
  here.write('{"original":true}');
  const backups = join(here.state, "backups");
  for (let refresh = 1; refresh <= 12; refresh++) {
    const before = here.read();
    const { stdout } = await here.setup("--refresh", String(refresh));
    const path = /; backup: (\S+)/.exec(stdout)?.[1] as string;
    expect(readFileSync(path, "utf8")).toBe(before as string);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
  expect(readdirSync(backups).length).toBe(10);
  expect(readdirSync(join(here.home, ".claude"))).toEqual(["settings.json"]);
  // Each file has its own backups.
  await here.setup("--local");
  await here.setup("--local", "--refresh", "4");
  expect(readdirSync(backups).length).toBe(11);
});

test("sweeps keep backups and records, and remove only leftovers of killed writers", async () => {
  using here = home();
  here.write(FOREIGN);
  await here.setup("--replace");
  const kept = readdirSync(here.state, { recursive: true }).filter((name) =>
    /^(setup|backups)/.test(String(name)),
  );
  expect(kept.length).toBe(4);
  here.write("half", join(here.state, "backups/.x.plimsoll-1-1-x.tmp"));
  const paths = statePaths(here.env) as StatePaths;
  expect(sweep(paths, Date.now() + 400 * 24 * 3600_000, { force: true })).toBe(1);
  expect(readdirSync(here.state, { recursive: true })).toEqual(expect.arrayContaining(kept));
  await here.setup("--remove");
  expect(here.read()).toBe(FOREIGN);
});

test("doctor reports valid settings after setup", async () => {
  using here = home();
  await here.setup();
  const { stdout } = await run(["doctor", "--json"], { env: here.env, cwd: here.project });
  expect(JSON.parse(stdout).results[0]).toMatchObject({
    check: "settings",
    level: "good",
    text: `${here.settings} (user): ${COMMAND}`,
  });
});

test.skipIf(!hasTmux)("on a terminal it asks, and only yes replaces another line", async () => {
  using here = home();
  here.write(FOREIGN);
  await using screen = await terminal(here.env);
  const ask = async (answer: string[], end: string) => {
    await screen.press("clear", "Enter");
    // What is typed before the question is dropped: wait for this one.
    await until("the screen is clear", async () => !(await screen.screen()).includes("Replace it?"));
    await screen.press(`${BINARY} setup; echo "exit=$?"`, "Enter");
    await screen.shows("There is another status line: ccline");
    await screen.shows("Replace it? [y/N]");
    await screen.press(...answer);
    await screen.shows(end);
  };
  for (const answer of [["Enter"], ["n", "Enter"], ["x", "Enter"], ["C-d"]]) {
    await ask(answer, "exit=1");
    expect(here.read()).toBe(FOREIGN);
  }
  await ask(["C-c"], "$");
  expect(here.read()).toBe(FOREIGN);
  await ask(["yes", "Enter"], "exit=0");
  expect(here.json()).toMatchObject({ statusLine: LINE });
});

test("what was typed before the question is no answer to it", async () => {
  using here = home();
  here.write(FOREIGN);
  let screen = "";
  const child = Bun.spawn([BINARY, "setup"], {
    env: here.env,
    cwd: here.project,
    terminal: { data: (_, data) => (screen += new TextDecoder().decode(data)) },
  });
  child.terminal?.write("y\n");
  await until("the question is shown", () => screen.includes("Replace it? [y/N]"));
  child.terminal?.write("\n");
  expect(await child.exited).toBe(1);
  expect(here.read()).toBe(FOREIGN);
});

test.skipIf(!hasTmux)("on a terminal a warning is coloured, its hint is not (tmux)", async () => {
  using here = home();
  here.write('{"disableAllHooks":true}');
  await using screen = await terminal(here.env, { columns: 160 });
  await screen.press(`${BINARY} setup`, "Enter");
  await screen.shows("Next: ");
  const lines = (await screen.painted()).split("\n");
  expect(lines.find((line) => line.includes("disableAllHooks' in"))).toStartWith("\u001b[33mwarning: ");
  expect(lines.find((line) => line.includes("hint: remove it"))).toMatch(/^(\u001b\[39m)? {2}hint: /);
});

test("setup ends with the next step, which runs as it is printed", async () => {
  using here = home();
  const change = `'${BINARY} config edit'`;
  expect((await here.setup("--dry-run")).stdout).toEndWith("\nNext: the same without --dry-run writes it\n");
  const { stdout } = await here.setup();
  expect(stdout).toEndWith(`\nNext: start 'claude'; change the line with ${change}\n`);
  // Scripts run it again and again.
  expect((await here.setup()).stdout).not.toContain("Next:");
});

test("what hides the line is reported after writing it", async () => {
  using here = home();
  mkdirSync(join(here.project, ".claude"));
  here.write('{"disableAllHooks":true}', join(here.project, ".claude/settings.json"));
  here.write(JSON.stringify({ statusLine: OTHER }), join(here.project, ".claude/settings.local.json"));
  here.write('{"projects":{}}', join(here.home, ".claude.json"));
  const { code, stdout, stderr } = await here.setup();
  expect(code).toBe(0);
  expect(stdout).toEndWith("\nNext: fix what hides the line (see the warning), then start 'claude'\n");
  expect(stderr).toContain("warning: 'disableAllHooks' in");
  expect(stderr).toContain("(project, local) has another status line, and hides ours in");
  expect(stderr).toContain(`warning: Claude Code does not trust ${here.project} yet`);
  expect((await here.setup("--remove")).stderr).toBe("");
});

test("the client's own file and credentials are never written", async () => {
  using here = home();
  const files = [".claude.json", ".claude/.credentials.json"].map((name) => join(here.home, name));
  for (const file of files) here.write('{"projects": {}}', file);
  const facts = () =>
    files.map((file) => [statSync(file).ino, statSync(file).mtimeMs, readFileSync(file, "utf8")]);
  const before = facts();
  await here.setup();
  await here.setup("--remove");
  expect(facts()).toEqual(before);
});

test("a plimsoll on PATH that is this program is used; for a shared file its bare name", async () => {
  using here = home();
  const bin = here.path("home/my bin");
  mkdirSync(bin);
  symlinkSync(BINARY, join(bin, "plimsoll"));
  here.env.PATH = `${bin}:${here.env.PATH}`;
  await here.setup();
  expect(here.json()).toMatchObject({ statusLine: { command: `'${bin}/plimsoll' display` } });
  // /bin/sh, as used by Claude Code, runs it.
  const shell = Bun.spawnSync(["/bin/sh", "-c", `'${bin}/plimsoll' --version`]);
  expect(shell.stdout.toString()).toBe((await run(["--version"], { env: here.env })).stdout);
  const project = join(here.project, ".claude/settings.json");
  expect((await here.setup("--project")).stderr).not.toContain("shared with the project");
  expect(here.json(project)).toMatchObject({ statusLine: { command: "plimsoll display" } });
  here.env.PATH = "/usr/bin:/bin";
  const { stderr } = await here.setup("--project");
  expect(stderr).toContain("is a path on this machine, but the file is shared with the project");
  expect(here.json(project)).toMatchObject({ statusLine: { command: COMMAND } });
});
