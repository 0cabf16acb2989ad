/** `plimsoll run`: the deadline holds for everything that the command started. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { BINARY, run, type Sandbox, sandbox, until } from "../helpers/binary.ts";

const onLinux = process.platform === "linux";

/** Whether util-linux's setpriv(1) is here, and knows the option that this needs. */
const HAS_PDEATHSIG =
  onLinux && existsSync("/usr/bin/setpriv") && readFileSync("/usr/bin/setpriv").includes("pdeathsig");

/** Processes with the sandbox's path in their command line. */
function left(box: Sandbox): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(box.root);
    } catch {
      return false; // ended while we looked
    }
  });
}

const outcome = (box: Sandbox) => JSON.parse(readFileSync(box.path("outcome.json"), "utf8"));

describe("run", () => {
  test("answers as its command does", async () => {
    using box = sandbox();
    expect(await run(["run", "5", "sh", "-c", "cat; exit 4"], { ...box, stdin: "in" })).toMatchObject({
      code: 4,
      stdout: "in",
    });
    expect((await run(["run", "5", "no-such-command"], box)).code).toBe(127);
    expect((await run(["run", "5", "/"], box)).code).toBe(126);
    expect((await run(["run", "5", "sh", "-c", "kill -SEGV $$"], box)).signal).toBe("SIGSEGV");
    expect((await run(["run", "0", "true"], box)).code).toBe(0);
  });

  test("ends a command at its deadline: 124, or its own status when that is asked for", async () => {
    using box = sandbox();
    const done = await run(["run", "0.2", "sleep", "30"], box);
    expect(done.code).toBe(124);
    expect(done.elapsedMs).toBeGreaterThanOrEqual(200);
    expect(done.elapsedMs).toBeLessThan(1_500);
    expect((await run(["run", "--preserve-status", "0.1", "sleep", "30"], box)).code).toBe(143);
    expect(
      (
        await run(
          ["run", "-s", "USR1", "0.1", "sh", "-c", "trap 'exit 9' USR1; while :; do sleep 0.02; done"],
          box,
        )
      ).code,
    ).toBe(124);
  });

  test.skipIf(!onLinux)(
    "continues until the group is empty: no TERM-ignoring grandchild is left, as with timeout -k",
    async () => {
      using box = sandbox();
      // It ends with the sandbox, should this test be cut short.
      const script = `(trap '' TERM; while [ -e ${box.root} ]; do sleep 0.05; done) & exec sleep 30`;
      const done = await run(["run", "-v", "-k", "0.2", "0.2", "sh", "-c", script], box);
      expect(done.code).toBe(137);
      expect(done.stderr).toContain("sending TERM");
      expect(done.stderr).toContain("sending KILL");
      expect(left(box)).toEqual([]);
    },
  );

  test.skipIf(!onLinux)("finds what double-forked into a session of its own", async () => {
    using box = sandbox();
    const script = `(setsid sh -c 'echo >"$1"; trap "" TERM; sleep 30' sh ${box.path("up")} &) ; sleep 30`;
    const running = run(["run", "0.5", "sh", "-c", script], box);
    await until("the daemon is up", () => existsSync(box.path("up")));
    expect((await running).code).toBe(124);
    await until("the daemon is gone", () => left(box).length === 0, 2_000);
  });

  test("leaves processes of a command that exited before the deadline", async () => {
    using box = sandbox();
    const done = await run(["run", "10", "sh", "-c", "sleep 30 >/dev/null 2>&1 & echo $!"], box);
    const pid = Number(done.stdout);
    expect(done.code).toBe(0);
    expect(done.elapsedMs).toBeLessThan(5_000);
    expect(process.kill(pid, 0)).toBe(true);
    process.kill(pid, "SIGKILL");
  });

  test("forwards signals to the whole group, and dies of the same signal as its command", async () => {
    using box = sandbox();
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1"] as const) {
      // tee, not a shell, makes the file: a shell that is about to start a program may lose an INT of its own.
      const script = `ulimit -c 0; exec "$0" run 30 tee "$1"`;
      const child = Bun.spawn(["sh", "-c", script, BINARY, box.path(signal)], {
        env: box.env,
        stdin: "pipe",
        stdout: "ignore",
      });
      await until("the command runs", () => existsSync(box.path(signal)));
      child.kill(signal);
      await child.exited;
      expect(child.signalCode).toBe(signal);
    }
  });

  test("leaves a signal ignored that it inherited as ignored", async () => {
    using box = sandbox();
    const script = `trap '' HUP; exec "$0" run 5 sh -c 'kill -HUP $$ $PPID; echo survived'`;
    const child = Bun.spawn(["sh", "-c", script, BINARY], { env: box.env, stdout: "pipe" });
    expect(await new Response(child.stdout).text()).toBe("survived\n");
    expect(await child.exited).toBe(0);
  });

  test("writes the outcome as JSON: why, how, how long, how much", async () => {
    using box = sandbox();
    const to = ["--json", box.path("outcome.json")];
    await run(["run", ...to, "5", "sh", "-c", "exit 3"], box);
    expect(outcome(box)).toMatchObject({
      reason: "exited",
      exitCode: 3,
      signal: null,
      sent: null,
      escalated: false,
      shellStatus: 3,
    });
    await run(
      ["run", ...to, "-k", "0.1", "0.1", "sh", "-c", "trap '' TERM; while :; do sleep 0.02; done"],
      box,
    );
    expect(outcome(box)).toMatchObject({
      reason: "timedOut",
      exitCode: null,
      signal: "KILL",
      sent: "KILL",
      escalated: true,
    });
    expect(outcome(box).elapsedMs).toBeGreaterThanOrEqual(200);
    await run(["run", ...to, "5", "sh", "-c", "kill -TERM $$"], box);
    expect(outcome(box)).toMatchObject({ reason: "signaled", signal: "TERM", shellStatus: 143 });
  });

  test("reports a command's memory when it is more than our own", async () => {
    using box = sandbox();
    const to = ["--json", box.path("outcome.json")];
    // From a small shell: the kernel's peak of a program starts with that of its parent.
    const runSmall = (...args: string[]) =>
      Bun.spawnSync(["/bin/sh", "-c", '"$0" "$@"; exit $?', BINARY, "run", ...to, ...args], { env: box.env });
    runSmall("10", "sh", "-c", "head -c 150000000 /dev/zero | tail -n 1 >/dev/null");
    expect(outcome(box).peakMemoryBytes).toBeGreaterThan(140_000_000);
    runSmall("5", "true");
    expect(outcome(box).peakMemoryBytes).toBeNull();
  });

  test("passes output on up to the limit, and ends a command that writes more", async () => {
    using box = sandbox();
    const flood = await run(
      ["run", "--max-output", "100k", "--json", box.path("outcome.json"), "10", "yes"],
      box,
    );
    expect(flood.code).toBe(124);
    expect(flood.stdout.length).toBe(102_400);
    expect(flood.stderr).toContain("wrote more than 102400 bytes");
    expect(outcome(box).reason).toBe("outputTooLarge");
    const modest = await run(["run", "--max-output", "5", "10", "sh", "-c", "cat; echo e >&2"], {
      ...box,
      stdin: "abc",
    });
    expect(modest).toMatchObject({ code: 0, stdout: "abc", stderr: "e\n" });
  });

  test("keeps the deadline although our output is not read", async () => {
    using box = sandbox();
    const line = `"$0" run --max-output 100M --json outcome.json 0.3 yes | sleep 2`;
    const child = Bun.spawn(["sh", "-c", line, BINARY], { env: box.env, cwd: box.root });
    await until("the outcome is there", () => Bun.file(box.path("outcome.json")).size > 0);
    expect(child.exitCode).toBeNull();
    expect(outcome(box)).toMatchObject({ reason: "timedOut" });
    await child.exited;
  });

  test("loses nothing on the way when the reader is slow", async () => {
    using box = sandbox();
    const line = `"$0" run --max-output 100M 10 head -c 3000000 /dev/zero | (sleep 0.3; wc -c)`;
    const done = Bun.spawnSync(["sh", "-c", line, BINARY], { env: box.env });
    expect(done.stdout.toString().trim()).toBe("3000000");
  });

  test("hands arguments on that are not UTF-8, and runs a script without #!", async () => {
    using box = sandbox();
    writeFileSync(box.path("script"), 'echo "script:$1"\n', { mode: 0o755 });
    expect((await run(["run", "5", box.path("script"), "x"], box)).stdout).toBe("script:x\n");
    const raw = Bun.spawnSync(["sh", "-c", `exec "$0" run 5 printf '%s' "$(printf 'a\\377b')"`, BINARY], {
      env: box.env,
    });
    if (onLinux) expect([...raw.stdout]).toEqual([0x61, 0xff, 0x62]);
  });

  test("works when its parent ignored SIGCHLD", async () => {
    using box = sandbox();
    const child = Bun.spawn(["sh", "-c", `trap '' CHLD; exec "$0" run 5 sh -c 'exit 6'`, BINARY], {
      env: box.env,
    });
    expect(await child.exited).toBe(6);
  });

  test.skipIf(!HAS_PDEATHSIG)(
    "takes its command along when it is killed, also under a lock and as timeout",
    async () => {
      using box = sandbox();
      symlinkSync(BINARY, box.path("timeout"));
      for (const [index, command] of [
        [BINARY, "run", "60"],
        [BINARY, "lock", "run", "--timeout", "60", "it", "--"],
        [box.path("timeout"), "60"],
      ].entries()) {
        const up = box.path(`up${index}`);
        const child = Bun.spawn([...command, "sh", "-c", 'echo >"$1"; exec tail -f "$1"', "sh", up], {
          env: box.env,
        });
        await until("the command runs", () => existsSync(up));
        child.kill("SIGKILL");
        await child.exited;
        await until("the command is gone", () => left(box).length === 0);
      }
    },
  );

  test("rejects an invalid command line with a hint", async () => {
    using box = sandbox();
    for (const args of [
      [],
      ["5"],
      ["x", "true"],
      ["-1", "true"],
      ["-s", "NOPE", "1", "true"],
      ["--max-output", "x", "1", "true"],
    ]) {
      const refused = await run(["run", ...args], box);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toStartWith("plimsoll: ");
    }
  });
});
