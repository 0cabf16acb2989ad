/** Previews are legible in any terminal: each theme is drawn on its own background. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contrast } from "../../src/line/look/color.ts";
import { theme } from "../../src/line/look/theme.ts";
import { themeNames } from "../../src/line/look/themes.ts";
import { BINARY, run, type Sandbox, sandbox } from "../helpers/binary.ts";
import { colorOf, drawnRuns } from "../line/look/vision.ts";

setDefaultTimeout(60_000);

/** Backgrounds as terminals have them; of an unknown one, both kinds. */
const DARK = [0x000000, 0x1e1e1e, 0x282c34];
const LIGHT = [0xffffff, 0xfdf6e3];
const TERMINALS = [
  ["dark", "15;0", DARK],
  ["light", "0;15", LIGHT],
  ["unknown", "", [...DARK, ...LIGHT]],
] as const;
const DEPTHS = [
  ["16m", "truecolor"],
  ["256", ""],
] as const;

const preview = async (box: Sandbox, env: Record<string, string>, ...args: string[]): Promise<string> => {
  const { stdout, code } = await run(["preview", ...args], { env: { ...box.env, ...env } });
  expect(code).toBe(0);
  return stdout;
};

/** The drawn rows by theme. */
const rowsByTheme = (drawn: string): [name: string, rows: string[]][] =>
  drawn
    .split(/^── theme /m)
    .slice(1)
    .map((text) => [
      text.slice(0, text.indexOf(":")),
      text.split("\n").filter((line) => line.includes("\x1b[")),
    ]);

