import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { stateFile, statePaths } from "../../src/state/paths.ts";
import { readState, STATE_FILE_LIMIT } from "../../src/state/scopes.ts";
import { sandbox } from "../helpers/binary.ts";
import { accountState, partOf, repoState, SESSION_ID, sessionState } from "./states.ts";

function prepared() {
  const box = sandbox();
  const paths = statePaths(box.env);
  if (!paths) throw new Error("no state directory");
  for (const folder of [paths.sessions, paths.repos, paths.accounts]) mkdirSync(folder, { recursive: true });
  const file = stateFile(paths, "session", SESSION_ID);
  return { box, paths, file, read: () => readState(paths, "session", SESSION_ID) };
}

const GOOD_FACTS = { turns: 3, compactions: 0, tools: [{ name: "Read", count: 2 }], agents: [] };

describe("a state file", () => {
  test("is read back as it was written", () => {
    const { box, file, read } = prepared();
    using _ = box;
    const state = sessionState({
      cwd: "/home/dev/proj",
      model: "claude-sonnet-5-5",
      client: { pid: 1, start: "123", bootId: "x" },
      seen: { at: 5, costUsd: 0.5, contextPercent: 7 },
      parts: {
        transcript: partOf(GOOD_FACTS),
        commands: partOf({ up: { text: "3 days", gatheredAt: 1, triedAt: 1 } }),
      },
    });
    writeFileSync(file, JSON.stringify(state));
    expect(read()).toEqual(state);
  });

  test("that is not there is absent", () => {
    const { box, read } = prepared();
    using _ = box;
    expect(read()).toBeUndefined();
  });

  for (const [what, content] of [
    ["is empty", ""],
    ["is torn", JSON.stringify(sessionState()).slice(0, 40)],
    ["is not JSON", "\u0000\u0001"],
    ["is an array", "[]"],
    ["is null", "null"],
    ["has a newer version", JSON.stringify({ ...sessionState(), version: 2 })],
    ["has no version", JSON.stringify({ sessionId: SESSION_ID })],
    ["is about another session", JSON.stringify(sessionState({ sessionId: "other-session-id" }))],
    ["has a session that is not text", JSON.stringify({ ...sessionState(), sessionId: 5 })],
    ["is too large", JSON.stringify(sessionState({ cwd: "x".repeat(STATE_FILE_LIMIT) }))],
  ] as const) {
    test(`that ${what} is absent`, () => {
      const { box, file, read } = prepared();
      using _ = box;
      writeFileSync(file, content);
      expect(read()).toBeUndefined();
    });
  }

  test("behind a symbolic link is absent", () => {
    const { box, file, read } = prepared();
    using _ = box;
    writeFileSync(box.path("elsewhere.json"), JSON.stringify(sessionState()));
    symlinkSync(box.path("elsewhere.json"), file);
    expect(read()).toBeUndefined();
  });

  test("that is a directory or a FIFO is absent, without blocking", () => {
    const { box, paths, file, read } = prepared();
    using _ = box;
    mkdirSync(file);
    expect(read()).toBeUndefined();
    expect(Bun.spawnSync(["mkfifo", stateFile(paths, "session", "fifo-session")]).exitCode).toBe(0);
    expect(readState(paths, "session", "fifo-session")).toBeUndefined();
  });

  test.skipIf(process.geteuid?.() !== 0)("that belongs to another user is absent (needs root)", () => {
    const { box, file, read } = prepared();
    using _ = box;
    writeFileSync(file, JSON.stringify(sessionState()));
    expect(read()).toBeDefined();
    expect(Bun.spawnSync(["chown", "12345", file]).exitCode).toBe(0);
    expect(read()).toBeUndefined();
  });

  test("keeps its valid parts when another one is invalid", () => {
    const { box, file, read } = prepared();
    using _ = box;
    const usage = { value: { costUsd: "much" }, gatheredAt: 1, tookMs: 1, triedAt: 1 };
    const parts = { transcript: partOf(GOOD_FACTS), usage, commands: 5 };
    writeFileSync(file, JSON.stringify({ ...sessionState(), cwd: 7, client: [], seen: { at: "x" }, parts }));
    expect(read()).toEqual(sessionState({ parts: { transcript: partOf(GOOD_FACTS) } }));
  });

  test("keeps a part without a value, with its error", () => {
    const { box, file, read } = prepared();
    using _ = box;
    const transcript = {
      value: null,
      gatheredAt: 0,
      tookMs: 2,
      triedAt: 9,
      error: "there is no transcript yet",
    };
    writeFileSync(file, JSON.stringify(sessionState({ parts: { transcript } })));
    expect(read()?.parts.transcript).toEqual(transcript);
  });

  test("resets invalid attempts", () => {
    const { box, file, read } = prepared();
    using _ = box;
    writeFileSync(file, JSON.stringify({ ...sessionState(), attempts: { startedAt: "now" } }));
    expect(read()?.attempts).toEqual({ startedAt: 0, endedAt: 0, failures: 0, notBefore: 0 });
  });

  test("of a session with a hostile id stays in the folder", () => {
    const { box, paths } = prepared();
    using _ = box;
    for (const id of ["../../etc/passwd", "a/b", "..", "\0", "x".repeat(300)])
      expect(stateFile(paths, "session", id).slice(paths.sessions.length + 1)).not.toInclude("/");
  });
});

describe("scopes", () => {
  test("do not mix: a repository's or account's file that is about another path is absent", () => {
    const { box, paths } = prepared();
    using _ = box;
    writeFileSync(stateFile(paths, "repo", "/a"), JSON.stringify(repoState("/a")));
    writeFileSync(stateFile(paths, "repo", "/b"), JSON.stringify(repoState("/a")));
    writeFileSync(stateFile(paths, "account", "/c"), JSON.stringify(accountState("/d")));
    expect(readState(paths, "repo", "/a")?.parts.git?.value?.branch).toBe("main");
    expect(readState(paths, "repo", "/b")).toBeUndefined();
    expect(readState(paths, "account", "/c")).toBeUndefined();
  });
});

describe("readers", () => {
  const READS = Number(process.env.PLIMSOLL_TEST_READS ?? 100_000);

  test(`never see a torn or mixed file in ${READS} reads, while a writer alternates sizes and is killed`, async () => {
    const { box, paths, read } = prepared();
    using _ = box;
    chmodSync(box.state, 0o700);
    const start = () =>
      Bun.spawn([process.execPath, `${import.meta.dir}/alternating-writer.ts`], {
        env: box.env,
        stdio: ["ignore", "ignore", "inherit"],
      });
    let writer = start();
    let seen = 0;
    const sizes = new Set<number>();
    for (let count = 0; count < READS || sizes.size < 2; count++) {
      const state = read();
      if (state !== undefined) {
        const facts = state.parts.transcript?.value;
        const message = facts?.lastUserMessage ?? "";
        // One letter throughout, and of the recorded length: anything else is a mixture.
        expect(message).toBe(message.charAt(0).repeat(facts?.turns ?? -1));
        sizes.add(message.length);
        seen++;
      } else expect(seen).toBe(0);
      if (count % 10_000 === 9_999) {
        writer.kill("SIGKILL");
        await writer.exited;
        writer = start();
      }
      if (count % 1_000 === 0) await Bun.sleep(1);
    }
    writer.kill("SIGKILL");
    await writer.exited;
    expect(seen).toBeGreaterThan(READS / 2);
    // Each kill leaves at most one file.
    expect(readdirSync(paths.sessions).length).toBeLessThan(READS / 10_000 + 5);
  });
});
