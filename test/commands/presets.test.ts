/** `config init` and `config set`: presets that replace each other, values to choose from, and what a terminal shows. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { BINARY, run, type Sandbox, sandbox } from "../helpers/binary.ts";
import { hasTmux, terminal } from "../helpers/tmux.ts";

const config = (box: Sandbox, ...args: string[]) => run(["config", ...args], { env: box.env });
const fileOf = (box: Sandbox) => `${box.home}/.config/plimsoll/config.json`;
function write(box: Sandbox, text: string): void {
  mkdirSync(dirname(fileOf(box)), { recursive: true });
  writeFileSync(fileOf(box), text);
}
const preview = async (box: Sandbox, ...args: string[]) =>
  (await run(["preview", "--width", "120", ...args], { env: box.env })).stdout;
/** The drawn lines of one sample: without the headings. */
const drawn = (text: string) => text.split("\n").filter((line) => !line.startsWith("── "));

describe("presets", () => {
  test.each([
    ["full", "minimal"],
    ["minimal", "budget"],
  ])("init --preset %s, set preset %s: the line is that of the second", async (from, to) => {
    using box = sandbox();
    using empty = sandbox();
    await config(box, "init", "--preset", from);
    expect((await config(box, "set", "preset", to)).stdout).not.toContain("your own rows");
    expect(drawn(await preview(box))).toEqual(drawn(await preview(empty, "--preset", to)));
  });

  test("own rows stay, which is said; --rows takes the preset's; a former name works", async () => {
    using box = sandbox();
    using empty = sandbox();
    write(box, '{ "rows": [["text:MINE"]], "preset": "full" }');
    const kept = await config(box, "set", "preset", "minimal");
    expect(kept.stdout).toContain(
      `your own rows stay; '${BINARY} config set preset minimal --rows' takes the preset's`,
    );
    expect(await preview(box)).toContain("MINE");
    // A preview of a preset is of that preset.
    const full = await preview(empty, "--preset", "full");
    expect(drawn(await preview(box, "--preset", "full"))).toEqual(drawn(full));
    expect((await config(box, "set", "preset", "seed", "--rows")).code).toBe(0);
    expect(readFileSync(fileOf(box), "utf8")).toBe('{ "preset": "seed" }');
    expect(readFileSync(`${fileOf(box)}.bak`, "utf8")).toContain("MINE");
    expect(drawn(await preview(box))).toEqual(drawn(await preview(empty, "--preset", "detailed")));
    expect(await config(box, "set", "theme", "auto", "--rows")).toMatchObject({ code: 2, stdout: "" });
  });
});

test("set without a value lists what to choose from, and the present value, as a usage error", async () => {
  using box = sandbox();
  write(box, '{ "theme": "fjord-dark" }');
  const theme = await config(box, "set", "theme");
  expect(theme).toMatchObject({ code: 2, stdout: "" });
  expect(theme.stderr).toMatch(
    /^plimsoll: 'config set theme' needs a value\n {2}hint: one of auto, .*, terminal; now fjord-dark\n$/,
  );
  const nothing = await config(box, "set");
  expect(nothing).toMatchObject({ code: 2, stdout: "" });
  expect(nothing.stderr).toContain("  hint: keys: preset, rows, style, ");
  expect((await config(box, "set", "thme")).stderr).toContain("'thme'\n  hint: did you mean 'theme'?");
  expect(await config(box, "set", "separator", "a", "b")).toMatchObject({ code: 2, stdout: "" });
});

describe.skipIf(!hasTmux)("on a terminal", () => {
  test("init and set draw the line, and end with one next step; with the program on PATH by its name", async () => {
    using box = sandbox();
    mkdirSync(box.path("bin"));
    symlinkSync(BINARY, box.path("bin/plimsoll"));
    const env = { ...box.env, PATH: `${box.path("bin")}:${box.env.PATH}` };
    await using shell = await terminal(env, { columns: 110, rows: 40 });
    await shell.press("plimsoll config init --preset minimal", "Enter");
    await shell.shows("Next: 'plimsoll setup' adds the line to Claude Code");
    expect(await shell.screen()).toMatch(/^Sonnet 5\.5 · proj · main · .*21% · \$1\.83$/m);

    await run(["setup"], { env });
    await shell.press("clear; plimsoll config set segments.burn.tokens true", "Enter");
    await shell.shows("Next: 'plimsoll segments burn' lists its options");
    expect(await shell.screen()).toContain(
      "The line has no segment 'burn' yet: 'plimsoll config edit' adds it.",
    );

    await shell.press("clear; plimsoll config set icons nerd", "Enter");
    await shell.shows("Next: 'plimsoll preview --styles'");
    expect(await shell.screen()).toMatch(/Boxes instead of icons \(\p{Co}.*\)\?/u);
    expect(await shell.screen()).toContain("To go back: plimsoll config set icons auto");
  });
});