describe.each(TERMINALS)("in a terminal with a background that is %s", (_, COLORFGBG, grounds) => {
  test.each(DEPTHS)("and %s colours, every span of every theme has contrast", async (_depth, COLORTERM) => {
    using box = sandbox();
    const themes = rowsByTheme(await preview(box, { COLORFGBG, COLORTERM }, "--themes"));
    expect(themes.map(([name]) => name)).toEqual(themeNames());
    for (const [name, rows] of themes) {
      expect(rows.length).toBeGreaterThan(2);
      if (theme(name)?.background === "any") continue;
      for (const { text, fg, bg } of rows.flatMap(drawnRuns)) {
        const color = colorOf(fg);
        const own = colorOf(bg);
        // The terminal's own text is legible on its own background.
        if (color === undefined) expect({ name, text, bg }).toEqual({ name, text, bg: "" });
        else
          for (const behind of own === undefined ? grounds : [own])
            expect(contrast(color, behind), `${name}: ${text}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});

test("nothing is painted without colours, in 16 colours, or where the theme fits", async () => {
  using box = sandbox();
  const args = ["--theme", "harbor-light", "--sample", "busy"];
  expect(await preview(box, { NO_COLOR: "1" }, ...args)).not.toContain("\x1b[");
  const painted = /\x1b\[[\d;]*48;/;
  expect(await preview(box, { TERM: "xterm" }, ...args)).not.toMatch(painted);
  expect(await preview(box, { COLORFGBG: "0;15" }, ...args)).not.toMatch(painted);
  expect(await preview(box, {}, ...args)).toMatch(painted);
  expect(await preview(box, {}, "--sample", "busy")).not.toMatch(painted);
});

test("Claude Code's theme gives the background, and what 'auto' draws", async () => {
  using box = sandbox();
  mkdirSync(join(box.home, ".claude"));
  writeFileSync(join(box.home, ".claude/settings.json"), '{"theme": "light-daltonized"}');
  const drawn = (name: string) => preview(box, {}, "--sample", "busy", "--theme", name);
  expect(await drawn("auto")).toBe(await drawn("clear-light"));
  expect(await drawn("auto")).not.toContain("48;");
  expect(await drawn("harbor-dark")).toContain("48;");
});

describe("a terminal that answers", () => {
  /** Draw in a terminal with this background; it ends with what was typed after the answer. */
  async function drawIn(rgb: string, ...args: string[]): Promise<string> {
    using box = sandbox();
    return await answer(box, rgb, `preview --sample busy ${args.join(" ")}`);
  }

  async function answer(box: Sandbox, rgb: string, words: string, delayMs = 0): Promise<string> {
    let screen = "";
    let isAsked = false;
    let isTyped = false;
    const command = `${BINARY} ${words}; echo ready; read typed; echo "typed $typed end"`;
    const child = Bun.spawn(["/bin/sh", "-c", command], {
      env: { ...box.env, COLORTERM: "truecolor" },
      cwd: box.home,
      terminal: {
        cols: 120,
        data(terminal, data) {
          screen += new TextDecoder().decode(data);
          if (!isAsked && screen.includes("\x1b[c")) {
            isAsked = true;
            setTimeout(() => terminal.write(`\x1b]11;rgb:${rgb}\x1b\\\x1b[?62c`), delayMs);
          }
          if (!isTyped && screen.includes("ready\r\n")) {
            isTyped = true;
            terminal.write("x\n");
          }
        },
      },
    });
    await child.exited;
    expect(screen).toContain("typed x end");
    expect(screen).not.toContain("rgb:");
    return screen;
  }
  const PAINTED = /\x1b\[[\d;]*48;/;

  test("a theme for its background is not painted, one for the other is; nothing of the answer is left", async () => {
    const [fitting, other, auto] = await Promise.all([
      drawIn("fafa/fafa/fafa", "--theme", "harbor-light"),
      drawIn("1e1e/1e1e/1e1e", "--theme", "harbor-light"),
      drawIn("1e1e/1e1e/1e1e"),
    ]);
    expect(fitting).not.toMatch(PAINTED);
    expect(other).toMatch(PAINTED);
    // The line cannot ask the terminal: 'auto' is what it will be.
    expect(auto).not.toContain("38;2;");
  });

  test("over SSH its answer may take longer", async () => {
    using box = sandbox();
    const remote = { ...box, env: { ...box.env, SSH_TTY: "/dev/pts/0" } };
    const words = "preview --sample busy --theme harbor-light";
    expect(await answer(remote, "fafa/fafa/fafa", words, 400)).not.toMatch(PAINTED);
  });

  test("a removed working directory costs only what needs it", async () => {
    using box = sandbox();
    mkdirSync(join(box.home, ".claude"));
    const words = "config init; mkdir gone; cd gone; rmdir ../gone";
    const screen = await answer(
      box,
      "fafa/fafa/fafa",
      `${words}; ${BINARY} config edit; ${BINARY} preview --theme harbor-dark`,
    );
    expect(screen).toContain("cannot use the working directory");
    expect(screen).toMatch(PAINTED);
    expect(screen).not.toContain("internal error");
  });

  test("setup names the theme for the background when Claude Code's theme does not tell it", async () => {
    using box = sandbox();
    mkdirSync(join(box.home, ".claude"));
    const settings = join(box.home, ".claude/settings.json");
    writeFileSync(settings, '{"theme": "auto"}');
    expect(await answer(box, "fafa/fafa/fafa", "setup")).toContain("config set theme harbor-light'");
    writeFileSync(settings, '{"theme": "light"}');
    expect(await answer(box, "fafa/fafa/fafa", "setup --dry-run")).not.toContain("config set theme");
  });
});

describe.concurrent("the terminal is asked only if the answer changes what is shown", () => {
  /** Run in a terminal that answers. @returns whether it was asked */
  async function isAsked(words: string, { env = {}, claude = "{}", config = "{}" } = {}): Promise<boolean> {
    using box = sandbox();
    mkdirSync(join(box.home, ".claude"));
    mkdirSync(join(box.home, ".config/plimsoll"), { recursive: true });
    writeFileSync(join(box.home, ".claude/settings.json"), claude);
    writeFileSync(join(box.home, ".config/plimsoll/config.json"), config);
    let screen = "";
    const child = Bun.spawn([BINARY, ...words.split(" ")], {
      env: { ...box.env, COLORTERM: "truecolor", ...env },
      cwd: box.home,
      terminal: {
        cols: 100,
        data(terminal, data) {
          const text = new TextDecoder().decode(data);
          screen += text;
          if (text.includes("\x1b[c")) terminal.write("\x1b]11;rgb:0/0/0\x07\x1b[?62c");
          if (text.includes("busy: ")) terminal.write("q");
        },
      },
    });
    await child.exited;
    return screen.includes("\x1b]11;?");
  }
  const AUTO = '{"theme": "auto"}';
  const LIGHT = { config: '{"theme": "harbor-light"}' };
  const cases: readonly (readonly [boolean, string, Parameters<typeof isAsked>[1]?])[] = [
    [false, "preview"],
    [false, "preview --styles --sample busy"],
    [false, "preview --theme terminal"],
    [false, "preview --theme harbor-light", { claude: '{"theme": "dark"}' }],
    [false, "preview --theme harbor-light", { env: { COLORFGBG: "15;0" } }],
    [false, "preview --theme harbor-light", { env: { NO_COLOR: "1" } }],
    [true, "preview --theme harbor-light"],
    [true, "preview --theme harbor-light", { claude: AUTO }],
    [true, "preview --themes --sample busy"],
    [true, "preview --sample busy", LIGHT],
    [false, "config edit"],
    [true, "config edit", LIGHT],
    [true, "setup", { claude: AUTO }],
    [false, "setup", { claude: '{"theme": "light"}' }],
    [false, "setup", { config: '{"theme": "terminal"}' }],
    [false, "setup --dry-run", { claude: AUTO }],
    ...["", "dumb", "linux", "vt100", "vt220"].map(
      (TERM) => [false, "preview --theme harbor-light", { env: { TERM } }] as const,
    ),
  ];
  for (const [asked, words, options] of cases)
    test(`${asked ? "asked" : "not asked"}: ${words} ${JSON.stringify(options ?? {})}`, async () => {
      expect(await isAsked(words, options)).toBe(asked);
    });
});
