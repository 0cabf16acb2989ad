/** `plimsoll lock` against real processes: exclusion, ownership and reports. */
import { describe, expect, test } from "bun:test";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type StatePaths, statePaths } from "../../src/state/paths.ts";
import { sweep } from "../../src/state/sweep.ts";
import { BINARY, run, type Sandbox, sandbox, until } from "../helpers/binary.ts";
import { OTHER_USER } from "../helpers/other-user.ts";

const SYSTEM_FLOCK = "/usr/bin/flock";
const onLinux = process.platform === "linux";

interface Status {
  readonly state: string;
  readonly pid: number | null;
  readonly command: string | null;
  readonly waiting: number;
  readonly inheritors: number[];
}

const status = async (box: Sandbox, lock = "it"): Promise<Status> =>
  JSON.parse((await run(["lock", "status", "--json", lock], { env: box.env, cwd: box.root })).stdout);

const lockFile = (box: Sandbox, name = "it") => join(box.state, "locks", `${name}.lock`);

/** Start something that holds the lock until it is disposed of; resolves when it does hold it. */
async function holder(box: Sandbox, args: readonly string[] = ["it", "--", "sleep", "30"]) {
  const child = Bun.spawn([BINARY, "lock", "run", ...args], { env: box.env, cwd: box.root, detached: true });
  const lock = args.find((each) => !each.startsWith("-"));
  // Between locking and writing the note there is an instant: wait for both.
  const settled = args.includes("-s") ? ["owner-unknown"] : ["held"];
  await until("the lock is held", async () => settled.includes((await status(box, lock)).state));
  return {
    child,
    [Symbol.asyncDispose]: async () => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // it has ended already, which several tests are about
      }
      await child.exited;
    },
  };
}

