/** Claude Code's own theme (2.1.331: its code, and measured), from the files that may set it. */
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hasNewTheme, projectTheme, userTheme } from "../../src/claude/theme.ts";

const NOW = 1_800_000_000_000;

interface Place extends Disposable {
  readonly claudeDir: string;
  readonly project: string;
  /** Write a file below the home directory. */
  write(path: string, content: unknown): string;
  path(path: string): string;
  read(before?: ReturnType<typeof userTheme>, now?: number): ReturnType<typeof userTheme>;
}

function place(): Place {
  const home = mkdtempSync(join(tmpdir(), "plimsoll-theme-"));
  const claudeDir = join(home, ".claude");
  const path = (name: string) => join(home, name);
  mkdirSync(claudeDir);
  return {
    claudeDir,
    project: path("proj"),
    path,
    write(name, content) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), typeof content === "string" ? content : JSON.stringify(content));
      return path(name);
    },
    read: (before, now = NOW) => userTheme(claudeDir, before, { now, managed: path("managed") }),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

const USER = ".claude/settings.json";

describe("the user's theme", () => {
  test.each(["dark", "light", "dark-daltonized", "light-daltonized", "dark-ansi", "light-ansi", "auto"])(
    "%s",
    (theme) => {
      using here = place();
      here.write(USER, { theme });
      expect(here.read()).toMatchObject({ name: theme, readAt: NOW });
      expect(here.read()).not.toHaveProperty("isDefault");
    },
  );

  test("of the administrator ranks first, then the user's, then that of an earlier client", () => {
    using here = place();
    here.write(".claude.json", { theme: "light-ansi" });
    expect(here.read().name).toBe("light-ansi");
    here.write(USER, { theme: "dark-ansi" });
    expect(here.read().name).toBe("dark-ansi");
    here.write("managed/managed-settings.json", { theme: "light" });
    expect(here.read().name).toBe("light");
    here.write("managed/managed-settings.d/10.json", { theme: "light-daltonized" });
    expect(here.read().name).toBe("light-daltonized");
  });

  test("without any it is dark, once the client has run; before that it is not known", () => {
    using here = place();
    expect(here.read().name).toBeUndefined();
    for (const content of [{ numStartups: 5 }, { hasCompletedOnboarding: true }, { theme: "pink" }]) {
      here.write(".claude.json", content);
      expect(here.read()).toMatchObject({ name: "dark", isDefault: true });
    }
    for (const damaged of ["", "{", "[]"]) {
      here.write(".claude.json", damaged);
      expect(here.read().name).toBeUndefined();
    }
  });

  test("dark is a choice where a file has it, also that of an earlier client", () => {
    using here = place();
    here.write(".claude.json", { theme: "dark" });
    expect(here.read().name).toBe("dark");
    expect(here.read()).not.toHaveProperty("isDefault");
    here.write(".claude.json", { numStartups: 5 });
    here.write(USER, { theme: "dark" });
    expect(here.read()).toMatchObject({ name: "dark" });
    expect(here.read()).not.toHaveProperty("isDefault");
    // `.claude.json` inside the directory has precedence over the one next to it, if it has the key.
    rmSync(here.path(USER));
    here.write(".claude/.claude.json", { numStartups: 5 });
    here.write(".claude.json", { theme: "light" });
    expect(here.read().name).toBe("light");
  });

  test("that is the user's own counts as the one it is based on", () => {
    using here = place();
    here.write(USER, { theme: "custom:mine" });
    expect(here.read()).toMatchObject({ custom: "mine" });
    expect(here.read().name).toBeUndefined();
    const file = here.write(".claude/themes/mine.json", { base: "light-daltonized" });
    expect(here.read()).toMatchObject({ custom: "mine", name: "light-daltonized" });
    // As the client does.
    for (const base of [undefined, "pink", "auto", "custom:other", 3]) {
      here.write(".claude/themes/mine.json", { base });
      expect(here.read()).toMatchObject({ custom: "mine", name: "dark", baseIsInvalid: true });
    }
    here.write("secret.json", { base: "light" });
    here.write(USER, { theme: "custom:../../secret" });
    expect(here.read().name).toBeUndefined();
    here.write(USER, { theme: "custom:mine" });
    truncateSync(file, 1024 * 1024);
    expect(here.read().name).toBeUndefined();
  });

  test.each([["pink"], [""], [3], [null], [["dark"]], [{ dark: true }]])("%p is skipped", (theme) => {
    using here = place();
    here.write(".claude.json", { hasCompletedOnboarding: true });
    here.write(USER, { theme });
    expect(here.read()).toMatchObject({ name: "dark", isDefault: true });
  });
});

