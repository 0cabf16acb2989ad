/** Setups that are killed, concurrent, or race with another writer. */
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import { identifySelf } from "../../src/os/identity.ts";
import { tryLock } from "../../src/os/lock/flock.ts";
import { BINARY } from "../helpers/binary.ts";
import { home, LINE } from "./home.ts";

/** Large enough that writing takes a while. */
const BEFORE = `{\n  "text": "${"0123456789abcdef".repeat(120_000)}",\n  "last": true\n}\n`;

test("killed at any point, the file has its old or its new bytes, and the next setup continues from there", async () => {
  using here = home();
  here.write(BEFORE);
  let stirred = () => {};
  const watcher = watch(dirname(here.settings), () => stirred());
  const started = performance.now();
  let first = 0;
  stirred = () => {
    first ||= performance.now();
  };
  await here.setup();
  const whole = performance.now() - started;
  const atWork = performance.now() - first;
  const after = here.read() as string;
  await here.setup("--remove");
  const seen = { before: 0, after: 0, cut: 0 };
  const end = performance.now() + 2_500;
  for (let round = 0; round < 12 || performance.now() < end; round++) {
    const args = here.read() === after ? ["--remove"] : [];
    const child = Bun.spawn([BINARY, "setup", ...args], {
      env: here.env,
      stdout: "ignore",
      stderr: "ignore",
    });
    // Mostly while it works in the file's directory, or at any time; every fourth run completes.
    const inDirectory = new Promise<void>((resolve) => {
      stirred = resolve;
    });
    if (round % 4 < 2) await Promise.race([inDirectory, child.exited]);
    if (round % 4 === 3) await child.exited;
    else await Bun.sleep(Math.random() * (round % 4 === 2 ? whole : atWork));
    child.kill("SIGKILL");
    await child.exited;
    if (child.signalCode === "SIGKILL") seen.cut += 1;
    const text = here.read();
    if (text !== BEFORE && text !== after)
      throw new Error(`round ${round}: neither the old bytes nor the new`);
    seen[text === after ? "after" : "before"] += 1;
  }
  watcher.close();
  expect(Math.min(seen.cut, seen.before, seen.after)).toBeGreaterThan(0);
  // Whatever the killed ones left: the line can be added and removed, and no leftover stays.
  expect((await here.setup()).code).toBe(0);
  expect(here.read()).toBe(after);
  expect((await here.setup("--remove")).code).toBe(0);
  expect(here.read()).toBe(BEFORE);
  expect(readdirSync(dirname(here.settings))).toEqual(["settings.json"]);
}, 60_000);

test("at any moment a reader sees the old file or the new one", async () => {
  using here = home();
  here.write(BEFORE);
  const sizes = new Set<number | undefined>();
  const look = async (child: Bun.Subprocess) => {
    while (child.exitCode === null) {
      // Without a pause, for as long as the event loop may wait to learn of the end.
      for (let again = 0; again < 200; again++)
        sizes.add(statSync(here.settings, { throwIfNoEntry: false })?.size);
      await Bun.sleep(0);
    }
  };
  for (const args of [[], ["--refresh", "12"], ["--remove"]])
    await look(Bun.spawn([BINARY, "setup", ...args], { env: here.env, stdout: "ignore", stderr: "ignore" }));
  expect(here.read()).toBe(BEFORE);
  expect(sizes).toEqual(new Set([Buffer.byteLength(BEFORE), Buffer.byteLength(BEFORE) + added()]));
});

/** How many bytes setup adds to `BEFORE`; a refresh of two digits needs as many as the default. */
function added(): number {
  const lines = JSON.stringify({ statusLine: LINE }, undefined, 2);
  return Buffer.byteLength(lines) - "{\n\n}".length + ",\n".length;
}

test("an update that was killed before the rename does not lose the original", async () => {
  using here = home();
  await here.setup();
  const first = here.read() as string;
  await here.setup("--refresh", "5");
  // The state after such a kill: the record is written first.
  here.write(first);
  expect((await here.setup("--remove")).code).toBe(0);
  expect(existsSync(dirname(here.settings))).toBe(false);
});

// Concurrent from here on: one of them mostly waits.
test.concurrent("a file created by a killed setup is removed", async () => {
  using here = home();
  const until = performance.now() + 1_000;
  while (performance.now() < until) {
    const child = Bun.spawn([BINARY, "setup"], { env: here.env, stdout: "ignore", stderr: "ignore" });
    await Bun.sleep(Math.random() * 40);
    child.kill("SIGKILL");
    await child.exited;
    expect((await here.setup()).code).toBe(0);
    expect(here.json()).toEqual({ statusLine: LINE });
    expect((await here.setup("--remove")).code).toBe(0);
    expect(existsSync(dirname(here.settings))).toBe(false);
  }
});

test.concurrent("leftovers of dead writers are removed; a living writer's file, and foreign files, stay", async () => {
  using here = home();
  here.write("{}");
  const folder = dirname(here.settings);
  const self = identifySelf() as { start: string; bootId: string };
  const name = (pid: number, start = self.start) =>
    `.settings.json.plimsoll-${pid}-${start}-${self.bootId}.tmp`;
  const gone = Bun.spawn(["true"]);
  await gone.exited;
  const dead = [name(gone.pid), name(process.pid, "1")];
  const stay = [
    name(process.pid),
    ".settings.json.tmp",
    ".other.json.plimsoll-1-1-x.tmp",
    ".settings.json.plimsoll-x.tmp",
  ];
  for (const each of [...dead, ...stay]) here.write("half", join(folder, each));
  const old = new Date(Date.now() - 7_200_000);
  utimesSync(join(folder, name(process.pid)), old, old);
  expect((await here.setup()).code).toBe(0);
  expect(readdirSync(folder).sort()).toEqual([...stay, "settings.json"].sort());
});

test.concurrent("several at once: one line, one original", async () => {
  using here = home();
  for (let round = 0; round < 3; round++) {
    const all = await Promise.all([1, 2, 3, 4].map((n) => here.setup("--refresh", String(n))));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(here.json()).toEqual({ statusLine: { ...LINE, refreshInterval: expect.any(Number) } });
    await Promise.all([here.setup("--remove"), here.setup("--remove")]);
    expect(here.read()).toBeUndefined();
  }
});

test.concurrent("a setup that does not get the lock says where to look, exit 75", async () => {
  using here = home();
  const locks = join(here.state, "locks");
  mkdirSync(locks, { recursive: true, mode: 0o700 });
  using _ = tryLock(join(locks, "setup.lock"));
  const { code, stderr } = await here.setup();
  expect(code).toBe(75);
  expect(stderr).toContain("another setup has been running for 5 seconds");
  expect(here.read()).toBeUndefined();
}, 30_000);

test.concurrent("a concurrent change of the file is not lost", async () => {
  using here = home();
  const locks = join(here.state, "locks");
  mkdirSync(locks, { recursive: true, mode: 0o700 });
  here.write('{"a":1}');
  const lock = tryLock(join(locks, "setup.lock"));
  const running = here.setup();
  const path = join(here.state, "setup");
  // Setup creates the directories for the lock after it has read the file.
  while (!existsSync(path)) await Bun.sleep(2);
  here.write('{"b":2}');
  lock?.release();
  expect((await running).code).toBe(0);
  expect(here.json()).toEqual({ b: 2, statusLine: LINE });
  await here.setup("--remove");
  expect(here.read()).toBe('{"b":2}');
});
