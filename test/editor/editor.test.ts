import { expect, setDefaultTimeout, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { constants } from "node:os";
import { readConfig } from "../../src/config-file/read.ts";
import { BINARY, run, type Sandbox, sandbox, until } from "../helpers/binary.ts";
import { hasTmux, type Terminal, terminal } from "../helpers/tmux.ts";

setDefaultTimeout(60_000);

/** The editor needs a terminal, and tmux is how a test has one. */
const withTerminal = test.skipIf(!hasTmux);

const configOf = (path: string) => {
  const read = readConfig(readFileSync(path, "utf8"));
  if ("errors" in read) throw new Error(JSON.stringify(read.errors));
  return read.config;
};

const configPath = (box: Sandbox) => `${box.home}/.config/plimsoll/config.json`;

function writeConfig(box: Sandbox, text: string): string {
  mkdirSync(`${box.home}/.config/plimsoll`, { recursive: true });
  writeFileSync(configPath(box), text);
  return configPath(box);
}

async function edit(screen: Terminal): Promise<void> {
  await screen.press(`${BINARY} config edit`, "Enter");
  await screen.shows("save  q leave  ? help  u U undo, redo  tab sample");
}

const MINE = `// mine
{
  "rows": [
    ["model", "git"], // the first
    { "left": ["cost"], "right": ["clock"] },
  ],
  "margin": 3, // cells
}
`;

for (const [columns, rows] of [
  [60, 20],
  [120, 40],
] as const)
  withTerminal(`at ${columns}x${rows}: filter, add, configure, move, undo, export, save`, async () => {
    using box = sandbox();
    const path = writeConfig(box, MINE);
    await using screen = await terminal(box.env, { columns, rows });
    await edit(screen);
    // Filter and add.
    await screen.press("a");
    await screen.shows("type to filter");
    await screen.press("c", "a", "c");
    await screen.shows("3 of 4");
    await screen.press("Enter");
    await screen.shows("changed");
    await screen.shows("model cache git");
    // Options: the hit rate's time, in the preview at once.
    await screen.press("Enter");
    await screen.shows("‹ clock ›");
    await screen.press("Right");
    await screen.shows("‹ left ›");
    await screen.press("q");
    // Over the middle, to the row below, and to a new one.
    await screen.press(">", ">");
    await screen.shows("model git ┊ cache");
    await screen.press("]", "<");
    await screen.shows("cost cache ┊ clock");
    // Export, into the home directory.
    await screen.press("Down", "End");
    for (let left = 0; left < 3; left++) await screen.press("PPage");
    await screen.press("NPage", "NPage", "Down", "Down", "Down", "Down", "Down", "Up");
    await screen.shows("Write this configuration to another file");
    await screen.press("Enter");
    await screen.shows("~/plimsoll.json");
    // A directory is refused, and a name completed.
    await screen.press("C-u", "~", "/", ".", "c", "o", "n", "Tab");
    await screen.shows("~/.config/");
    await screen.press("Enter");
    await screen.shows("add the name of a file");
    await screen.press("C-u", "~", "/", "x", ".", "j", "s", "o", "n", "Enter");
    await screen.shows("exported to");
    expect(configOf(`${box.home}/x.json`).rows[1]?.left).toEqual(["cost", "cache"]);
    expect(readFileSync(path, "utf8")).toBe(MINE);
    // Undo everything: nothing to save.
    const exported = readFileSync(`${box.home}/x.json`, "utf8");
    await screen.press("u", "u", "u", "u", "u", "u", "u", "s");
    await screen.shows("nothing to save");
    await screen.press("U", "U", "U", "U", "U", "U", "U", "s");
    await screen.shows("Save the changes?");
    await screen.press("y");
    await screen.shows("wrote");
    expect(readFileSync(path, "utf8")).toBe(exported);
    expect(exported).toContain("// the first");
    expect(readFileSync(`${path}.bak`, "utf8")).toBe(MINE);
    expect(configOf(path).segments.cache).toEqual({ time: "left" });
  });

withTerminal(
  "without a file: changes show at once, and are written only after saving and confirming",
  async () => {
    using box = sandbox();
    const path = configPath(box);
    await using screen = await terminal(box.env);
    await edit(screen);
    await screen.shows("Sonnet 5.5 · med");
    await screen.press("Down", "Down", "Down", "Down", "Right");
    await screen.shows("‹ powerline ›");
    await screen.shows("Sonnet 5.5 › med");
    await screen.press("s");
    await screen.shows("Save the changes?");
    await screen.press("n");
    await screen.shows("changed");
    expect(existsSync(path)).toBe(false);
    // Through two presets.
    await screen.press("Up", "Up", "Right", "Right");
    await screen.shows("‹ full ›");
    const previewed = await screen.screen();
    await screen.press("s", "y");
    await screen.shows("wrote ~/.config/plimsoll/config.json");
    expect(configOf(path)).toMatchObject({ style: "powerline", bar: { cells: 10 } });
    expect(readFileSync(path, "utf8")).not.toContain('"cells"');
    // The line that was previewed.
    const { stdout } = await run(["preview", "--sample", "busy", "--width", "100"], { env: box.env });
    const rows = Bun.stripANSI(stdout).trimEnd().split("\n").slice(1);
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(previewed).toContain(row.trimEnd());
  },
);

withTerminal("import: errors in the field, then shown, undone, taken; a path with ~", async () => {
  using box = sandbox();
  const path = writeConfig(box, MINE);
  writeFileSync(`${box.home}/bad.json`, '{"rows": [["gti"]]}');
  writeFileSync(`${box.home}/good.json`, '{"style": "capsule"}');
  await using screen = await terminal(box.env, { columns: 80, rows: 24 });
  await edit(screen);
  await screen.press("NPage", "NPage", "NPage", "Up", "Up", "Enter");
  await screen.shows("import from");
  await screen.press("b", "a", "d", ".", "j", "s", "o", "n", "Enter");
  await screen.shows("did you mean 'git'");
  await screen.press("C-u", "~", "/", "n", "o", "n", "e", "Enter");
  await screen.shows("cannot read ");
  await screen.press("C-u", "~", "/", "g", "o", "o", "d", ".", "j", "s", "o", "n", "Enter");
  await screen.shows("good.json?");
  await screen.press("m");
  await screen.shows("imported");
  await screen.press("s", "y");
  await screen.shows("wrote");
  expect(readFileSync(path, "utf8")).toBe(
    MINE.replace('"margin": 3, // cells', '"margin": 3, // cells\n  "style": "capsule",'),
  );
});

withTerminal("a file that changed meanwhile is overwritten only after asking; a link stays one", async () => {
  using box = sandbox();
  mkdirSync(`${box.home}/.config/plimsoll`, { recursive: true });
  writeFileSync(`${box.home}/dotfile`, MINE);
  const path = configPath(box);
  symlinkSync(`${box.home}/dotfile`, path);
  await using screen = await terminal(box.env);
  await edit(screen);
  await screen.press("x");
  await screen.shows("changed");
  writeFileSync(`${box.home}/dotfile`, "{}");
  await screen.press("s", "e");
  await screen.shows("has changed since it was opened");
  await screen.press("n", "s", "e", "y");
  await screen.shows("wrote");
  expect(configOf(path).rows[0]?.left).toEqual(["git"]);
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  // Saved and still open: leaving needs no question.
  await screen.press("q");
  await screen.shows("ready$ ");
});

withTerminal("a failed save is reported in the editor, and nothing is lost", async () => {
  using box = sandbox();
  const path = writeConfig(box, MINE);
  mkdirSync(`${path}.bak`);
  await using screen = await terminal(box.env);
  await edit(screen);
  await screen.press("x", "s", "y");
  await screen.shows("cannot write");
  expect(readFileSync(path, "utf8")).toBe(MINE);
  rmdirSync(`${path}.bak`);
  await screen.press("s", "y");
  await screen.shows("wrote");
  expect(configOf(path).rows[0]?.left).toEqual(["git"]);
});

withTerminal("installs into Claude Code: shows the change, asks, and says that it is installed", async () => {
  using box = sandbox();
  const settings = `${box.home}/.claude/settings.json`;
  mkdirSync(`${box.home}/.claude`);
  writeFileSync(settings, '{\n  "model": "opus"\n}\n');
  await using screen = await terminal(box.env, { columns: 80, rows: 24 });
  await edit(screen);
  await screen.press("NPage", "NPage", "NPage");
  await screen.shows("not installed");
  await screen.press("Enter");
  await screen.shows('+   "statusLine": {');
  expect(readFileSync(settings, "utf8")).not.toContain("statusLine");
  await screen.press("y");
  await screen.shows("changed ");
  expect(readFileSync(settings, "utf8")).toContain("plimsoll display");
  await screen.shows("installed ›");
  await screen.press("Enter");
  await screen.shows("shows this line already");
  await screen.press("Left");
  await screen.shows('+     "refreshInterval": 5');
  await screen.press("y");
  await screen.shows("backup:");
  expect(readFileSync(settings, "utf8")).toContain('"refreshInterval": 5');
  await screen.press("Enter");
  await screen.shows("remove the line");
  await screen.shows("redrawn at least every 5 s");
  await screen.press("x");
  await screen.shows("This change removes the line");
  await screen.shows('-   "statusLine": {');
  expect(readFileSync(settings, "utf8")).toContain("statusLine");
  await screen.press("y");
  await screen.shows("not installed ›");
  expect(readFileSync(settings, "utf8")).toBe('{\n  "model": "opus"\n}\n');
});

withTerminal("your last session is among the samples", async () => {
  using box = sandbox();
  mkdirSync(box.state, { mode: 0o700 });
  const payload = {
    session_id: "00000000-0000-4000-8000-000000000001",
    model: { id: "claude-haiku-5", display_name: "Haiku Five" },
    workspace: { current_dir: box.home, project_dir: box.home },
    cost: { total_cost_usd: 7.77 },
  };
  writeFileSync(`${box.state}/payload.json`, JSON.stringify(payload), { mode: 0o600 });
  await using screen = await terminal(box.env);
  await edit(screen);
  await screen.press("BTab", "BTab");
  await screen.shows("── your last session");
  await screen.shows("Haiku Five");
  await screen.shows("$7.77");
});

withTerminal("it fits after a change of the terminal's size, and can be left on a tiny one", async () => {
  using box = sandbox();
  await using screen = await terminal(box.env, { columns: 100, rows: 30 });
  await edit(screen);
  await screen.resize(40, 12);
  await screen.shows("s save  q leave");
  await screen.press("a");
  await screen.shows("esc back");
  await screen.resize(20, 4);
  await screen.shows("esc back");
  await screen.press("Escape");
  await screen.shows("s save");
  await screen.press("q");
  await screen.shows("nothing was");
});

withTerminal(
  "leaving writes nothing, after confirmation if there are changes, and restores the terminal",
  async () => {
    using box = sandbox();
    await using screen = await terminal(box.env);
    await screen.press(`stty -a > ${box.path("before")}; echo as it was`, "Enter");
    await screen.shows("\nas it was");
    await edit(screen);
    expect(await screen.variable("alternate_on")).toBe("1");
    await screen.press("x", "q");
    await screen.shows("Leave without saving?");
    await screen.press("n", "q", "y");
    await screen.shows("nothing was written");
    expect(await screen.screen()).toContain("as it was");
    expect(await screen.variable("alternate_on")).toBe("0");
    expect(await screen.variable("cursor_flag")).toBe("1");
    await screen.press(`stty -a > ${box.path("after")}; echo and is`, "Enter");
    await until(
      "stty has answered",
      () => existsSync(box.path("after")) && readFileSync(box.path("after")).length > 0,
    );
    expect(readFileSync(box.path("after"), "utf8")).toBe(readFileSync(box.path("before"), "utf8"));
  },
);

withTerminal("ctrl-z suspends it: what is typed then is the shell's", async () => {
  using box = sandbox();
  await using screen = await terminal({ ...box.env, ENV: "" }, { columns: 80, rows: 24 });
  // The shell's job control.
  await screen.press("set -m", "Enter");
  await edit(screen);
  await screen.press("C-z");
  await screen.shows("$");
  await screen.press("echo shell $((40 + 2))", "Enter");
  await screen.shows("shell 42");
  await screen.press("fg", "Enter");
  await screen.shows("save  q leave");
  await screen.press("q");
  await screen.shows("nothing was written");
});

test("a terminal that cannot draw is refused", async () => {
  using box = sandbox();
  const child = Bun.spawn([BINARY, "config", "edit"], {
    env: { ...box.env, TERM: "dumb" },
    terminal: { cols: 80, rows: 24 },
  });
  expect(await child.exited).toBe(2);
});

withTerminal("a signal ends it and restores the terminal", async () => {
  using box = sandbox();
  await using screen = await terminal(box.env);
  await edit(screen);
  process.kill(await screen.foreground(), "SIGTERM");
  await screen.shows("nothing was written");
  expect(await screen.variable("alternate_on")).toBe("0");
  expect(await screen.variable("cursor_flag")).toBe("1");
});

const ENDED_BY = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGTERM: 143,
  SIGALRM: 142,
  SIGUSR1: 128 + constants.signals.SIGUSR1,
  SIGUSR2: 128 + constants.signals.SIGUSR2,
  "the end of its terminal": 129,
};