describe("lock run", () => {
  test("passes on output and exit code, and leaves a private file without a note", async () => {
    using box = sandbox();
    const done = await run(["lock", "run", "it", "--", "sh", "-c", "echo in; exit 7"], box);
    expect(done).toMatchObject({ code: 7, stdout: "in\n", stderr: "" });
    expect(readFileSync(lockFile(box), "utf8")).toBe("");
    expect(statSync(lockFile(box)).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(lockFile(box))).mode & 0o777).toBe(0o700);
  });

  test("answers 75 and names the holder when the lock is held, or the code that it was given", async () => {
    using box = sandbox();
    await using held = await holder(box);
    const refused = await run(["lock", "run", "-n", "it", "--", "echo", "no"], box);
    expect(refused).toMatchObject({ code: 75, stdout: "" });
    expect(refused.stderr).toContain(`held by pid ${held.child.pid} (sleep 30)`);
    expect(refused.stderr).toMatch(/since \S+Z, \ds ago$/m);
    expect((await run(["lock", "run", "-n", "-E", "9", "it", "echo"], box)).code).toBe(9);
    const waited = await run(["lock", "run", "-w", "0.3", "it", "--", "echo", "no"], box);
    expect(waited.code).toBe(75);
    expect(waited.elapsedMs).toBeGreaterThanOrEqual(300);
  });

  test("lets shared locks in together, and keeps an exclusive one out", async () => {
    using box = sandbox();
    await using _held = await holder(box, ["-s", "it", "sleep", "30"]);
    expect((await run(["lock", "run", "-s", "-n", "it", "echo", "both"], box)).stdout).toBe("both\n");
    expect((await run(["lock", "run", "-n", "it", "echo"], box)).code).toBe(75);
  });

  test("gives the lock up the moment its holder is killed", async () => {
    using box = sandbox();
    const rounds = Number(process.env.PLIMSOLL_TEST_KILLS ?? 15);
    for (let round = 0; round < rounds; round++) {
      const child = Bun.spawn([BINARY, "lock", "run", "it", "sleep", "30"], { env: box.env, detached: true });
      await Bun.sleep(Math.random() * 40); // the instant is what is random here
      process.kill(-child.pid, "SIGKILL");
      await child.exited;
      const next = await run(["lock", "run", "-w", "1", "it", "echo", "in"], box);
      expect(next).toMatchObject({ code: 0, stdout: "in\n" });
    }
  }, 60_000);

  test("loses no update among many processes, flock(1) among them where there is one", async () => {
    using box = sandbox();
    const [processes, rounds] = (process.env.PLIMSOLL_TEST_STORM ?? "8x10").split("x").map(Number) as [
      number,
      number,
    ];
    writeFileSync(box.path("n"), "0");
    const script = `n=$(cat n); [ $((n % 3)) = 0 ] && sleep 0.001; echo $((n+1)) >n`;
    const ours = [BINARY, "lock", "run", "./storm"];
    const theirs = existsSync(SYSTEM_FLOCK) ? [SYSTEM_FLOCK, "./storm"] : ours;
    await Promise.all(
      Array.from({ length: processes }, async (_, index) => {
        for (let round = 0; round < rounds; round++) {
          const child = Bun.spawn([...(index % 2 ? ours : theirs), "sh", "-c", script], {
            env: box.env,
            cwd: box.root,
          });
          expect(await child.exited).toBe(0);
        }
      }),
    );
    expect(readFileSync(box.path("n"), "utf8").trim()).toBe(String(processes * rounds));
  }, 600_000);

  test("does not enter on a file that was deleted while it waited", async () => {
    using box = sandbox();
    writeFileSync(box.path("lock"), "");
    await using _first = await holder(box, ["./lock", "sleep", "30"]);
    const waiter = Bun.spawn([BINARY, "lock", "run", "./lock", "sh", "-c", "echo in >entered; sleep 30"], {
      env: box.env,
      cwd: box.root,
      detached: true,
    });
    if (onLinux) await until("it waits", async () => (await status(box, "./lock")).waiting === 1);
    rmSync(box.path("lock"));
    const second = Bun.spawn([BINARY, "lock", "run", "./lock", "sleep", "30"], {
      env: box.env,
      cwd: box.root,
      detached: true,
    });
    await until(
      "the new file is locked",
      async () => existsSync(box.path("lock")) && (await status(box, "./lock")).state !== "free",
    );
    process.kill(-_first.child.pid, "SIGKILL");
    await _first.child.exited;
    if (onLinux)
      await until(
        "the waiter waits on the new file",
        async () => (await status(box, "./lock")).waiting === 1,
      );
    expect(existsSync(box.path("entered"))).toBe(false);
    process.kill(-second.pid, "SIGKILL");
    await until("the waiter is in", () => existsSync(box.path("entered")));
    process.kill(-waiter.pid, "SIGKILL");
    await waiter.exited;
  });

  test("passes TERM on to its command, and tells how that ended", async () => {
    using box = sandbox();
    const child = Bun.spawn(
      [
        BINARY,
        "lock",
        "run",
        "it",
        "--",
        "sh",
        "-c",
        "trap 'echo got; exit 5' TERM; echo ready; while :; do sleep 0.05; done",
      ],
      { env: box.env, stdout: "pipe" },
    );
    await until("the lock is held", async () => (await status(box)).state === "held");
    const reader = child.stdout.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("ready\n");
    child.kill("SIGTERM");
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("got\n");
    expect(await child.exited).toBe(5);
    expect((await status(box)).state).toBe("free");
  });

  test("bounds its command with --timeout: TERM, grace, KILL", async () => {
    using box = sandbox();
    expect((await run(["lock", "run", "--timeout", "0.1", "it", "sleep", "30"], box)).code).toBe(124);
    const stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"];
    expect((await run(["lock", "run", "--timeout", "0.1", "-k", "0.1", "it", ...stubborn], box)).code).toBe(
      137,
    );
    expect((await status(box)).state).toBe("free");
  });

  test("leaves the lock to processes that its command started, unless --close", async () => {
    using box = sandbox();
    const daemon = ["sh", "-c", "sleep 30 >/dev/null 2>&1 & echo $!"];
    const pid = Number((await run(["lock", "run", "it", ...daemon], box)).stdout);
    if (onLinux) expect(await status(box)).toMatchObject({ state: "inherited", inheritors: [pid] });
    expect((await run(["lock", "run", "-n", "it", "true"], box)).code).toBe(75);
    process.kill(pid, "SIGKILL");
    await until("the lock is free", async () => (await status(box)).state === "free");
    const other = Number((await run(["lock", "run", "--close", "it", ...daemon], box)).stdout);
    expect((await run(["lock", "run", "-n", "it", "true"], box)).code).toBe(0);
    process.kill(other, "SIGKILL");
  });

  test("tells a command that is missing from one that cannot be executed", async () => {
    using box = sandbox();
    expect((await run(["lock", "run", "it", "no-such-command"], box)).code).toBe(127);
    expect((await run(["lock", "run", "it", "/"], box)).code).toBe(126);
    expect((await status(box)).state).toBe("free");
  });

  test("dies of a signal while it waits, and keeps the holder's lock", async () => {
    using box = sandbox();
    await using _held = await holder(box);
    const waiter = Bun.spawn([BINARY, "lock", "run", "it", "echo", "no"], { env: box.env });
    if (onLinux) await until("it waits", async () => (await status(box)).waiting === 1);
    waiter.kill("SIGTERM");
    await waiter.exited;
    expect(waiter.signalCode).toBe("SIGTERM");
    expect((await status(box)).state).toBe("held");
  });

  test.skipIf(!onLinux)("is first come, first served, and waits in the kernel", async () => {
    for (const waitOption of [[], ["-w", "60"]]) {
      using box = sandbox();
      const held = await holder(box);
      const waiters: Bun.Subprocess[] = [];
      for (let index = 0; index < 12; index++) {
        const append = `echo ${index} >>${box.path("order")}`;
        waiters.push(
          Bun.spawn([BINARY, "lock", "run", ...waitOption, "it", "sh", "-c", append], { env: box.env }),
        );
        await until(`${index + 1} wait`, async () => (await status(box)).waiting === index + 1);
      }
      await held[Symbol.asyncDispose]();
      for (const waiter of waiters) expect(await waiter.exited).toBe(0);
      const order = readFileSync(box.path("order"), "utf8").trim().split("\n").map(Number);
      expect(order).toEqual(waiters.map((_, index) => index));
    }
  });

  test("keeps the limit of a wait, and the command its signals, when ALRM is ignored", async () => {
    using box = sandbox();
    await using _held = await holder(box);
    const line = `trap '' ALRM; "$0" lock run -w 0.2 it -- true; echo $?; "$0" lock run -w 5 other -- sh -c 'kill -ALRM $$; echo alive'`;
    const child = Bun.spawn(["sh", "-c", line, BINARY], { env: box.env, stdout: "pipe", stderr: "ignore" });
    expect(await new Response(child.stdout).text()).toBe("75\nalive\n");
  });

  test("rejects an invalid command line with a hint", async () => {
    using box = sandbox();
    for (const args of [
      [],
      ["it"],
      ["it", "--"],
      ["-w", "x", "it", "true"],
      ["-E", "256", "it", "true"],
      ["..", "true"],
      ["", "true"],
      [".", "true"],
      ["a b", "true"],
      ["x".repeat(201), "true"],
      ["--", "-x", "true"],
    ]) {
      const refused = await run(["lock", "run", ...args], box);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toStartWith("plimsoll: ");
    }
  });
});

