/** Hostile programs against both forms of the bounded run: the right outcome, on time, and nothing left behind. */
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunOutcome, RunRequest } from "../../src/os/run/outcome.ts";
import { runBounded, runBoundedSync } from "../../src/os/run/subprocess.ts";
import { until } from "../helpers/binary.ts";

const FORMS: readonly (readonly [string, (request: RunRequest) => RunOutcome | Promise<RunOutcome>])[] = [
  ["asynchronous", runBounded],
  ["synchronous", runBoundedSync],
];

/** Requirement: deadline + grace + 200 ms at most. Twice that here, as the machine is shared with other tests. */
const SLACK_MS = 400;

const sh = (script: string, ...args: string[]): [string, ...string[]] => [
  "/bin/sh",
  "-c",
  script,
  "sh",
  ...args,
];
const onLinux = process.platform === "linux";

/** Other processes with `marker` in their command line. */
function survivors(marker: string): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(marker);
      } catch {
        return false; // ended meanwhile
      }
    });
}

function zombies(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
  return children.filter((pid) => {
    try {
      return /\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
    } catch {
      return false; // reaped meanwhile
    }
  }).length;
}

const unique = () => `m${Math.random().toString(36).slice(2)}`;

describe.each(FORMS)("a bounded run, %s", (_form, run) => {
  test("returns exit code, stdout and stderr", async () => {
    const outcome = await run({ argv: sh("echo out; echo err >&2; exit 3"), timeoutMs: 5_000 });
    expect(outcome).toMatchObject({ kind: "exited", code: 3, stdout: "out\n", stderr: "err\n" });
  });

  test("distinguishes a signal of the program's own from a timeout", async () => {
    const outcome = await run({ argv: sh("kill -SEGV $$"), timeoutMs: 5_000 });
    expect(outcome).toMatchObject({ kind: "signaled", signal: 11 });
  });

  test("feeds stdin while it drains stdout: 1 MB through cat does not deadlock", async () => {
    const text = "0123456789abcde\n".repeat(65_536);
    const outcome = await run({ argv: ["/bin/cat"], stdin: text, timeoutMs: 10_000, maxOutputBytes: 2e6 });
    expect(outcome.kind).toBe("exited");
    expect(outcome.stdout === text).toBe(true);
  });

  test("does not wait for a program that never reads its stdin", async () => {
    const outcome = await run({
      argv: sh("exec sleep 30"),
      stdin: "x".repeat(5e6),
      timeoutMs: 150,
      graceMs: 100,
    });
    expect(outcome.kind).toBe("timedOut");
    expect(outcome.elapsedMs).toBeLessThan(250 + SLACK_MS);
  });

  test("ends a program that writes 100 MB at the limit, and keeps no more than that", async () => {
    const outcome = await run({
      argv: sh("head -c 100000000 /dev/zero"),
      timeoutMs: 10_000,
      maxOutputBytes: 50_000,
    });
    expect(outcome).toMatchObject({ kind: "outputTooLarge", limitBytes: 50_000 });
    expect(outcome.stdout.length).toBe(50_000);
  });

  test("accepts output of exactly the limit", async () => {
    const outcome = await run({
      argv: sh("head -c 70000 /dev/zero"),
      timeoutMs: 10_000,
      maxOutputBytes: 70_000,
    });
    expect(outcome).toMatchObject({ kind: "exited", code: 0 });
    expect(outcome.stdout.length).toBe(70_000);
  });

  test("survives 10 MB on stderr and keeps its first 64 KiB", async () => {
    const outcome = await run({ argv: sh("head -c 10000000 /dev/zero >&2"), timeoutMs: 10_000 });
    expect(outcome).toMatchObject({ kind: "exited", code: 0 });
    expect(outcome.stderr.length).toBe(65_536);
  });

  test("kills a program that ignores TERM after the grace, and reports it", async () => {
    const outcome = await run({
      argv: sh("trap '' TERM; while :; do sleep 1; done"),
      timeoutMs: 150,
      graceMs: 150,
    });
    expect(outcome).toMatchObject({ kind: "timedOut", afterMs: 150, escalated: true });
    expect(outcome.elapsedMs).toBeGreaterThanOrEqual(300);
    expect(outcome.elapsedMs).toBeLessThan(300 + SLACK_MS);
  });

  test("does not need KILL for one that handles TERM, and keeps its last output", async () => {
    const script = "trap 'echo bye; exit 0' TERM; echo hi; while :; do sleep 0.02; done";
    const outcome = await run({ argv: sh(script), timeoutMs: 200, graceMs: 2_000 });
    expect(outcome).toMatchObject({ kind: "timedOut", escalated: false, stdout: "hi\nbye\n" });
  });

  test.skipIf(!onLinux)("leaves no grandchild that holds the pipe and ignores TERM", async () => {
    const marker = unique();
    const script = `(trap '' TERM; while :; do sleep 1; done; : ${marker}) & sleep 30; : ${marker}`;
    const outcome = await run({ argv: sh(script), timeoutMs: 150, graceMs: 100 });
    expect(outcome).toMatchObject({ kind: "timedOut", escalated: true });
    expect(outcome.elapsedMs).toBeLessThan(250 + SLACK_MS);
    expect(survivors(marker)).toEqual([]);
  });

  test.skipIf(!onLinux)(
    "does not wait for a background process that holds the pipe after a good end",
    async () => {
      const marker = unique();
      const outcome = await run({ argv: sh(`(sleep 30; : ${marker}) & echo done`), timeoutMs: 5_000 });
      expect(outcome).toMatchObject({ kind: "exited", code: 0, stdout: "done\n" });
      expect(outcome.elapsedMs).toBeLessThan(SLACK_MS + 600);
      expect(survivors(marker)).toEqual([]);
    },
  );

  test.skipIf(!onLinux)("finds one that double-forked into a session of its own", async () => {
    const marker = unique();
    const script = `(setsid sh -c 'trap "" TERM HUP; sleep 30; : ${marker}' >/dev/null 2>&1 &); exec sleep 30`;
    const outcome = await run({ argv: sh(script), timeoutMs: 300, graceMs: 100 });
    expect(outcome.kind).toBe("timedOut");
    await until("the daemon is gone", () => survivors(marker).length === 0, 2_000);
    expect(zombies()).toBe(0);
  });

  test("reports the first byte that is not UTF-8, unless the exit code is a failure", async () => {
    const bad = "printf 'ok\\303\\251\\377x'";
    const strict = await run({ argv: sh(bad), timeoutMs: 5_000 });
    expect(strict).toMatchObject({ kind: "invalidUtf8", at: 4, stdout: "oké\ufffdx" });
    const failed = await run({ argv: sh(`${bad}; exit 2`), timeoutMs: 5_000 });
    expect(failed).toMatchObject({ kind: "exited", code: 2 });
    const lossy = await run({ argv: sh(bad), timeoutMs: 5_000, utf8: "lossy" });
    expect(lossy).toMatchObject({ kind: "exited", code: 0, stdout: "oké\ufffdx" });
  });

  test("distinguishes a missing file from one that cannot be executed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-run-"));
    const plain = join(folder, "plain");
    writeFileSync(plain, "not a program");
    chmodSync(plain, 0o644);
    const missing = await run({ argv: [join(folder, "missing")], timeoutMs: 1_000 });
    expect(missing).toMatchObject({ kind: "spawnFailed", reason: "notFound" });
    expect(await run({ argv: ["no-such-program-here"], timeoutMs: 1_000 })).toMatchObject({
      reason: "notFound",
    });
    expect(await run({ argv: [plain], timeoutMs: 1_000 })).toMatchObject({ reason: "notExecutable" });
    const astray = await run({ argv: ["/bin/pwd"], cwd: join(folder, "nowhere"), timeoutMs: 1_000 });
    expect(astray).toMatchObject({ kind: "spawnFailed", reason: "noSuchDirectory" });
    rmSync(folder, { recursive: true });
  });

  test("does not run a program of the working directory because PATH has a relative entry", async () => {
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-run-"));
    writeFileSync(join(folder, "git"), "#!/bin/sh\necho hijacked\n", { mode: 0o755 });
    const outcome = await run({ argv: ["git"], cwd: folder, env: { PATH: ":.:bin" }, timeoutMs: 1_000 });
    expect(outcome).toMatchObject({ kind: "spawnFailed", reason: "notFound" });
    rmSync(folder, { recursive: true });
  });

  test("passes the environment, without the variables that change what a Bun program does", async () => {
    const env = { PATH: "/usr/bin:/bin", KEPT: "yes", BUN_BE_BUN: "1", BUN_OPTIONS: "--preload x" };
    const outcome = await run({ argv: ["env"], env, timeoutMs: 5_000 });
    const names = outcome.stdout
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0]);
    expect(names).toContain("KEPT");
    expect(names).not.toContain("BUN_BE_BUN");
    expect(names).not.toContain("BUN_OPTIONS");
  });

  test("gives the child SIGPIPE's default action, which the runtime had changed", async () => {
    const outcome = await run({ argv: sh("grep SigIgn /proc/self/status"), timeoutMs: 5_000 });
    const ignored = Number.parseInt(/SigIgn:\t(\w+)/.exec(outcome.stdout)?.[1] ?? "", 16);
    if (onLinux) expect(ignored & (1 << 12)).toBe(0);
  });

  test.skipIf(!onLinux)("leaks no descriptor and leaves no zombie in many runs", async () => {
    const runs = Number(process.env.PLIMSOLL_TEST_RUNS ?? 150);
    const descriptors = () => readdirSync("/proc/self/fd").length;
    for (let index = 0; index < 20; index++) await run({ argv: ["/bin/true"], timeoutMs: 5_000 });
    Bun.gc(true);
    await Bun.sleep(0);
    const before = descriptors();
    for (let index = 0; index < runs; index++) {
      const outcome = await run({ argv: ["/bin/true"], timeoutMs: 5_000 });
      if (outcome.kind !== "exited" || outcome.code !== 0) throw new Error(JSON.stringify(outcome));
    }
    await until("the descriptors are closed", () => {
      Bun.gc(true);
      return descriptors() <= before + 2;
    });
    expect(zombies()).toBe(0);
  });
});

