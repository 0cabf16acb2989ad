/** The kernel's deadline, looking up programs, low priority, waiting for a lock. */
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LockError } from "../../src/os/lock/file.ts";
import { acquire, tryLock } from "../../src/os/lock/flock.ts";
import { resolveExecutable } from "../../src/os/run/executable.ts";

const onLinux = process.platform === "linux";
const SOURCE = join(import.meta.dir, "../../src/os/run");

/** A directory that goes at the end of the block. */
function folder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "plimsoll-small-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

async function script(
  path: string,
  text: string,
  before = "",
): Promise<{ signal: unknown; code: number | null; stdout: string }> {
  writeFileSync(join(path, "main.ts"), text);
  const child = Bun.spawn(
    ["/bin/sh", "-c", `${before} exec "$0" "$1"`, process.execPath, join(path, "main.ts")],
    {
      stdout: "pipe",
      timeout: 15_000,
      killSignal: "SIGKILL",
    },
  );
  const stdout = await new Response(child.stdout).text();
  await child.exited;
  return { signal: child.signalCode, code: child.exitCode, stdout };
}

describe("a deadline of the kernel's", () => {
  const endless = `import { armDeadline } from "${SOURCE}/deadline.ts"; armDeadline(100); for (;;) {}`;

  test("ends a process whose event loop is blocked", async () => {
    using here = folder();
    expect((await script(here.path, endless)).signal).toBe("SIGALRM");
  });

  test("holds although ALRM was inherited as ignored", async () => {
    using here = folder();
    expect((await script(here.path, endless, "trap '' ALRM;")).signal).toBe("SIGALRM");
  });

  test("does nothing once it was disarmed", async () => {
    using here = folder();
    const text = `import { armDeadline } from "${SOURCE}/deadline.ts"; { using d = armDeadline(50); } await Bun.sleep(200); console.log("on");`;
    expect(await script(here.path, text)).toEqual({ signal: null, code: 0, stdout: "on\n" });
  });
});

test.skipIf(!onLinux)("a low priority is lowered, and inherited", async () => {
  using here = folder();
  const text = `import { setLowPriority } from "${SOURCE}/../ffi/process.ts"; setLowPriority(); Bun.spawnSync(["nice"], { stdout: "inherit" });`;
  expect(Number((await script(here.path, text)).stdout)).toBeGreaterThanOrEqual(10);
});

describe("a program's path", () => {
  test("comes from the absolute entries of PATH, in order, and is a file that can be executed", () => {
    using here = folder();
    const [first, second] = [join(here.path, "a"), join(here.path, "b")];
    mkdirSync(join(first, "tool"), { recursive: true });
    mkdirSync(second);
    writeFileSync(join(second, "tool"), "#!/bin/sh\n", { mode: 0o755 });
    expect(resolveExecutable("tool", `:.:a:${first}:${second}/`)).toBe(join(second, "tool"));
    chmodSync(join(second, "tool"), 0o644);
    expect(resolveExecutable("tool", second)).toBeUndefined();
    expect(resolveExecutable("./sh", "/bin")).toBeUndefined();
    expect(resolveExecutable("", "/bin")).toBeUndefined();
    expect(resolveExecutable("/bin/sh", "")).toBe("/bin/sh");
  });
});

describe("a lock within the program", () => {
  test("is held by one, released at the end of its block, and had again", async () => {
    using here = folder();
    const path = join(here.path, "x.lock");
    {
      using held = tryLock(path);
      expect(held).toBeDefined();
      expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
      expect(tryLock(path)).toBeUndefined();
      const started = performance.now();
      expect(await acquire(path, { waitMs: 80 })).toBeUndefined();
      expect(performance.now() - started).toBeGreaterThanOrEqual(80);
      expect(await acquire(path, { signal: AbortSignal.abort() })).toBeUndefined();
    }
    expect(readFileSync(path, "utf8")).toBe("");
    const again = tryLock(path);
    again?.release();
    again?.release();
    expect(tryLock(path)?.[Symbol.dispose]()).toBeUndefined();
  });

  test("is waited for with the event loop running", async () => {
    using here = folder();
    const path = join(here.path, "x.lock");
    const held = tryLock(path);
    setTimeout(() => held?.release(), 60);
    using next = await acquire(path, { waitMs: 5_000 });
    expect(next).toBeDefined();
  });

  test("is not inherited by a program that is started meanwhile", async () => {
    using here = folder();
    const path = join(here.path, "x.lock");
    const held = tryLock(path);
    await using _child = Bun.spawn(["/bin/sleep", "30"]);
    held?.release();
    using next = tryLock(path);
    expect(next).toBeDefined();
  });

  test("reports why it cannot be locked", () => {
    using here = folder();
    expect(() => tryLock(join(here.path, "no", "x.lock"))).toThrow(LockError);
    expect(() => tryLock(here.path)).toThrow("is a directory");
  });
});