describe("another file in place of a named lock", () => {
  const traps: [string, (path: string, box: Sandbox) => void, string][] = [
    [
      "a symlink",
      (path, box) => {
        writeFileSync(box.path("victim"), "precious");
        symlinkSync(box.path("victim"), path);
      },
      "symbolic link",
    ],
    ["a dangling symlink", (path, box) => symlinkSync(box.path("victim"), path), "symbolic link"],
    [
      "a hard link",
      (path, box) => {
        writeFileSync(box.path("victim"), "precious");
        linkSync(box.path("victim"), path);
      },
      "hard links",
    ],
    ["a FIFO", (path) => void Bun.spawnSync(["mkfifo", path]), "not a regular file"],
    ["a directory", (path) => mkdirSync(path), "directory"],
  ];

  test.each(traps)("%s is refused, and left as it is", async (_what, set, words) => {
    using box = sandbox();
    mkdirSync(dirname(lockFile(box)), { recursive: true, mode: 0o700 });
    set(lockFile(box), box);
    const refused = await run(["lock", "run", "-w", "1", "it", "echo", "in"], box);
    expect(refused).toMatchObject({ code: 125, stdout: "" });
    expect(refused.stderr).toContain(words);
    if (existsSync(box.path("victim"))) expect(readFileSync(box.path("victim"), "utf8")).toBe("precious");
    else expect(existsSync(box.path("victim"))).toBe(false);
  });

  test("a directory of locks that others may write to is made private first", async () => {
    using box = sandbox();
    mkdirSync(dirname(lockFile(box)), { recursive: true });
    Bun.spawnSync(["chmod", "777", dirname(lockFile(box)), box.state]);
    expect((await run(["lock", "run", "it", "true"], box)).code).toBe(0);
    expect(statSync(dirname(lockFile(box))).mode & 0o777).toBe(0o700);
    expect(statSync(box.state).mode & 0o777).toBe(0o700);
  });

  test("a path's symlink is refused, its content is never changed, a directory can be locked", async () => {
    using box = sandbox();
    writeFileSync(box.path("data"), "precious");
    symlinkSync(box.path("data"), box.path("link"));
    expect((await run(["lock", "run", "./link", "true"], { ...box, cwd: box.root })).code).toBe(125);
    expect((await run(["lock", "run", "./data", "cat", "data"], { ...box, cwd: box.root })).stdout).toBe(
      "precious",
    );
    expect(readFileSync(box.path("data"), "utf8")).toBe("precious");
    expect((await run(["lock", "run", `${box.root}/`, "echo", "in"], box)).stdout).toBe("in\n");
  });

  test("a path's file is the user's: nothing is written to it before, during or after the lock", async () => {
    using box = sandbox();
    const here = { ...box, cwd: box.root };
    const append = ["sh", "-c", "cat data; echo row >>data"];
    expect((await run(["lock", "run", "./data", ...append], here)).stdout).toBe("");
    expect((await run(["lock", "run", "./data", ...append], here)).stdout).toBe("row\n");
    expect(readFileSync(box.path("data"), "utf8")).toBe("row\nrow\n");
    // One that waits while the file is still empty, and gets the lock when it is not.
    const fill = ["sh", "-c", "until [ -e go ]; do sleep 0.01; done; echo precious >new"];
    const first = run(["lock", "run", "./new", ...fill], here);
    await until("it is locked", async () => (await status(box, "./new")).state === "held");
    const second = run(["lock", "run", "./new", "cat", "new"], here);
    if (onLinux) await until("another waits", async () => (await status(box, "./new")).waiting === 1);
    writeFileSync(box.path("go"), "");
    expect((await first).code).toBe(0);
    expect((await second).stdout).toBe("precious\n");
    expect(readFileSync(box.path("new"), "utf8")).toBe("precious\n");
  });

  test("a path's holder is still reported, and its note is removed with it", async () => {
    using box = sandbox();
    mkdirSync(box.path("folder"));
    for (const path of ["./file", "./folder"]) {
      const held = await holder(box, [path, "sleep", "30"]);
      expect(await status(box, path)).toMatchObject({
        state: "held",
        pid: held.child.pid,
        command: "sleep 30",
      });
      await held[Symbol.asyncDispose]();
      await until("the lock is free again", async () => {
        const taken = await run(["lock", "run", "-n", path, "true"], { ...box, cwd: box.root });
        return taken.code === 0;
      });
    }
    expect(readdirSync(dirname(lockFile(box)))).toEqual([]);
  });

  test.each([
    ["empty", ""],
    ["torn", '{"plimsollLock":1,"pid":12'],
    ["binary", "\x00\xff\x80\x01"],
    ["foreign", '{"pid":"x"}\n'],
    ["huge", "x".repeat(1e5)],
  ])("a note that is %s does no harm", async (_what, note) => {
    using box = sandbox();
    mkdirSync(dirname(lockFile(box)), { recursive: true, mode: 0o700 });
    writeFileSync(lockFile(box), note, { mode: 0o600 });
    expect((await status(box)).state).toBe("free");
    await using _held = await holder(box);
    writeFileSync(lockFile(box), note);
    if (onLinux) expect((await status(box)).state).toBe("owner-unknown");
    expect((await run(["lock", "run", "-n", "it", "true"], box)).code).toBe(75);
  });
});