for (const [what, code] of Object.entries(ENDED_BY))
  test(`${what} ends it with exit code ${code}, and nothing is written`, async () => {
    using box = sandbox();
    const errors = box.path("errors");
    let drawn = "";
    const child = Bun.spawn(["/bin/sh", "-c", `exec ${BINARY} config edit 2>${errors}`], {
      env: box.env,
      terminal: { cols: 80, rows: 24, data: (_, data) => (drawn += Buffer.from(data).toString()) },
    });
    await until("the editor is drawn", () => drawn.includes("busy: "));
    if (what.startsWith("SIG")) child.kill(what as NodeJS.Signals);
    else child.terminal?.close();
    await child.exited;
    expect(child.exitCode).toBe(code);
    if (what.startsWith("SIG")) expect(drawn).toContain("\x1b[?1049l");
    expect(readFileSync(errors, "utf8")).toBe("");
    expect(existsSync(configPath(box))).toBe(false);
  });

test("a late answer of the terminal, byte by byte, neither edits nor leaves", async () => {
  using box = sandbox();
  let drawn = "";
  const child = Bun.spawn([BINARY, "config", "edit"], {
    env: box.env,
    terminal: { cols: 80, rows: 24, data: (_, data) => (drawn += Buffer.from(data).toString()) },
  });
  await until("the editor is drawn", () => drawn.includes("busy: "));
  for (const byte of "\x1b]11;rgb:ff/ff/ff\x07\x1b[?62c") {
    child.terminal?.write(byte);
    await Bun.sleep(byte === "\x1b" ? 100 : 5);
  }
  await until("the hint is drawn", () => drawn.includes("q leaves"));
  expect(drawn).not.toContain("changed");
  child.terminal?.write("q");
  expect(await child.exited).toBe(0);
});

test("keys that come together are drawn together, and a paste does nothing outside of a field", async () => {
  using box = sandbox();
  let drawn = "";
  const child = Bun.spawn([BINARY, "config", "edit"], {
    env: box.env,
    terminal: { cols: 80, rows: 24, data: (_, data) => (drawn += Buffer.from(data).toString()) },
  });
  await until("the editor is drawn", () => drawn.includes("busy: "));
  expect(drawn).toContain("\x1b[?2004h");
  drawn = "";
  child.terminal?.write(`\x1b[200~xdxd\x1b[201~${"\x1b[B\x1b[A".repeat(300)}q`);
  expect(await child.exited).toBe(0);
  expect(drawn.split("\x1b[H").length).toBeLessThan(20);
  expect(drawn).toContain("\x1b[?2004l");
});
