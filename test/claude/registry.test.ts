import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { type RegistryEntry, readRegistry } from "../../src/claude/registry.ts";
import { identify, LookupCache } from "../../src/os/identity.ts";
import { sandbox, until } from "../helpers/binary.ts";

const started: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
    await child.exited;
  }
});

function sleeper(): { child: Bun.Subprocess; pid: number; start: string } {
  const child = Bun.spawn(["sleep", "60"], { stdio: ["ignore", "ignore", "ignore"] });
  started.push(child);
  const start = identify(child.pid)?.start;
  if (start === undefined) throw new Error("the process that was just started is not to be seen");
  return { child, pid: child.pid, start };
}

function withEntries(entries: Record<string, unknown>): RegistryEntry[] {
  using box = sandbox();
  mkdirSync(box.path("claude/sessions"), { recursive: true });
  for (const [name, entry] of Object.entries(entries))
    writeFileSync(
      box.path("claude/sessions", name),
      typeof entry === "string" ? entry : JSON.stringify(entry),
    );
  return readRegistry(box.path("claude"), Date.now(), new LookupCache());
}

const liveness = (entry: object) => withEntries({ "1.json": entry })[0]?.liveness;

describe("a session of the registry", () => {
  test("is live when a process of its pid and start runs", () => {
    const { pid, start } = sleeper();
    const [entry] = withEntries({
      [`${pid}.json`]: {
        pid,
        procStart: start,
        sessionId: "abc",
        cwd: "/p",
        status: "busy",
        startedAt: 1795290000,
      },
    });
    expect(entry).toMatchObject({
      pid,
      start,
      sessionId: "abc",
      cwd: "/p",
      status: "busy",
      liveness: "live",
    });
    expect(entry?.startedAt).toBe(1795290000000);
    // A numeric start is accepted.
    expect(liveness({ pid, procStart: Number(start) })).toBe("live");
  });

  test("is a ghost when the pid was reused", () => {
    const { pid, start } = sleeper();
    expect(liveness({ pid, procStart: String(Number(start) - 100) })).toBe("ghost");
  });

  test("is a ghost when its process has ended", async () => {
    const { child, pid, start } = sleeper();
    child.kill("SIGKILL");
    await child.exited;
    expect(liveness({ pid, procStart: start })).toBe("ghost");
  });

  test("is stopped when its process is stopped", async () => {
    const { child, pid, start } = sleeper();
    child.kill("SIGSTOP");
    await until("the process is stopped", () => liveness({ pid, procStart: start }) === "stopped");
    child.kill("SIGCONT");
    await until("the process continues", () => liveness({ pid, procStart: start }) === "live");
  });

  test("without a start is a ghost unless the process's name matches and the entry is young", () => {
    const { pid } = sleeper();
    expect(liveness({ pid, startedAt: Date.now() })).toBe("ghost");
  });
});

test("invalid entries are skipped", () => {
  const { pid, start } = sleeper();
  const entries = withEntries({
    "1.json": "",
    "2.json": "{",
    "3.json": "null",
    "4.json": { pid: -5 },
    "5.json": { pid: "x" },
    "6.json": { pid: 0 },
    "notes.txt": { pid },
    "7.json": { pid, procStart: start, sessionId: 5, cwd: null },
  });
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({ pid, liveness: "live" });
});

test("a client without a registry has no entries", () => {
  expect(readRegistry("/nonexistent", Date.now(), new LookupCache())).toEqual([]);
});
