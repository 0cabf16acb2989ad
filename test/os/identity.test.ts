/** A pid and a start are a process; a pid alone is not. */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bootId,
  exists,
  identify,
  identifySelf,
  isAlive,
  isLegacyAlive,
  LookupCache,
  lookUp,
  type ProcessRecord,
  verify,
} from "../../src/os/identity.ts";
import { until } from "../helpers/binary.ts";

const onLinux = process.platform === "linux";
const SOURCE = join(import.meta.dir, "../../src/os/identity.ts");

const sleeper = () => Bun.spawn(["/bin/sleep", "30"]);
const record = (pid: number): ProcessRecord => {
  const found = identify(pid);
  if (!found) throw new Error(`pid ${pid} cannot be identified`);
  return found;
};

/** Whether this machine lets us make a pid namespace with its own /proc. */
const canUnshare =
  onLinux && Bun.spawnSync(["unshare", "-pf", "--mount-proc", "true"], { stderr: "ignore" }).success;

describe("a process record", () => {
  test("is alive while its process runs, and dead from its end on", async () => {
    await using child = sleeper();
    const written = record(child.pid);
    expect(verify(written)).toBe("alive");
    child.kill("SIGKILL");
    await child.exited;
    expect(verify(written)).toBe("dead");
    expect(isAlive(written)).toBe(false);
  });

  test("of another start, another boot or another inode is dead although its pid runs", () => {
    const self = identifySelf() as ProcessRecord;
    expect(verify(self)).toBe("alive");
    expect(verify({ ...self, start: `${Number(self.start) + 1}` })).toBe("dead");
    expect(verify({ ...self, bootId: "another" })).toBe("dead");
    if (self.inode) expect(verify({ ...self, inode: `${BigInt(self.inode) + 1n}` })).toBe("dead");
  });

  test.skipIf(!onLinux)("of another pid namespace is unknown, not dead", () => {
    const self = identifySelf() as ProcessRecord;
    expect(verify({ ...self, pid: 999_999, namespace: "pid:[1]" })).toBe("unknown");
  });

  test("with a pid that no process can have is dead", () => {
    const self = identifySelf() as ProcessRecord;
    for (const pid of [0, -1, -process.pid, 1.5, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY]) {
      expect(verify({ ...self, pid })).toBe("dead");
      expect(exists(pid)).toBe(false);
    }
  });

  test.skipIf(!onLinux)("of a zombie is dead: it has ended", async () => {
    const parent = Bun.spawn(["/bin/sh", "-c", "sleep 0 & echo $!; exec sleep 30"], { stdout: "pipe" });
    const { value } = await parent.stdout.getReader().read();
    const pid = Number(new TextDecoder().decode(value));
    await until("the child is a zombie", () => {
      const found = lookUp(pid);
      return found.kind === "found" && found.facts.state === "Z";
    });
    expect(exists(pid)).toBe(true);
    expect(isAlive(record(pid))).toBe(false);
    parent.kill("SIGKILL");
    await parent.exited;
  });

  test("reads a process of another user as alive", () => {
    expect(exists(1)).toBe(true); // for others than root: EPERM
    expect(lookUp(1).kind).not.toBe("gone");
  });

  test.skipIf(!onLinux)("survives a name with brackets and blanks", async () => {
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-id-"));
    const program = join(folder, "a) R 1 (b");
    await Bun.write(program, Bun.file("/bin/sleep"));
    Bun.spawnSync(["chmod", "+x", program]);
    await using child = Bun.spawn([program, "30"]);
    await until("it has its name", () => {
      const found = lookUp(child.pid);
      return found.kind === "found" && found.facts.name === "a) R 1 (b";
    });
    expect(isAlive(record(child.pid))).toBe(true);
    rmSync(folder, { recursive: true });
  });

  test("is cheap: 500 look-ups do not take a second, and a cache asks once", () => {
    const started = performance.now();
    for (let index = 0; index < 500; index++) lookUp(process.pid);
    expect(performance.now() - started).toBeLessThan(1_000);
    const cache = new LookupCache();
    expect(cache.lookup(process.pid)).toBe(cache.lookup(process.pid));
  });

  test.skipIf(!onLinux)("names the boot", () => {
    expect(bootId()).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("a record without a start time", () => {
  const now = 1_800_000_000_000;
  const hour = 3_600_000;

  test("counts while the pid exists, the name fits and it is younger than a day", async () => {
    await using child = sleeper();
    const written = { pid: child.pid, expectedName: "SLEEP", recordedAtMs: now - 23 * hour };
    await until("it has become sleep", () => {
      const found = lookUp(child.pid);
      return found.kind === "found" && found.facts.name === "sleep";
    });
    expect(isLegacyAlive(written, now)).toBe(true);
    expect(isLegacyAlive({ ...written, recordedAtMs: now + 100 * hour }, now)).toBe(true);
    expect(isLegacyAlive({ ...written, recordedAtMs: now - 24 * hour }, now)).toBe(false);
    expect(isLegacyAlive({ ...written, expectedName: "claude" }, now)).toBe(false);
    expect(isLegacyAlive({ ...written, pid: -child.pid }, now)).toBe(false);
    child.kill("SIGKILL");
    await child.exited;
    expect(isLegacyAlive(written, now)).toBe(false);
  });
});

describe.skipIf(!canUnshare)("a pid that is used again (needs root and unshare)", () => {
  test("is not taken for the process that had it before, not even within one clock tick", async () => {
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-reuse-"));
    const script = join(folder, "reuse.ts");
    writeFileSync(
      script,
      `import { identify, verify } from ${JSON.stringify(SOURCE)};
       import { writeFileSync } from "node:fs";
       const results = [];
       for (let round = 0; round < 20; round++) {
         const first = Bun.spawn(["/bin/sleep", "30"]);
         const written = identify(first.pid);
         first.kill("SIGKILL");
         await first.exited;
         if (round % 2) await Bun.sleep(25);
         writeFileSync("/proc/sys/kernel/ns_last_pid", String(first.pid - 1));
         const second = Bun.spawn(["/bin/sleep", "30"]);
         const sameTick = identify(second.pid).start === written.start;
         results.push({ reused: second.pid === first.pid, verdict: verify(written), sameTick, inode: written.inode !== undefined });
         second.kill("SIGKILL");
         await second.exited;
       }
       console.log(JSON.stringify(results));`,
    );
    const child = Bun.spawn(["unshare", "-pf", "--mount-proc", process.execPath, script], { stdout: "pipe" });
    type Result = { reused: boolean; verdict: string; sameTick: boolean; inode: boolean };
    const results = (await new Response(child.stdout).json()) as Result[];
    rmSync(folder, { recursive: true });
    const reused = results.filter((each) => each.reused);
    expect(reused.length).toBeGreaterThan(5);
    // Without pidfd inodes two starts within one tick look the same; with them, never.
    for (const { verdict, sameTick, inode } of reused) if (inode || !sameTick) expect(verdict).toBe("dead");
  });
});
