import { expect, test } from "bun:test";
import { readOurCommand } from "../../src/claude/line-command.ts";
import { quoteForShell } from "../../src/os/shell.ts";

test("our command is recognised by any path, and whether the user customised it", () => {
  for (const [command, program, plain] of [
    ["plimsoll display", "plimsoll", true],
    ["/a/b/plimsoll display", "/a/b/plimsoll", true],
    ["  /a/b/plimsoll   display ", "/a/b/plimsoll", true],
    ["'/my dir/plimsoll' display", "/my dir/plimsoll", true],
    ['"/my dir/plimsoll" "display"', "/my dir/plimsoll", true],
    ["/my\\ dir/plimsoll display", "/my dir/plimsoll", true],
    ["'/it'\\''s/plimsoll' display", "/it's/plimsoll", true],
    ["~/bin/plimsoll display", "~/bin/plimsoll", true],
    ["/dl/plimsoll-linux-x64 display", "/dl/plimsoll-linux-x64", true],
    ["PLIMSOLL_STATE=/x plimsoll display", "plimsoll", false],
    ["A='b c' exec '/my dir/plimsoll' display", "/my dir/plimsoll", false],
    ["env -u X plimsoll display", "plimsoll", false],
    ["plimsoll display | tail -n 1", "plimsoll", false],
    ["plimsoll display 2>/dev/null", "plimsoll", false],
    ["cat | plimsoll display", "plimsoll", false],
    ["sh -c 'exec plimsoll display'", "plimsoll", false],
    ["plimsoll display\necho", "plimsoll", false],
  ] as const)
    expect([command, readOurCommand(command)]).toEqual([command, { program, plain }]);
});

test("other programs are not ours, nor are our other commands", () => {
  for (const command of [
    "",
    "plimsoll",
    "notplimsoll display",
    "plimsoller display",
    "/plimsoll/ccline display",
    "ccline",
    "plimsoll gather",
    "plimsoll; display",
    "plimsoll | display",
    "'plimsoll display'",
    "sh -c 'ccline display'",
    "plimsoll subagents",
    "'unclosed plimsoll display",
  ])
    expect([command, readOurCommand(command)]).toEqual([command, undefined]);
  expect(readOurCommand("plimsoll subagents", "subagentStatusLine")).toBeDefined();
});

test("this program is recognised under any name", () => {
  expect(readOurCommand(`'${process.execPath}' display`)).toBeDefined();
});

test("the shell reads a quoted word as the word itself", () => {
  for (const word of ["/usr/bin/plimsoll", "/my dir/plimsoll", "/it's/$HOME/`x`/plimsoll", "~/plimsoll"]) {
    const { stdout } = Bun.spawnSync(["/bin/sh", "-c", `printf %s ${quoteForShell(word)}`]);
    expect(stdout.toString()).toBe(word);
    expect(readOurCommand(`${quoteForShell(word)} display`)?.program).toBe(
      word.endsWith("/plimsoll") ? word : undefined,
    );
  }
});