describe("files that cannot be read", () => {
  const HOSTILE: Readonly<Record<string, (here: Place) => void>> = {
    torn: (here) => here.write(USER, '{"theme": "light'),
    "not an object": (here) => here.write(USER, "[]"),
    "rejected by the client": (here) => here.write(USER, { theme: "light", statusLine: 3 }),
    "a directory": (here) => mkdirSync(here.path(USER), { recursive: true }),
    "a FIFO": (here) => void Bun.spawnSync(["mkfifo", here.path(USER)]),
    huge: (here) => truncateSync(here.write(USER, ""), 1024 ** 3),
  };
  test.each(Object.entries(HOSTILE))("%s: the theme stays, and is not read again", (_, make) => {
    using here = place();
    here.write(USER, { theme: "light-daltonized" });
    const before = here.read();
    rmSync(here.path(USER));
    make(here);
    const after = here.read(before, NOW + 1_000);
    expect(after).toMatchObject({ name: "light-daltonized" });
    expect(hasNewTheme(here.claudeDir, after, here.path("managed"))).toBe(false);
    expect(here.read(after, NOW + 2_000)).toBe(after);
    // Without a previous value the theme is unknown.
    expect(here.read().name).toBeUndefined();
  });
  test.skipIf(process.geteuid?.() === 0)("unreadable: the theme stays", () => {
    using here = place();
    const path = here.write(USER, { theme: "light" });
    const before = here.read();
    here.write(USER, { theme: "dark" });
    chmodSync(path, 0);
    expect(here.read(before).name).toBe("light");
  });
});

test("files are read again when they have changed, and now and then", () => {
  using here = place();
  const path = here.write(USER, { theme: "light" });
  utimesSync(path, 1, 1);
  const first = here.read();
  expect(here.read(first, NOW + 10_000)).toBe(first);
  here.write(USER, { theme: "auto" });
  const second = here.read(first, NOW + 10_000);
  expect(second).toMatchObject({ name: "auto", readAt: NOW + 10_000 });
  // .claude.json changes all the time.
  rmSync(path);
  const third = here.read(second, NOW + 11_000);
  expect(third.name).toBeUndefined();
  here.write(".claude.json", { theme: "light" });
  expect(here.read(third, NOW + 12_000)).toBe(third);
  expect(here.read(third, NOW + 80_000).name).toBe("light");
  // The clock was set back.
  expect(here.read(third, NOW).name).toBe("light");
});

test("a change of the user's own theme counts", () => {
  using here = place();
  here.write(USER, { theme: "custom:mine" });
  const before = here.read();
  here.write(".claude/themes/mine.json", { base: "light" });
  expect(hasNewTheme(here.claudeDir, before, here.path("managed"))).toBe(true);
  expect(here.read(before).name).toBe("light");
});

test("a project's theme ranks before the user's and behind the administrator's", () => {
  using here = place();
  const read = () => projectTheme(here.project, here.claudeDir, here.path("managed"));
  expect(read()).toBeUndefined();
  here.write(USER, { theme: "dark" });
  expect(read()).toBeUndefined();
  // In the home directory the project's settings are the user's.
  expect(projectTheme(here.path("."), here.claudeDir, here.path("managed"))).toBeUndefined();
  here.write("proj/.claude/settings.json", { theme: "light" });
  expect(read()).toEqual({ name: "light" });
  here.write("proj/.claude/settings.local.json", { theme: "custom:mine" });
  here.write(".claude/themes/mine.json", { base: "light-ansi" });
  expect(read()).toEqual({ name: "light-ansi", custom: "mine" });
  // It is not the user's that the client shows when the project's theme is not known.
  here.write("proj/.claude/settings.local.json", { theme: "custom:other" });
  expect(read()).toEqual({ custom: "other" });
  here.write("managed/managed-settings.json", { theme: "dark" });
  expect(read()).toBeUndefined();
});