describe("the sweep of old notes", () => {
  const notesIn = (box: Sandbox) =>
    readdirSync(join(box.state, "locks")).filter((name) => name.endsWith(".note"));
  const sweepNow = (box: Sandbox) => sweep(statePaths(box.env) as StatePaths, Date.now(), { force: true });

  test.skipIf(!onLinux)("takes those of killed holders, and of no lock that is held", async () => {
    using box = sandbox();
    await using _held = await holder(box, ["./held", "--", "sleep", "30"]);
    const [kept] = notesIn(box);
    const left = await holder(box, ["./inherited", "--", "sleep", "31"]);
    for (let index = 0; index < 3; index++) {
      await using killed = await holder(box, [`./killed${index}`, "--", "sleep", "30"]);
      process.kill(-killed.child.pid, "SIGKILL");
    }
    left.child.kill("SIGKILL");
    await until(
      "the lock is inherited",
      async () => (await status(box, "./inherited")).state === "inherited",
    );
    expect(notesIn(box).length).toBe(5);
    sweepNow(box);
    expect(notesIn(box).length).toBe(2);
    expect((await status(box, "./inherited")).command).toBe("sleep 31");
    await left[Symbol.asyncDispose]();
    await until("the heir is gone", async () => (await status(box, "./inherited")).state === "free");
    sweepNow(box);
    expect(notesIn(box)).toEqual([kept as string]);
    expect((await status(box, "./held")).state).toBe("held");
  });

  test("never waits, and ignores the note of a new holder", async () => {
    using box = sandbox();
    // The note of a killed holder, for the same file again and again, while the sweep never rests.
    const first = await holder(box, ["./it", "--", "sleep", "30"]);
    await first[Symbol.asyncDispose]();
    let sweeping = true;
    const sweeper = (async () => {
      for (; sweeping; await Bun.sleep(0)) sweepNow(box);
    })();
    for (let round = 0; round < 20; round++) {
      // Throws when the holder does not show up in its note.
      const next = await holder(box, ["./it", "--", "sleep", "30"]);
      await next[Symbol.asyncDispose]();
    }
    sweeping = false;
    await sweeper;
  });
});

