/** Every expectation here is what Claude Code 2.1.330 was seen to do with such files. */
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { outlook } from "../../src/claude/status-line-state.ts";
import { type Sandbox, sandbox } from "../helpers/binary.ts";

const OURS = { statusLine: { type: "command", command: `'${process.execPath}' display` } };
const OTHER = { statusLine: { type: "command", command: "ccline" } };

/** A home, a project below it, an administrator's directory; and what is found there. */
function scene(): Sandbox & {
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
    ...outlook({ env: box.env, directory: box.path(directory), managed: box.path("managed") }).obstacles,
  ];
  return Object.assign(box, { write, found });
}

const USER = "home/.claude/settings.json";
const PROJECT = "home/project/.claude/settings.json";
const LOCAL = "home/project/.claude/settings.local.json";
const MANAGED = "managed/managed-settings.json";
const kinds = (found: { kind: string }[]) => found.map(({ kind }) => kind);

test("nothing is in the way of our line where it is the strongest, in whatever file", () => {
  for (const file of [USER, PROJECT, LOCAL, MANAGED, "managed/managed-settings.d/10-line.json"]) {
    using here = scene();
    if (file !== USER) here.write(USER, OTHER);
    here.write(file, OURS);
    expect(here.found()).toEqual([]);
  }
});

test("no line at all, and a stronger line that hides ours", () => {
  using here = scene();
  expect(kinds(here.found())).toEqual(["no-line"]);
  here.write(USER, OURS);
  for (const file of [PROJECT, LOCAL, "managed/managed-settings.d/1.json"]) {
    here.write(file, OTHER);
    expect(here.found()).toMatchObject([{ kind: "other-line", hides: true, path: here.path(file) }]);
  }
});

test("the local file of the working tree's root counts in its directories, the shared one does not", () => {
  using here = scene();
  here.write("home/project/.git/HEAD", "ref: refs/heads/main\n");
  here.write("home/project/below/file", "");
  here.write(USER, OURS);
  here.write(PROJECT, OTHER);
  expect(here.found("home/project/below")).toEqual([]);
  here.write(LOCAL, OTHER);
  expect(here.found("home/project/below")).toMatchObject([{ kind: "other-line", path: here.path(LOCAL) }]);
});

test("'disableAllHooks' in the strongest file that has it; an administrator's line minds his own files only", () => {
  for (const file of [USER, PROJECT, LOCAL, MANAGED]) {
    using here = scene();
    here.write(USER, OURS);
    here.write(file, { ...(file === USER ? OURS : {}), disableAllHooks: true });
    expect(here.found()).toMatchObject([{ kind: "hooks-disabled", hides: true, path: here.path(file) }]);
  }
  using here = scene();
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
  using here = scene();
  here.write(USER, { ...OURS, allowManagedHooksOnly: true });
  expect(here.found()).toEqual([]);
  here.write(MANAGED, { allowManagedHooksOnly: true });
  expect(kinds(here.found())).toEqual(["managed-only"]);
});

test("files that the client passes over as a whole, and those that it takes", () => {
  for (const [content, problem] of [
    ['// hi\n{ "a": 1 }', "line 1, column 1: comments are not allowed"],
    ['{\n  "a": 1,\n}', "line 2, column 9: trailing comma"],
    ['{"a": ', "line 1, column 7: unexpected end of the text"],
    ["[]", "it holds no object"],
    [{ statusLine: "x" }, "'statusLine' is no object"],
    [{ statusLine: null }, "'statusLine' is no object"],
    [{ statusLine: { command: "x" } }, "'statusLine.type' is not \"command\""],
    [{ statusLine: { type: "command" } }, "'statusLine.command' is no text"],
    [{ statusLine: { type: "command", command: "x", padding: "2" } }, "'statusLine.padding' is no number"],
    [{ disableAllHooks: "true" }, "'disableAllHooks' is not true or false"],
  ] as const) {
    using here = scene();
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
    using here = scene();
    here.write(USER, OURS);
    here.write(PROJECT, content);
    expect(here.found()).toEqual([]);
  }
});

test("a FIFO or a directory in a file's place is told, without waiting for it", () => {
  using here = scene();
  here.write(USER, OURS);
  mkdirSync(here.path(PROJECT), { recursive: true });
  expect(kinds(here.found())).toEqual(["unreadable"]);
  Bun.spawnSync(["mkfifo", here.path(LOCAL)]);
  expect(kinds(here.found())).toEqual(["unreadable", "unreadable"]);
});

test("a program that is not there, cannot be run, is found from one directory only, or is another one", () => {
  using here = scene();
  const with_ = (command: string) => {
    here.write(USER, { statusLine: { type: "command", command } });
    return here.found().map(({ kind, hides, text }) => [kind, hides, text.slice(text.indexOf(" runs ") + 6)]);
  };
  const other = here.path("plimsoll");
  expect(with_(`${other} display`)).toEqual([["program", true, `${other}, which is not there`]]);
  expect(with_("plimsoll display")).toEqual([["program", true, "'plimsoll', which is not on PATH"]]);
  writeFileSync(other, "#!/bin/sh\n");
  expect(with_(`${other} display`)).toEqual([["program", true, `${other}, which cannot be executed`]]);
  chmodSync(other, 0o755);
  expect(with_(`${other} display`)).toEqual([
    ["program", false, `${other}, which is not the program that looks at it now`],
  ]);
  expect(with_("./plimsoll display")).toEqual([
    ["program", false, "./plimsoll, which is found from one directory only"],
  ]);
  symlinkSync(process.execPath, here.path("home/plimsoll"));
  expect(with_("~/plimsoll display")).toEqual([]);
  // Only the shell knows what it is.
  expect(with_('"$HOME/bin/plimsoll" display')).toEqual([]);
});

test("trust holds below the folder that has it, up to the root of a working tree, and by real paths", () => {
  using here = scene();
  here.write(USER, OURS);
  here.write("home/project/below/file", "");
  const trust = (path: string) =>
    here.write("home/.claude.json", { projects: { [here.path(path)]: { hasTrustDialogAccepted: true } } });
  // Without the client's file nothing is known.
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

test("CLAUDE_CONFIG_DIR moves settings and trust; what the client would take otherwise is told", () => {
  using here = scene();
  here.write("config/settings.json", OURS);
  here.write("config/.claude.json", { projects: {} });
  here.env.CLAUDE_CONFIG_DIR = here.path("config");
  expect(kinds(here.found())).toEqual(["untrusted"]);
  here.env.CLAUDE_CONFIG_DIR = `${here.path("config")},${here.path("more")}`;
  expect(kinds(here.found())).toEqual(["config-directory"]);
});
