/** All expectations were measured with Claude Code 2.1.330. */
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { statusLineState } from "../../src/claude/status-line-state.ts";
import { type Sandbox, sandbox } from "../helpers/binary.ts";

const OURS = { statusLine: { type: "command", command: `'${process.execPath}' display` } };
const OTHER = { statusLine: { type: "command", command: "ccline" } };

/** A home, a project in it, and an administrator's directory. */
function settingsHome(): Sandbox & {
  write(path: string, content: object | string): void;
  found(directory?: string): { kind: string; hides: boolean; path: string; text: string }[];
} {
  const box = sandbox();
  const write = (path: string, content: object | string) => {
    mkdirSync(dirname(box.path(path)), { recursive: true });
    writeFileSync(box.path(path), typeof content === "string" ? content : JSON.stringify(content));
  };
  mkdirSync(box.path("home/project"));
  const found = (directory = "home/project") => [
    ...statusLineState({ env: box.env, directory: box.path(directory), managed: box.path("managed") })
      .problems,
  ];
  return Object.assign(box, { write, found });
}

const USER = "home/.claude/settings.json";
const PROJECT = "home/project/.claude/settings.json";
const LOCAL = "home/project/.claude/settings.local.json";
const MANAGED = "managed/managed-settings.json";
const kinds = (found: { kind: string }[]) => found.map(({ kind }) => kind);

test("our line has no problems in whichever file takes precedence", () => {
  for (const file of [USER, PROJECT, LOCAL, MANAGED, "managed/managed-settings.d/10-line.json"]) {
    using here = settingsHome();
    if (file !== USER) here.write(USER, OTHER);
    here.write(file, OURS);
    expect(here.found()).toEqual([]);
  }
});

test("no line at all, and a line of higher precedence that hides ours", () => {
  using here = settingsHome();
  expect(kinds(here.found())).toEqual(["no-line"]);
  here.write(USER, OURS);
  for (const file of [PROJECT, LOCAL, "managed/managed-settings.d/1.json"]) {
    here.write(file, OTHER);
    expect(here.found()).toMatchObject([{ kind: "other-line", hides: true, path: here.path(file) }]);
  }
});

test("the local file of the working tree's root counts in its directories, the shared one does not", () => {
  using here = settingsHome();
  here.write("home/project/.git/HEAD", "ref: refs/heads/main\n");
  here.write("home/project/below/file", "");
  here.write(USER, OURS);
  here.write(PROJECT, OTHER);
  expect(here.found("home/project/below")).toEqual([]);
  here.write(LOCAL, OTHER);
  expect(here.found("home/project/below")).toMatchObject([{ kind: "other-line", path: here.path(LOCAL) }]);
});

test("'disableAllHooks' in the first file that has it; managed lines are subject to managed files only", () => {
  for (const file of [USER, PROJECT, LOCAL, MANAGED]) {
    using here = settingsHome();
    here.write(USER, OURS);
    here.write(file, { ...(file === USER ? OURS : {}), disableAllHooks: true });
    expect(here.found()).toMatchObject([{ kind: "hooks-disabled", hides: true, path: here.path(file) }]);
  }
  using here = settingsHome();
  here.write(USER, { ...OURS, disableAllHooks: true });
  here.write(LOCAL, { disableAllHooks: false });
  expect(here.found()).toEqual([]);
  here.write(LOCAL, { disableAllHooks: true });
  here.write(MANAGED, OURS);
  expect(here.found()).toEqual([]);
  here.write(MANAGED, { ...OURS, disableAllHooks: true });
  expect(kinds(here.found())).toEqual(["hooks-disabled"]);
});

test("'allowManagedHooksOnly' of an administrator", () => {
  using here = settingsHome();
  here.write(USER, { ...OURS, allowManagedHooksOnly: true });
  expect(here.found()).toEqual([]);
  here.write(MANAGED, { allowManagedHooksOnly: true });
  expect(kinds(here.found())).toEqual(["managed-only"]);
});

