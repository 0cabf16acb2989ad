/** The user's configuration on the display path: in force at once, cheap afterwards, and never at the cost of the line. */
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { run, type Sandbox, sandbox, until } from "../helpers/binary.ts";
import { asOtherUser, OTHER_USER } from "../helpers/other-user.ts";
import { CAN_SEE_PROCESSES, processesOf } from "../helpers/processes.ts";
import { expectDrawn } from "../helpers/rows.ts";
import { samplePayload } from "../helpers/sample.ts";

function configured(box: Sandbox, text?: string) {
  const path = `${box.home}/.config/plimsoll/config.json`;
  const cache = `${box.state}/config.cache.json`;
  const claudeDir = `${box.home}/.claude`;
  const stdin = JSON.stringify(samplePayload({ cwd: box.home, claudeDir, now: Date.now() }));
  mkdirSync(dirname(path), { recursive: true });
  const write = (content: string) => writeFileSync(path, content);
  if (text !== undefined) write(text);
  return {
    path,
    cache,
    write,
    draw: async () => expectDrawn(await run(["display"], { env: box.env, stdin })).join("\n"),
    explain: async () => JSON.parse((await run(["explain", "--json"], { env: box.env, stdin })).stdout),
    gather: async () => {
      if (CAN_SEE_PROCESSES) await until("no pass runs", () => processesOf(box.root).length === 0);
      await run(["gather", "--wait", "--force"], { env: box.env, stdin });
    },
  };
}

const ONLY_MODEL = '{ "rows": [["model"]] } // no more';

describe("a configuration", () => {
  test("is in force at the first render, and from the cache at the next ones", async () => {
    using box = sandbox();
    const { draw, gather, cache } = configured(box, ONLY_MODEL);
    expect(await draw()).toBe("Sonnet 5.5");
    await gather();
    expect(existsSync(cache)).toBe(true);
    expect(await draw()).toBe("Sonnet 5.5");
  });

  test.skipIf(process.platform !== "linux")(
    "is known again to the last nanosecond of its change",
    async () => {
      using box = sandbox();
      const { cache, gather, path, explain } = configured(box, ONLY_MODEL);
      expect(Bun.spawnSync(["touch", "-d", "@1795000000.999999999", path]).exitCode).toBe(0);
      await gather();
      expect(existsSync(cache)).toBe(true);
      expect((await explain()).gatherDue).toBe(false);
    },
  );

  test("is in force at once when it is edited", async () => {
    using box = sandbox();
    const { draw, gather, write } = configured(box, ONLY_MODEL);
    await gather();
    write('{ "rows": [["model"], ["effort"]] }');
    expect(await draw()).toBe("Sonnet 5.5\nmedium");
    await gather();
    expect(await draw()).toBe("Sonnet 5.5\nmedium");
  });

  test("that is invalid leaves the last valid one in force, with a mark", async () => {
    using box = sandbox();
    const { draw, gather, write } = configured(box, '{ "rows": [["model", "health"]] }');
    await gather();
    for (const broken of ["{ rows: [", '{ "rows": [["modle"]] }', '{ "rows": 5 }', "\u0000\u0001"]) {
      write(broken);
      const before = await draw();
      expect(before).toContain("Sonnet 5.5");
      expect(before).toContain("config");
      await gather();
      expect(await draw()).toBe(before);
    }
    write(ONLY_MODEL);
    expect(await draw()).toBe("Sonnet 5.5");
  });

  test("that is invalid from the start leaves the built-in one in force, with a mark", async () => {
    using box = sandbox();
    const { draw } = configured(box, "[]");
    const drawn = await draw();
    expect(drawn).toContain("7%");
    expect(drawn).toContain("config");
  });

  test("may be a link to a file elsewhere, and may be deleted", async () => {
    using box = sandbox();
    const { draw, gather, path } = configured(box);
    writeFileSync(box.path("dotfiles.json"), ONLY_MODEL);
    symlinkSync(box.path("dotfiles.json"), path);
    expect(await draw()).toBe("Sonnet 5.5");
    await gather();
    rmSync(path);
    expect(await draw()).toContain("7%");
  });

  test("is read again when its cache was modified", async () => {
    using box = sandbox();
    const { draw, gather, cache } = configured(box, ONLY_MODEL);
    await gather();
    for (const content of [
      readFileSync(cache, "utf8").replace('["model"]', '["effort"]'),
      "{}",
      "torn{",
      "",
    ]) {
      writeFileSync(cache, content);
      expect(await draw()).toBe("Sonnet 5.5");
    }
  });

  test("that cannot be read as a file leaves the last valid one in force, with a mark", async () => {
    using box = sandbox();
    const { draw, explain, gather, path } = configured(box, '{ "rows": [["model"]] }');
    await gather();
    for (const make of [() => mkdirSync(path), () => Bun.spawnSync(["mkfifo", path])]) {
      rmSync(path, { recursive: true });
      make();
      const before = await draw();
      expect(before).toMatch(/^Sonnet 5\.5.*config: it is /);
      await gather();
      expect(await draw()).toBe(before);
    }
    expect((await explain()).settingsError).toBe("it is not a regular file");
    // Of another path, nothing valid is known.
    box.env.PLIMSOLL_CONFIG = box.path("other");
    symlinkSync("other", box.path("other"));
    const other = await draw();
    expect(other).toContain("7%");
    expect(other).toContain("config");
  });

  test.skipIf(OTHER_USER === undefined)("that this user may not see is an error, not missing", async () => {
    using box = sandbox();
    const directory = box.path("closed");
    mkdirSync(directory);
    chmodSync(box.root, 0o755);
    const env = { ...box.env, PLIMSOLL_CONFIG: `${directory}/config.json`, PLIMSOLL_NO_GATHER: "1" };
    const of = async (...args: string[]) => await asOtherUser(args, env);
    // Missing in a directory that can be entered.
    expect((await of("display")).stdout).not.toContain("config");
    expect((await of("config", "check")).code).toBe(0);
    chmodSync(directory, 0o700);
    expect((await of("display")).stdout).toContain("config");
    expect(await of("config", "check")).toMatchObject({
      code: 74,
      stderr: expect.stringContaining("permission denied"),
    });
    expect((await of("doctor", "--json")).stdout).toContain("config.json cannot be read: permission denied");
  });
});