describe("a bounded run", () => {
  test("ends when its caller aborts", async () => {
    const controller = new AbortController();
    const running = runBounded({ argv: ["/bin/sleep", "30"], timeoutMs: 20_000, signal: controller.signal });
    controller.abort();
    const outcome = await running;
    expect(outcome.kind).toBe("aborted");
    expect(outcome.elapsedMs).toBeLessThan(2_000);
  });

  test("does not end processes of concurrent runs", async () => {
    const daemon = "(setsid sh -c 'trap \"\" TERM HUP; sleep 30' >/dev/null 2>&1 &); exit 0";
    const [long] = await Promise.all([
      runBounded({ argv: sh("(sleep 0.4; echo inner) & wait; echo outer"), timeoutMs: 10_000 }),
      ...Array.from({ length: 5 }, () => runBounded({ argv: sh(daemon), timeoutMs: 5_000 })),
    ]);
    expect(long).toMatchObject({ kind: "exited", code: 0, stdout: "inner\nouter\n" });
  });

  test("works when our own parent ignored SIGCHLD", async () => {
    const script = `
      import { runBounded } from ${JSON.stringify(join(import.meta.dir, "../../src/os/run/subprocess.ts"))};
      console.log(JSON.stringify(await runBounded({ argv: ["/bin/echo", "hi"], timeoutMs: 5000 })));`;
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-run-"));
    writeFileSync(join(folder, "main.ts"), script);
    const child = Bun.spawn(
      ["/bin/sh", "-c", `trap '' CHLD; exec "$0" "$1"`, process.execPath, join(folder, "main.ts")],
      {
        stdout: "pipe",
      },
    );
    expect(await new Response(child.stdout).text()).toContain('"kind":"exited","code":0');
    rmSync(folder, { recursive: true });
  });
});
