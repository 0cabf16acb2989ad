/** The theme `auto` follows Claude Code's own, as a user meets it. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gather, payload, type World, world, writeConfig } from "../gather/world.ts";
import { run } from "../helpers/binary.ts";

setDefaultTimeout(60_000);

const ID = "11111111-2222-4333-8444-555555555555";
const TASKS = JSON.parse(readFileSync(join(import.meta.dir, "../fixtures/payloads/subagents.json"), "utf8"));

/** Draws without starting a pass, in a terminal of all colours that does not report its background. */
async function draw(here: World, env: Record<string, string> = {}, command = "display"): Promise<string> {
  const stdin =
    command === "subagents" ? JSON.stringify({ ...TASKS, ...JSON.parse(sent(here)) }) : sent(here);
  const all = { ...here.box.env, COLORTERM: "truecolor", PLIMSOLL_NO_GATHER: "1", ...env };
  let drawn = await run([command], { env: all, stdin });
  // On a busy machine a render may reach its deadline, which the kernel enforces.
  for (let retries = 0; drawn.signal !== null && retries < 10; retries++)
    drawn = await run([command], { env: all, stdin });
  expect(drawn.code).toBe(0);
  return drawn.stdout;
}

const sent = (here: World): string => payload(ID, here.session(ID), here.box.home);

const setTheme = (here: World, theme: unknown): void =>
  writeFileSync(join(here.claudeDir, "settings.json"), JSON.stringify({ theme }));

/** The line with a theme of the configuration. */
async function drawConfigured(here: World, theme: string, command?: string): Promise<string> {
  writeConfig(here, { theme });
  const drawn = await draw(here, {}, command);
  writeConfig(here, {});
  return drawn;
}

test("after the first pass the line has the theme for Claude Code's; before it, the terminal's colours", async () => {
  using here = world();
  setTheme(here, "light-daltonized");
  const terminal = await drawConfigured(here, "terminal");
  expect(await draw(here)).toBe(terminal);
  await gather(here, { stdin: sent(here) });
  const clear = await drawConfigured(here, "clear-light");
  const drawn = await draw(here);
  expect(drawn).toBe(clear);
  expect(drawn).not.toBe(terminal);
  expect(drawn).toContain("\x1b[38;2;");
  // Rows of subagents too, which are drawn in another command.
  const rows = await draw(here, {}, "subagents");
  expect(rows).toBe(await drawConfigured(here, "clear-light", "subagents"));
  expect(rows).toContain("38;2;");

  // A theme that is configured wins, and so do fewer colours and none.
  expect(await drawConfigured(here, "ember-dark")).not.toBe(clear);
  expect(await draw(here, { NO_COLOR: "1" })).not.toContain("\x1b[");
  expect(await draw(here, { COLORTERM: "", TERM: "xterm" })).not.toContain("38;2;");
  // It wins over COLORFGBG.
  expect(await draw(here, { COLORFGBG: "15;0" })).toBe(clear);
  const { stdout } = await run(["explain"], { env: here.box.env, stdin: sent(here) });
  expect(stdout).toContain("clear-light: Claude Code's theme is 'light-daltonized'");

  // Another theme is found by the next pass, however soon it is.
  setTheme(here, "dark");
  await gather(here, { stdin: sent(here) });
  expect(await draw(here)).toBe(await drawConfigured(here, "harbor-dark"));
  setTheme(here, "light-ansi");
  await gather(here, { stdin: sent(here) });
  expect(await draw(here)).toBe(await drawConfigured(here, "terminal"));
});

test("--force reads the project's theme and .claude.json again", async () => {
  using here = world();
  const project = here.box.path("proj");
  mkdirSync(join(project, ".claude"), { recursive: true });
  const stdin = payload(ID, here.session(ID), project, { context_window: { context_window_size: 200_000 } });
  const theme = async (args: string[] = []) => {
    await gather(here, { args, stdin });
    const { stdout } = await run(["explain"], { env: here.box.env, stdin });
    return /theme: +(.*)/.exec(stdout)?.[1];
  };
  const client = join(here.box.home, ".claude.json");
  writeFileSync(client, JSON.stringify({ theme: "light" }));
  expect(await theme()).toContain("Claude Code's theme is 'light'");
  writeFileSync(client, JSON.stringify({ theme: "dark" }));
  // It changes all the time, and is read now and then.
  expect(await theme()).toContain("'light'");
  expect(await theme(["--force"])).toContain("'dark'");
  writeFileSync(join(project, ".claude/settings.json"), JSON.stringify({ theme: "light-ansi" }));
  expect(await theme()).toContain("'dark'");
  expect(await theme(["--force"])).toContain("'light-ansi'");
  // Without a payload too.
  writeFileSync(join(project, ".claude/settings.json"), JSON.stringify({ theme: "dark-ansi" }));
  await gather(here, { args: ["--force", "--session", ID] });
  const { stdout } = await run(["explain"], { env: here.box.env, stdin });
  expect(stdout).toContain("'dark-ansi'");
});

test("explain names the user's own theme, and why it is not what its file names", async () => {
  using here = world();
  setTheme(here, "custom:mine");
  mkdirSync(join(here.claudeDir, "themes"));
  const theme = async () => {
    await gather(here, { args: ["--force"], stdin: sent(here) });
    const { stdout } = await run(["explain"], { env: here.box.env, stdin: sent(here) });
    return /theme: +(.*)/.exec(stdout)?.[1];
  };
  expect(await theme()).toBe(
    "terminal: Claude Code's theme 'custom:mine' is not known, and COLORFGBG is missing or invalid",
  );
  const base = (name: string) =>
    writeFileSync(join(here.claudeDir, "themes/mine.json"), JSON.stringify({ base: name }));
  base("light-ansi");
  expect(await theme()).toBe("terminal: Claude Code's theme is 'custom:mine' (base 'light-ansi')");
  for (const invalid of ["pink", "custom:mine"]) {
    base(invalid);
    expect(await theme()).toBe("harbor-dark: Claude Code's theme is 'custom:mine' (base invalid: 'dark')");
  }
});

test("what is no theme leaves COLORFGBG, and a torn file the last theme", async () => {
  using here = world();
  const settings = join(here.claudeDir, "settings.json");
  setTheme(here, 3);
  await gather(here, { stdin: sent(here) });
  expect(await draw(here, { COLORFGBG: "0;15" })).toBe(await drawConfigured(here, "harbor-light"));
  setTheme(here, "auto");
  await gather(here, { stdin: sent(here) });
  expect(await draw(here, { COLORFGBG: "0;15" })).toBe(await drawConfigured(here, "harbor-light"));
  expect(await draw(here)).toBe(await drawConfigured(here, "terminal"));
  setTheme(here, "dark-daltonized");
  await gather(here, { stdin: sent(here) });
  writeFileSync(settings, '{"theme": "lig');
  const { report } = await gather(here, { stdin: sent(here) });
  expect(report.parts).toContainEqual(expect.objectContaining({ part: "theme", outcome: "good" }));
  expect(await draw(here)).toBe(await drawConfigured(here, "clear-dark"));
});
