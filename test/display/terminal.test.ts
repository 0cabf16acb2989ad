import { describe, expect, test } from "bun:test";
import { readTerminal } from "../../src/display/terminal.ts";
import { run, sandbox } from "../helpers/binary.ts";
import { expectDrawn } from "../helpers/rows.ts";
import { samplePayload } from "../helpers/sample.ts";

const terminal = (env: Record<string, string>, { padding = 0, margin = 0 } = {}) =>
  readTerminal(env, { padding, margin });

describe("the width of a row", () => {
  test("is what the client leaves of COLUMNS", () => {
    expect(terminal({ COLUMNS: "80" }).cells).toBe(76);
    expect(terminal({ COLUMNS: "80" }, { padding: 2, margin: 1 }).cells).toBe(71);
  });

  test("is that of 80 columns without COLUMNS", () => {
    for (const COLUMNS of ["", "0", "-3", "wide", "1.5", "NaN"]) expect(terminal({ COLUMNS }).cells).toBe(76);
    expect(terminal({}).cells).toBe(76);
  });

  test("is at least one cell, and bounded", () => {
    expect(terminal({ COLUMNS: "3" }).cells).toBe(1);
    expect(terminal({ COLUMNS: "999999999" }).cells).toBeLessThan(5000);
  });
});

describe("the colours", () => {
  const colors = (env: Record<string, string>) => terminal(env).colors;

  test("follow COLORTERM or TERM", () => {
    expect(colors({ TERM: "xterm-256color", COLORTERM: "truecolor" })).toBe(16_777_216);
    expect(colors({ TERM: "xterm-direct" })).toBe(16_777_216);
    expect(colors({ TERM: "screen-256color" })).toBe(256);
    expect(colors({ TERM: "xterm" })).toBe(16);
    expect(colors({})).toBe(16);
  });

  test("are none with NO_COLOR or on a dumb terminal", () => {
    expect(colors({ TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" })).toBe(0);
    expect(colors({ TERM: "dumb", COLORTERM: "truecolor" })).toBe(0);
    expect(colors({ TERM: "xterm", NO_COLOR: "" })).toBe(16);
  });
});

test("a figure near its limit is bold yellow, money is neither, and with NO_COLOR both are plain", async () => {
  using box = sandbox();
  const payload = samplePayload({ cwd: box.home, claudeDir: `${box.home}/.claude`, now: Date.now() });
  payload.rate_limits.five_hour.used_percentage = 82;
  const draw = async (env: Record<string, string>) => {
    const finished = await run(["display"], { env: { ...box.env, ...env }, stdin: JSON.stringify(payload) });
    expectDrawn(finished);
    return finished.stdout;
  };
  const [colored, bare] = [await draw({}), await draw({ NO_COLOR: "1" })];
  expect(colored).toContain("5h \x1b[1;33m82%!\x1b[22;39m");
  expect(colored).toContain(" · $0.02 · ");
  expect(bare).toContain("· 5h 82%! ");
  expect(bare).not.toContain("\x1b");
});

describe("links", () => {
  const links = (env: Record<string, string>) => terminal(env).links;

  test("are drawn where the terminal is known to understand them, and not inside a multiplexer", () => {
    expect(links({ TERM_PROGRAM: "iTerm.app" })).toBe(true);
    expect(links({ TERM: "xterm-kitty" })).toBe(true);
    expect(links({ VTE_VERSION: "6800" })).toBe(true);
    expect(links({ TERM: "xterm-256color" })).toBe(false);
    expect(links({ TERM_PROGRAM: "iTerm.app", TMUX: "/tmp/x,1,0" })).toBe(false);
  });

  test("follow FORCE_HYPERLINK", () => {
    expect(links({ TERM: "xterm", FORCE_HYPERLINK: "1" })).toBe(true);
    expect(links({ TERM: "xterm-kitty", FORCE_HYPERLINK: "0" })).toBe(false);
  });
});

test("the background comes from COLORFGBG only", () => {
  const background = (COLORFGBG: string) => terminal({ COLORFGBG }).background;
  expect(background("15;0")).toBe("dark");
  expect(background("0;15")).toBe("light");
  expect(background("0;default;7")).toBe("light");
  expect(background("garbage")).toBe("unknown");
});

test("ambiguous characters are wide in CJK locales", () => {
  const isWide = (env: Record<string, string>) => terminal(env).ambiguousIsWide;
  for (const LANG of ["ja_JP.UTF-8", "zh_CN.UTF-8", "zh_TW", "ko_KR.eucKR", "ja", "zh-Hant"])
    expect(isWide({ LANG }), LANG).toBe(true);
  for (const LANG of ["", "C", "C.UTF-8", "en_US.UTF-8", "kok_IN", "jam", "POSIX"])
    expect(isWide({ LANG }), LANG).toBe(false);
  expect(isWide({})).toBe(false);
  // As setlocale(3) reads them: the first that is not empty.
  expect(isWide({ LC_ALL: "C", LANG: "ja_JP.UTF-8" })).toBe(false);
  expect(isWide({ LC_ALL: "", LC_CTYPE: "ja_JP.UTF-8", LANG: "C" })).toBe(true);
});

test("the theme chosen in Claude Code gives the background and what 'auto' is; its default only without COLORFGBG", () => {
  const ground = (name: string, COLORFGBG = "", isDefault = false) => {
    const { background, autoTheme } = readTerminal(
      { COLORFGBG },
      { padding: 0, margin: 0 },
      { name, isDefault },
    );
    return [background, autoTheme];
  };
  expect(ground("dark")).toEqual(["dark", undefined]);
  expect(ground("light", "15;0")).toEqual(["light", undefined]);
  expect(ground("dark-daltonized")).toEqual(["dark", "clear-dark"]);
  expect(ground("light-daltonized", "15;0")).toEqual(["light", "clear-light"]);
  expect(ground("dark-ansi")).toEqual(["dark", "terminal"]);
  expect(ground("auto")).toEqual(["unknown", undefined]);
  expect(ground("auto", "0;15")).toEqual(["light", undefined]);
  expect(ground("dark", "", true)).toEqual(["dark", undefined]);
  expect(ground("dark", "0;15", true)).toEqual(["light", undefined]);
  expect(ground("a theme of the future")).toEqual(["unknown", undefined]);
});
