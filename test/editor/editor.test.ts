import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { readConfig } from "../../src/config-file/read.ts";
import { BINARY, run, sandbox, until } from "../helpers/binary.ts";
import { hasTmux, terminal } from "../helpers/tmux.ts";

setDefaultTimeout(60_000);

/** The editor needs a terminal, and tmux is how a test has one. */
const withTerminal = test.skipIf(!hasTmux);

const settingsOf = (path: string) => {
  const read = readConfig(readFileSync(path, "utf8"));
  if ("errors" in read) throw new Error(JSON.stringify(read.errors));
  return read.config;
};

withTerminal(
  "changes show in the preview at once, and are written only after saving and confirming",
  async () => {
    using box = sandbox();
    const path = `${box.home}/.config/plimsoll/config.json`;
    await using screen = await terminal(box.env);
    await screen.press(`${BINARY} config edit`, "Enter");
    await screen.shows("Sonnet 5.5 · medium");
    await screen.press("Down", "Down", "Right");
    await screen.shows("‹ powerline ›");
    await screen.shows("Sonnet 5.5 › med");
    expect(existsSync(path)).toBe(false);
    // The first row's first segment leaves, another comes in behind the next.
    await screen.press("Down", "Down", "Down", "Down", "x", "a");
    await screen.shows("enter: add");
    await screen.press("Down", "Down", "Down", "Enter");
    await screen.shows("effort fast fast");
    await screen.press("s");
    await screen.shows("Save?");
    await screen.press("n");
    await screen.shows("(changed)");
    expect(existsSync(path)).toBe(false);
    await screen.press("s", "y");
    await screen.shows(`wrote ${path}`);
    const { style, rows } = settingsOf(path);
    expect(style).toBe("powerline");
    expect(rows[0]?.left.slice(0, 3)).toEqual(["effort", "fast", "fast"]);
  },
);

withTerminal(
  "quitting writes nothing, after confirmation if there are changes, and restores the terminal",
  async () => {
    using box = sandbox();
    await using screen = await terminal(box.env);
    await screen.press(`stty -a > ${box.path("before")}; echo as it was`, "Enter");
    await screen.shows("\nas it was");
    await screen.press(`${BINARY} config edit`, "Enter");
    await screen.shows("Preview: busy");
    expect(await screen.variable("alternate_on")).toBe("1");
    await screen.press("Right", "q");
    await screen.shows("Quit without saving?");
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

withTerminal("a signal ends it and restores the terminal", async () => {
  using box = sandbox();
  await using screen = await terminal(box.env);
  await screen.press(`${BINARY} config edit`, "Enter");
  await screen.shows("Preview: busy");
  process.kill(await screen.foreground(), "SIGTERM");
  await screen.shows("nothing was written");
  expect(await screen.variable("alternate_on")).toBe("0");
  expect(await screen.variable("cursor_flag")).toBe("1");
});

withTerminal("comments and unknown settings stay in the file", async () => {
  using box = sandbox();
  const path = `${box.home}/.config/plimsoll/config.json`;
  await run(["config", "set", "margin", "3"], { env: box.env });
  await Bun.write(path, '{\n  // mine\n  "margin": 3, // cells\n  "theme": "auto",\n}\n');
  await using screen = await terminal(box.env, { columns: 60, rows: 20 });
  await screen.press(`${BINARY} config edit`, "Enter");
  await screen.shows("Preview: busy");
  await screen.press("Down", "Right", "s", "y");
  await until("the file is written", () => readFileSync(path, "utf8").includes("harbor-dark"));
  expect(readFileSync(path, "utf8")).toBe(
    '{\n  // mine\n  "margin": 3, // cells\n  "theme": "harbor-dark",\n}\n',
  );
});

const ENDED_BY = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, "the end of its terminal": 129 };

for (const [what, code] of Object.entries(ENDED_BY))
  test(`${what} ends it with exit code ${code}, and nothing is written`, async () => {
    using box = sandbox();
    const errors = box.path("errors");
    let drawn = "";
    const child = Bun.spawn(["/bin/sh", "-c", `exec ${BINARY} config edit 2>${errors}`], {
      env: box.env,
      terminal: { cols: 80, rows: 24, data: (_, data) => (drawn += Buffer.from(data).toString()) },
    });
    await until("the editor is drawn", () => drawn.includes("Preview: busy"));
    if (what.startsWith("SIG")) child.kill(what as NodeJS.Signals);
    else child.terminal?.close();
    await child.exited;
    expect(child.exitCode).toBe(code);
    expect(readFileSync(errors, "utf8")).toBe("");
    expect(existsSync(`${box.home}/.config/plimsoll/config.json`)).toBe(false);
  });

test("keys that come together are drawn together: a pasted text does not keep it busy", async () => {
  using box = sandbox();
  let drawn = "";
  const child = Bun.spawn([BINARY, "config", "edit"], {
    env: box.env,
    terminal: { cols: 80, rows: 24, data: (_, data) => (drawn += Buffer.from(data).toString()) },
  });
  await until("the editor is drawn", () => drawn.includes("Preview: busy"));
  drawn = "";
  child.terminal?.write(`${"\x1b[B\x1b[A".repeat(300)}q`);
  expect(await child.exited).toBe(0);
  expect(drawn.split("\x1b[H").length).toBeLessThan(20);
});