describe("a state directory that cannot be used", () => {
  const places: [string, (box: Sandbox) => void, string][] = [
    [
      "contains other files",
      (box) => writeFileSync(join(box.state, "other"), "precious"),
      "contains other files",
    ],
    [
      "is a symbolic link",
      (box) => {
        rmSync(box.state, { recursive: true });
        mkdirSync(box.path("real"), { mode: 0o700 });
        symlinkSync(box.path("real"), box.state);
      },
      "symbolic link",
    ],
    [
      "has a link in place of the locks' folder",
      (box) => {
        mkdirSync(box.path("real"), { mode: 0o700 });
        symlinkSync(box.path("real"), join(box.state, "locks"));
      },
      "symbolic link",
    ],
  ];
  if (OTHER_USER !== undefined)
    places.push([
      "belongs to another user",
      (box) => Bun.spawnSync(["chown", `${OTHER_USER}`, box.state]),
      "belongs to user",
    ]);

  describe.each(places)("because it %s", (_why, set, words) => {
    const prepared = () => {
      const box = sandbox();
      mkdirSync(box.state, { mode: 0o777 });
      set(box);
      return box;
    };

    test.each([[["run", "it", "--", "echo", "in"]], [["status", "it"]], [["list"]], [["release", "it"]]])(
      "is refused by lock %j, as by every other command",
      async (args) => {
        using box = prepared();
        const refused = await run(["lock", ...args], box);
        expect(refused).toMatchObject({ code: 74, stdout: "" });
        expect(refused.stderr).toContain(words);
        expect((await run(["usage"], box)).code).toBe(74);
        expect(existsSync(lockFile(box))).toBe(false);
      },
    );

    test("costs a path's note, not its lock", async () => {
      using box = prepared();
      const child = Bun.spawn([BINARY, "lock", "run", "./f", "--", "sleep", "30"], {
        env: box.env,
        cwd: box.root,
      });
      await until("the lock is held", async () => (await status(box, "./f")).state === "owner-unknown");
      const names = [box.state, box.path("real")].flatMap((folder) =>
        existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [],
      );
      expect(names.filter((name) => name.endsWith(".note"))).toEqual([]);
      child.kill();
      await child.exited;
    });
  });
});