test("files that the client skips as a whole, and those that it accepts", () => {
  for (const [content, problem] of [
    ['// hi\n{ "a": 1 }', "line 1, column 1: comments are not allowed"],
    ['{\n  "a": 1,\n}', "line 2, column 9: trailing comma"],
    ['{"a": ', "line 1, column 7: unexpected end of the text"],
    ["[]", "it is not an object"],
    [{ statusLine: "x" }, "'statusLine' is not an object"],
    [{ statusLine: null }, "'statusLine' is not an object"],
    [{ statusLine: { command: "x" } }, "'statusLine.type' is not \"command\""],
    [{ statusLine: { type: "command" } }, "'statusLine.command' is not a string"],
    [{ statusLine: { type: "command", command: "x", padding: "2" } }, "'statusLine.padding' is not a number"],
    [{ disableAllHooks: "true" }, "'disableAllHooks' is not a boolean"],
  ] as const) {
    using here = settingsHome();
    here.write(USER, OURS);
    here.write(PROJECT, content);
    expect(here.found()).toMatchObject([{ kind: "unreadable", hides: true, path: here.path(PROJECT) }]);
    expect(here.found()[0]?.text).toEndWith(problem);
  }
  for (const content of [
    "",
    " \n",
    "\ufeff{}",
    { statusLine: { ...OURS.statusLine, refreshInterval: "x", foo: 1 } },
  ]) {
    using here = settingsHome();
    here.write(USER, OURS);
    here.write(PROJECT, content);
    expect(here.found()).toEqual([]);
  }
});

test("a FIFO or a directory instead of a file is reported without blocking", () => {
  using here = settingsHome();
  here.write(USER, OURS);
  mkdirSync(here.path(PROJECT), { recursive: true });
  expect(kinds(here.found())).toEqual(["unreadable"]);
  Bun.spawnSync(["mkfifo", here.path(LOCAL)]);
  expect(kinds(here.found())).toEqual(["unreadable", "unreadable"]);
});

test("a program that is missing, not executable, relative, or another one", () => {
  using here = settingsHome();
  const with_ = (command: string) => {
    here.write(USER, { statusLine: { type: "command", command } });
    return here.found().map(({ kind, hides, text }) => [kind, hides, text.slice(text.indexOf(" runs ") + 6)]);
  };
  const other = here.path("plimsoll");
  expect(with_(`${other} display`)).toEqual([["program", true, `${other}, which is missing`]]);
  expect(with_("plimsoll display")).toEqual([["program", true, "'plimsoll', which is not on PATH"]]);
  writeFileSync(other, "#!/bin/sh\n");
  expect(with_(`${other} display`)).toEqual([["program", true, `${other}, which cannot be executed`]]);
  chmodSync(other, 0o755);
  expect(with_(`${other} display`)).toEqual([["program", false, `${other}, which is not this program`]]);
  expect(with_("./plimsoll display")).toEqual([
    ["program", false, "./plimsoll, which depends on the working directory"],
  ]);
  symlinkSync(process.execPath, here.path("home/plimsoll"));
  expect(with_("~/plimsoll display")).toEqual([]);
  // Only the shell can resolve it.
  expect(with_('"$HOME/bin/plimsoll" display')).toEqual([]);
});

test("trust extends to folders below, up to the root of a working tree, by real paths", () => {
  using here = settingsHome();
  here.write(USER, OURS);
  here.write("home/project/below/file", "");
  const trust = (path: string) =>
    here.write("home/.claude.json", { projects: { [here.path(path)]: { hasTrustDialogAccepted: true } } });
  // Unknown without the client's file.
  expect(here.found()).toEqual([]);
  trust("elsewhere");
  expect(here.found()).toMatchObject([{ kind: "untrusted", hides: false }]);
  trust("home");
  expect(here.found("home/project/below")).toEqual([]);
  here.write("home/project/.git/HEAD", "ref: refs/heads/main\n");
  expect(kinds(here.found("home/project/below"))).toEqual(["untrusted"]);
  trust("home/project");
  expect(here.found("home/project/below")).toEqual([]);
  symlinkSync(here.path("home/project"), here.path("link"));
  expect(here.found("link")).toEqual([]);
  trust("link");
  expect(kinds(here.found("link"))).toEqual(["untrusted"]);
});

test("CLAUDE_CONFIG_DIR moves settings and trust; a value that the client reads differently is reported", () => {
  using here = settingsHome();
  here.write("config/settings.json", OURS);
  here.write("config/.claude.json", { projects: {} });
  here.env.CLAUDE_CONFIG_DIR = here.path("config");
  expect(kinds(here.found())).toEqual(["untrusted"]);
  here.env.CLAUDE_CONFIG_DIR = `${here.path("config")},${here.path("more")}`;
  expect(kinds(here.found())).toEqual(["config-directory"]);
});
