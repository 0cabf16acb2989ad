/** When the client compacts automatically (measured with Claude Code 2.1.331), and the settings that control it. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { compactionPoint, compactionSettings } from "../../src/claude/compaction.ts";
import { run, sandbox } from "../helpers/binary.ts";
import { plainRows } from "../helpers/rows.ts";

const ON = { enabled: true };
const M = 1_000_000;

describe("the point", () => {
  // A compaction began with the first request above these.
  test.each([
    ["a window of one million", M, {}, ON, 967_000],
    ["half of it by percentage", M, { CLAUDE_AUTOCOMPACT_PCT_OVERRIDE: "50" }, ON, 490_000],
    ["a smaller size to fill", M, { CLAUDE_CODE_AUTO_COMPACT_WINDOW: "400000" }, ON, 367_000],
    ["the size of the window", 200_000, { CLAUDE_CODE_AUTO_COMPACT_WINDOW: "200k" }, ON, 167_000],
    ["a size below the smallest", 200_000, { CLAUDE_CODE_AUTO_COMPACT_WINDOW: "50000" }, ON, 67_000],
    ["a size beyond the window", 200_000, { CLAUDE_CODE_AUTO_COMPACT_WINDOW: "1m" }, ON, 167_000],
    ["a size from the settings", M, {}, { enabled: true, window: 300_000 }, 267_000],
    ["an invalid percentage", M, { CLAUDE_AUTOCOMPACT_PCT_OVERRIDE: "0" }, ON, 967_000],
    ["a size that is none", M, { CLAUDE_CODE_AUTO_COMPACT_WINDOW: "big" }, ON, 967_000],
  ])("with %s", (_, window, env, settings, point) => {
    expect(compactionPoint(window, env, settings)).toBe(point);
  });

  test("is unknown where the client waits for the API to refuse", () => {
    expect(compactionPoint(200_000, {}, ON)).toBeUndefined();
    expect(compactionPoint(200_000, { CLAUDE_AUTOCOMPACT_PCT_OVERRIDE: "50" }, ON)).toBeUndefined();
  });

  test("is missing where compaction is turned off", () => {
    expect(compactionPoint(M, {}, { enabled: false })).toBeUndefined();
    for (const name of ["DISABLE_AUTO_COMPACT", "DISABLE_COMPACT"]) {
      expect(compactionPoint(M, { [name]: "1" }, ON)).toBeUndefined();
      expect(compactionPoint(M, { [name]: "0" }, ON)).toBe(967_000);
    }
  });
});

describe("the settings", () => {
  const write = (path: string, value: unknown) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  };

  test("come from the first file that has them; an invalid file is skipped", () => {
    using box = sandbox();
    const claudeDir = `${box.home}/.claude`;
    const read = (model = "claude-haiku-4-5") => compactionSettings(box.path("proj"), claudeDir, model);
    expect(read()).toEqual({ enabled: true });
    write(`${box.home}/.claude.json`, { autoCompactEnabled: false });
    expect(read()).toEqual({ enabled: false });
    write(`${claudeDir}/settings.json`, { autoCompactEnabled: true, autoCompactWindow: 300_000 });
    expect(read()).toEqual({ enabled: true, window: 300_000 });
    write(`${box.path("proj")}/.claude/settings.json`, {
      modelSettings: { "claude-opus-5-5": { autoCompactWindow: 500_000 } },
      autoCompactWindow: "auto",
    });
    expect(read()).toEqual({ enabled: true });
    expect(read("claude-opus-5-5[1m]")).toEqual({ enabled: true, window: 500_000 });
    write(`${box.path("proj")}/.claude/settings.json`, '{"autoCompactWindow": 150000,');
    expect(read()).toEqual({ enabled: true, window: 300_000 });
  });

  test("change the level in the line after a pass, but not the figure", async () => {
    using box = sandbox();
    write(`${box.home}/.config/plimsoll/config.json`, {
      rows: [["context"]],
      segments: { context: { bar: false, tokens: false } },
    });
    const id = "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0";
    const stdin = JSON.stringify({
      session_id: id,
      transcript_path: `${box.home}/.claude/projects/-p/${id}.jsonl`,
      cwd: box.home,
      model: { id: "claude-haiku-4-5" },
      context_window: {
        context_window_size: 200_000,
        used_percentage: 80,
        current_usage: { input_tokens: 160_000 },
      },
    });
    const line = async () => {
      await run(["gather", "--force"], { env: box.env, stdin });
      const { stdout } = await run(["display"], { env: { ...box.env, PLIMSOLL_NO_GATHER: "1" }, stdin });
      return plainRows(stdout)[0];
    };
    expect(await line()).toBe("80%!");
    write(`${box.home}/.claude/settings.json`, { autoCompactWindow: 200_000 });
    const file = `${box.env.PLIMSOLL_STATE ?? `${box.home}/.local/state/plimsoll`}/sessions/${id}.json`;
    const state = await Bun.file(file).json();
    write(file, { ...state, compaction: { ...state.compaction, readAt: state.compaction.readAt - 60_000 } });
    expect(await line()).toBe("80%!!");
  });
});