describe("lock status and list", () => {
  test("tell the verified holder, and a stopped one, which keeps its lock", async () => {
    using box = sandbox();
    await using held = await holder(box);
    expect(await status(box)).toMatchObject({ state: "held", pid: held.child.pid, command: "sleep 30" });
    // It alone: while its command is being started it waits for that, and would not stop if that were stopped first.
    process.kill(held.child.pid, "SIGSTOP");
    await until("it is stopped", async () => (await status(box)).state === "stopped");
    expect((await run(["lock", "run", "-w", "0.2", "it", "true"], box)).code).toBe(75);
    expect((await run(["lock", "status", "it"], box)).stdout).toContain("which is stopped");
    const list = JSON.parse((await run(["lock", "list", "--json"], box)).stdout);
    expect(list).toMatchObject([{ lock: "it", state: "stopped" }]);
  });

  test.skipIf(!onLinux)("do not trust a note when its pid was reused", async () => {
    using box = sandbox();
    await using held = await holder(box);
    const note = JSON.parse(readFileSync(lockFile(box), "utf8"));
    writeFileSync(lockFile(box), JSON.stringify({ ...note, start: "1" }));
    expect((await status(box)).state).toBe("inherited");
    writeFileSync(lockFile(box), JSON.stringify({ ...note, pid: process.pid }));
    expect(await status(box)).toMatchObject({ state: "owner-unknown", pid: held.child.pid });
  });

  test.skipIf(!onLinux)(
    "never make an acquirer fail that does not wait",
    async () => {
      using box = sandbox();
      await run(["lock", "run", "it", "true"], box);
      let storming = true;
      const lookers = [0, 1].map(async () => {
        while (storming) await run(["lock", "status", "it"], box);
      });
      for (let round = 0; round < 40; round++) {
        const { code } = await run(["lock", "run", "-n", "it", "true"], box);
        expect(code).toBe(0);
      }
      storming = false;
      await Promise.all(lookers);
    },
    60_000,
  );

  test("print no terminal sequence that a note may hold", async () => {
    using box = sandbox();
    await using _held = await holder(box, ["it", "sh", "-c", "sleep 30 # \x1b]0;evil\x07"]);
    const { stdout } = await run(["lock", "status", "it"], box);
    expect(stdout).toContain("evil");
    expect(stdout).not.toContain("\x1b");
  });

  test("list nothing where no lock was ever made", async () => {
    using box = sandbox();
    expect(await run(["lock", "list"], box)).toMatchObject({ code: 0, stdout: "" });
    expect(await run(["lock", "status", "it"], box)).toMatchObject({ code: 0, stdout: "it: free\n" });
  });
});

describe("lock release", () => {
  test("names a living holder and touches nothing without --force", async () => {
    using box = sandbox();
    await using held = await holder(box);
    const refused = await run(["lock", "release", "it"], box);
    expect(refused.code).toBe(75);
    expect(refused.stderr).toContain(`pid ${held.child.pid}`);
    expect(refused.stderr).toContain("--force");
    expect((await status(box)).state).toBe("held");
  });

  test("ends the holder with --force, reports it, and the lock is free", async () => {
    using box = sandbox();
    await using held = await holder(box);
    const done = await run(["lock", "release", "--force", "it"], box);
    expect(done.code).toBe(0);
    expect(done.stderr).toContain(`sent TERM to pid ${held.child.pid}`);
    expect((await status(box)).state).toBe("free");
    const log = readFileSync(join(box.state, "gather.log"), "utf8");
    expect(log).toContain(`lock release it: sent TERM to pid ${held.child.pid}`);
    expect(log).toContain("now free");
  });

  test.skipIf(!onLinux || !existsSync(SYSTEM_FLOCK))(
    "leaves alone who got the lock after the old holder had given it up",
    async () => {
      using box = sandbox();
      // Gives the lock up on TERM, and lives on: what KILL is for. The one that waited has the lock by then.
      const script = `exec 9>>lock; ${SYSTEM_FLOCK} 9; trap '${SYSTEM_FLOCK} -u 9' TERM; while [ -e lock ]; do sleep 0.02 9>&-; done`;
      const old = Bun.spawn(["sh", "-c", script], { env: box.env, cwd: box.root });
      await until("it is locked", async () => (await status(box, "./lock")).state !== "free");
      const heir = Bun.spawn([BINARY, "lock", "run", "./lock", "sleep", "30"], {
        env: box.env,
        cwd: box.root,
        detached: true,
      });
      try {
        await until("another waits", async () => (await status(box, "./lock")).waiting === 1);
        const args = ["lock", "release", "--force", "-k", "2", "./lock"];
        const done = await run(args, { ...box, cwd: box.root });
        expect(done).toMatchObject({ code: 75 });
        expect(done.stderr).toContain(`sent KILL to pid ${old.pid}`);
        expect(done.stderr).not.toContain(`to pid ${heir.pid}`);
        expect(await old.exited).not.toBe(0);
        expect(await status(box, "./lock")).toMatchObject({ state: "held", pid: heir.pid });
      } finally {
        process.kill(-heir.pid, "SIGKILL");
        old.kill("SIGKILL");
        await heir.exited;
      }
    },
  );

  test.skipIf(!onLinux)("escalates to KILL, and signals inheritors of the lock", async () => {
    using box = sandbox();
    await using _held = await holder(box, ["it", "sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"]);
    const done = await run(["lock", "release", "--force", "-k", "0.2", "it"], box);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stderr).toContain("sent KILL");
    expect((await status(box)).state).toBe("free");
  });

  test("has nothing to do for a free lock", async () => {
    using box = sandbox();
    expect(await run(["lock", "release", "it"], box)).toMatchObject({ code: 0, stdout: "it: free\n" });
  });
});

const canMount = onLinux && Bun.spawnSync(["unshare", "-m", "true"], { stderr: "ignore" }).success;

describe.skipIf(!canMount)("a full disk (needs root and unshare)", () => {
  test("costs the note, not the lock", async () => {
    using box = sandbox();
    mkdirSync(box.path("disk"));
    const script = `mount -t tmpfs -o size=64k,mode=700 none "$1" && mkdir -m 700 "$1/locks" "$1/sessions" "$1/repos" "$1/accounts" && : >"$1/locks/it.lock" &&
      chmod 600 "$1/locks/it.lock" && cat /dev/zero >"$1/fill" 2>/dev/null
      export PLIMSOLL_STATE="$1"; "$2" lock run it -- sh -c '"$1" lock run -n it true; echo $?; "$1" lock status it' sh "$2"`;
    const done = Bun.spawnSync(["unshare", "-m", "sh", "-c", script, "sh", box.path("disk"), BINARY], {
      env: box.env,
    });
    const [code, words] = done.stdout.toString().split("\n");
    expect(code).toBe("75");
    expect(words).toContain("held");
    expect(readdirSync(box.path("disk"))).toEqual([]);
  });
});

const canUnshare =
  onLinux && Bun.spawnSync(["unshare", "-pf", "--mount-proc", "true"], { stderr: "ignore" }).success;

describe.skipIf(!canUnshare)("across pid namespaces (needs root and unshare)", () => {
  const contained = ["unshare", "-pf", "--kill-child", "--mount-proc"];

  test("a holder in another one is reported as such, from outside and from inside", async () => {
    using box = sandbox();
    const inside = Bun.spawn([...contained, BINARY, "lock", "run", "it", "sleep", "30"], { env: box.env });
    await until("it is held", async () => (await status(box)).state === "other-namespace");
    inside.kill("SIGKILL");
    await inside.exited;
    await until("it is free", async () => (await status(box)).state === "free");
    await using _held = await holder(box);
    const seen = Bun.spawnSync([...contained, BINARY, "lock", "status", "--json", "it"], { env: box.env });
    expect(JSON.parse(seen.stdout.toString()).state).toBe("other-namespace");
  });

  test("an inheritor is found although the kernel's table leaves it out there", async () => {
    using box = sandbox();
    const script = `"$0" lock run it sh -c 'sleep 30 >/dev/null 2>&1 &'; "$0" lock status --json it`;
    const seen = Bun.spawnSync([...contained, "sh", "-c", script, BINARY], { env: box.env });
    expect(JSON.parse(seen.stdout.toString())).toMatchObject({ state: "inherited" });
  });
});
