/** The program under the names of flock(1) and timeout(1): as the originals, compared with them where they are here. */
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { BINARY, endOf, run, sandbox, until } from "../helpers/binary.ts";

const onLinux = process.platform === "linux";
const box = sandbox();
const links = box.path("bin");
mkdirSync(links);
for (const name of ["flock", "timeout"]) symlinkSync(BINARY, `${links}/${name}`);
afterAll(() => box[Symbol.dispose]());

interface Ended {
  readonly code: number | null;
  readonly signal: string | number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

async function start(program: string, args: readonly string[], locale = "C"): Promise<Ended> {
  const child = Bun.spawn([program, ...args], {
    argv0: program.slice(program.lastIndexOf("/") + 1),
    env: { ...box.env, LC_ALL: locale, PATH: `${links}:/usr/bin:/bin`, SHELL: "/bin/sh" },
    cwd: box.root,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  const { code, signal, stdout, stderr } = await endOf(child);
  return { code, signal: signal ?? undefined, stdout: stdout.replace(/\d\.\d{6}/, "N"), stderr };
}

const ours = (tool: string, ...args: string[]) => start(`${links}/${tool}`, args);

/** Whether /usr/bin has the very tool that the applet is compared with. */
const isReference = (tool: string, version: RegExp): boolean =>
  existsSync(`/usr/bin/${tool}`) &&
  version.test(Bun.spawnSync([`/usr/bin/${tool}`, "--version"]).stdout.toString());

const HAS_TIMEOUT = isReference("timeout", /GNU coreutils\) 9\.1\b/);
const HAS_FLOCK = isReference("flock", /util-linux 2\.38/);

const TIMEOUT_LINES: readonly string[][] = [
  [],
  ["1"],
  ["invalid", "true"],
  [" ", "true"],
  ["-k", "x", "1", "true"],
  ["42D", "true"],
  ["9.99999e+999d", "true"],
  ["2.34e+5d", "true"],
  ["1", "/"],
  ["1", "."],
  ["1", "./nope"],
  ["1", "nope"],
  ["--", "-1", "true"],
  ["-1", "true"],
  ["--nope", "1", "true"],
  ["--nope=3", "1", "true"],
  ["-s"],
  ["--signal"],
  ["--sig"],
  ["--signal=foo", "1", "true"],
  ["-s", "65", "1", "true"],
  ["-s", "64", "1", "true"],
  ["-s", "128", "1", "true"],
  ["-s", "137", "1", "true"],
  ["-s", "-1", "1", "true"],
  ["-s", "SIGSIGTERM", "1", "true"],
  ["-s", "RTMIN+3", "1", "true"],
  ["-s", "256", "1", "true"],
  ["-s", "384", "1", "true"],
  ["-s", "IO", "1", "true"],
  ["-s", "", "1", "true"],
  ["-s", "+9", "1", "true"],
  ["-v", "-s", "IOT", ".1", "sleep", "3"],
  ["-v", "-s", "35", ".1", "sleep", "3"],
  ["-v", "-s", "50", ".1", "sleep", "3"],
  ["-s0", "-k.1", ".1", "sleep", "3"],
  ["-vk.1", "-sCONT", ".1", "sleep", "3"],
  ["--foreground=1", "1", "true"],
  ["", ""],
  ["1", ""],
  ["1 s", "true"],
  [" 1", "true"],
  ["nan", "true"],
  ["inf", "true"],
  ["infd", "true"],
  ["1", "a b"],
  ["1x", "true"],
  ["1sd", "true"],
  ["0x1p3s", "true"],
  ["10€", "true"],
  ["'1", "true"],
  ["a\\b", "true"],
  ["--v", "1", "true"],
  ["--ver", "1", "true"],
  ["--verb", "1", "true"],
  ["-h"],
  ["-k"],
  ["--k", "1", "true"],
  ["1", "sh", "-c", "kill -KILL $$"],
  ["1", "sh", "-c", "kill -TERM $$"],
  ["1", "sh", "-c", "exit 42"],
  ["0", "true"],
  [".1", "sleep", "3"],
  ["--preserve-status", ".1", "sleep", "3"],
  ["-s", "KILL", ".1", "sleep", "3"],
  ["--foreground", "-s", "KILL", ".1", "sleep", "3"],
  ["--foreground", "-s0", "-k.1", ".1", "sleep", "3"],
  ["-k", ".1", ".1", "sh", "-c", "trap '' TERM; while :; do sleep .02; done"],
  [".3", "sh", "-c", "trap 'exit 3' TERM; while :; do :; done"],
  ["--preserve-status", ".3", "sh", "-c", "trap 'exit 3' TERM; while :; do :; done"],
];

const FLOCK_LINES: readonly string[][] = [
  [],
  ["x"],
  ["-n"],
  ["-w"],
  ["-w", "abc", "f", "true"],
  ["-w", "-1", "f", "true"],
  ["-w", "0", "f", "true"],
  ["-E", "256", "f", "true"],
  ["-E", "x", "f", "true"],
  ["-E", "-1", "f", "true"],
  ["-o", "-F", "f", "true"],
  ["-c"],
  ["f", "-c"],
  ["f", "-c", "a", "b"],
  ["f", "-c", 'echo "$0" hi'],
  ["f", "-c", "kill -9 $$"],
  ["/nonexistent/a", "true"],
  ["f", "/nonexist"],
  ["f", "nonexist"],
  ["f", "/"],
  ["99"],
  ["99x"],
  ["-n", "f"],
  ["--nope"],
  ["--nope=x"],
  ["--no", "f", "true"],
  ["--n", "f", "true"],
  ["--e", "f", "true"],
  ["-z"],
  ["-u", "f", "true"],
  ["--verbose", "f", "true"],
  ["f", "--command", "exit 3"],
  ["f", "--comma", "x"],
  ["f", "-cx"],
  ["-c", "f", "true"],
  ["f", "--", "true"],
  ["-n", "--", "f", "true"],
  ["/", "true"],
  ["-s", "/", "true"],
  ["--timeou=1", "f", "true"],
  ["--w", "1", "f", "true"],
  ["", "true"],
  ["f", ""],
  ["--help=x"],
  ["-xx", "-u", "1"],
  ["-w", "1e400", "f", "true"],
  ["-w", "99999999999999999999", "f", "true"],
  ["-E", "256", "f", "true"],
  ["-E", "4294967297", "f", "true"],
  ["-E", "99999999999999999999", "f", "true"],
  ["-n", "4294967304"],
  ["-n", "2147483648"],
  ["-n", "2147483647"],
  ["-n", "99999999999999999999"],
  ["-n", "--", "-2147483649"],
  ["-n", "--", "-2147483648"],
  ["-n", "+99"],
  ["-w", " 1", "f", "true"],
  ["-w", "1x", "f", "true"],
  ["-E", "3x", "f", "true"],
  ["-w", "nan", "f", "true"],
  ["-w", "0x1", "f", "true"],
  ["-E", " 3", "f", "true"],
  ["f", "sh", "-c", "exit 77"],
  ["f", "sh", "-c", "kill -TERM $$"],
  ["-F", "f", "sh", "-c", "exit 7"],
  ["-F", "f", "sh", "-c", "kill -TERM $$"],
  ["-F", "f", "nonexist"],
  ["--v", "f", "true"],
  ["--conflict-exit-code"],
  ["f", "sh", "-c", "flock -n f true; echo $?"],
  ["f", "sh", "-c", "flock --verbose -n -E 9 f true; echo $?"],
  ["f", "sh", "-c", "flock --verbose -w .1 f true; echo $?"],
  ["-s", "f", "sh", "-c", "flock -s -n f true; echo $?; flock -n f true; echo $?"],
  ["-o", "f", "sh", "-c", "ls -l /proc/self/fd | grep -c root/f$"],
  ["f", "sh", "-c", "ls -l /proc/self/fd | grep -c /f$"],
];

describe("the same command line, the original and us", () => {
  const compare = (tool: string) => async (args: readonly string[]) => {
    for (const locale of tool === "timeout" ? ["C", "C.UTF-8"] : ["C"])
      expect(await start(`${links}/${tool}`, args, locale)).toEqual(
        await start(`/usr/bin/${tool}`, args, locale),
      );
  };
  const rows = (lines: readonly string[][]) => lines.map((args) => [args] as const);
  test.skipIf(!HAS_TIMEOUT).each(rows(TIMEOUT_LINES))("timeout %j (needs coreutils 9.1)", compare("timeout"));
  test.skipIf(!HAS_FLOCK).each(rows(FLOCK_LINES))("flock %j (needs util-linux 2.38)", compare("flock"));
});

describe("timeout", () => {
  test("prints its help on stdout", async () => {
    expect(await ours("timeout", "--help")).toMatchObject({ code: 0, stderr: "" });
    expect((await ours("timeout", "--version")).stdout).toStartWith("timeout ");
  });

  test("knows -f and -p, which POSIX 2024 has", async () => {
    expect((await ours("timeout", "-p", ".1", "sleep", "9")).code).toBe(143);
    expect((await ours("timeout", "-f", ".1", "sleep", "9")).code).toBe(124);
  });

  test("reports signal 0 by its number, as later versions do", async () => {
    const { stderr } = await ours("timeout", "-v", "-s0", "-k.1", ".1", "sleep", "9");
    expect(stderr).toBe(
      "timeout: sending signal 0 to command 'sleep'\ntimeout: sending signal KILL to command 'sleep'\n",
    );
  });

  test("takes a time that underflows for a very short one", async () => {
    for (const time of ["1e-5000", ".0000000001", "0x0.1d"])
      expect((await ours("timeout", time, "sleep", "9")).code).toBe(124);
  });

  test("does not fire immediately for a time beyond the range of a timer", async () => {
    for (const time of ["9223372036854775808", "2147483648", "9223372036854775808d", "25d"])
      expect((await ours("timeout", time, "sleep", "0.2")).code).toBe(0);
  });

  test("kills the whole group, also a child that it had before it was executed", async () => {
    const done = await start("/bin/sh", [
      "-c",
      `out=$(sleep .1 & exec timeout .3 sh -c 'sleep 2; echo foo'); echo "$? $out"`,
    ]);
    expect(done.stdout).toBe("124 \n");
  });

  test("forwards signals, and exits as its command does", async () => {
    for (const [signal, code] of [
      ["TERM", 41],
      ["INT", 42],
      ["HUP", 43],
      ["QUIT", 44],
      ["USR1", 45],
    ] as const) {
      const ready = box.path(`ready-${signal}`);
      const script = `trap 'exit ${code}' ${signal}; : >${ready}; while :; do sleep 0.02; done`;
      const child = Bun.spawn([`${links}/timeout`, "20", "sh", "-c", script], {
        env: box.env,
        argv0: "timeout",
      });
      await until("the command is ready", () => existsSync(ready));
      child.kill(`SIG${signal}`);
      expect(await child.exited).toBe(code);
    }
  });

  test("takes an ALRM for its deadline, and a cascade of timeouts passes INT on", async () => {
    const ready = box.path("ready-cascade");
    const script = `trap ': >${box.path("int")}; exit' INT; : >${ready}; while :; do sleep 0.02; done`;
    const line = ["-sALRM", "30", "timeout", "-sINT", "25", "sh", "-c", script];
    const child = Bun.spawn([`${links}/timeout`, ...line], {
      env: { ...box.env, PATH: `${links}:/usr/bin:/bin` },
      argv0: "timeout",
    });
    await until("the command is ready", () => existsSync(ready));
    child.kill("SIGALRM");
    expect(await child.exited).toBe(124);
    expect(existsSync(box.path("int"))).toBe(true);
  });

  test.skipIf(!Bun.which("setsid"))(
    "with --foreground, a group that gets INT ends in time although its leader ignores INT",
    async () => {
      const ready = box.path("ready-group");
      writeFileSync(
        box.path("inner"),
        `trap ': >${box.path("group-int")}; exit' INT; : >${ready}; i=200; while [ $i -gt 0 ]; do sleep 0.05; i=$((i-1)); done`,
      );
      writeFileSync(box.path("group"), `trap '' INT; timeout --foreground 25 sh ${box.path("inner")} & wait`);
      const child = Bun.spawn(["setsid", "sh", box.path("group")], {
        env: { ...box.env, PATH: `${links}:/usr/bin:/bin` },
      });
      await until("the command is ready", () => existsSync(ready));
      process.kill(-child.pid, "SIGINT");
      await child.exited;
      expect(existsSync(box.path("group-int"))).toBe(true);
    },
  );

  test("is immune to SIGCHLD ignored and ALRM blocked by its parent", async () => {
    expect((await start("/bin/sh", ["-c", "trap '' CHLD; exec timeout 10 sh -c 'exit 5'"])).code).toBe(5);
    if (!existsSync("/usr/bin/perl")) return;
    const blocked = `use POSIX; sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGALRM)); exec "timeout", ".1", "sleep", "10"`;
    expect((await start("/usr/bin/perl", ["-e", blocked])).code).toBe(124);
  });

  test.skipIf(!onLinux)(
    "hands on bytes that are not UTF-8, in its arguments and in the command's path",
    async () => {
      const script = `d="$PWD/dir-$(printf '\\377')"; mkdir -p "$d"; cp /bin/echo "$d/e"; timeout 5 "$d/e" "$(printf 'a\\377')" | od -An -tx1`;
      expect((await start("/bin/sh", ["-c", script])).stdout.trim()).toBe("61 ff 0a");
    },
  );
});

describe("flock", () => {
  test("prints its help on stdout", async () => {
    expect(await ours("flock", "--help")).toMatchObject({ code: 0, stderr: "" });
    expect((await ours("flock", "-V")).stdout).toStartWith("flock ");
  });

  test("locks a descriptor that its caller has open, and unlocks it", async () => {
    const script = `
      exec 8>fdlock; flock -n 8 || exit 1; flock -n fdlock true; echo held:$?
      flock -u 8; flock -n fdlock true; echo free:$?`;
    expect((await start("/bin/sh", ["-c", script])).stdout).toBe("held:1\nfree:0\n");
  });

  test("waits its turn, at most until its timeout", async () => {
    const script = `
      flock w sh -c ': >w.held; sleep 0.6' & while [ ! -e w.held ]; do sleep 0.01; done
      flock -w 0.1 -E 5 w echo no; echo $?; flock -w 5 w echo in; wait`;
    expect((await start("/bin/sh", ["-c", script])).stdout).toBe("5\nin\n");
  });

  test.skipIf(!onLinux)("is first come, first served, also with a time limit", async () => {
    const script = `
      flock q sh -c ': >q.held; while [ ! -e q.go ]; do sleep 0.01; done' & while [ ! -e q.held ]; do sleep 0.01; done
      inode=$(stat -c %i q); count=0
      while [ $count -lt 10 ]; do
        flock -w 60 q sh -c "echo $count >>q.order" & count=$((count + 1))
        while [ $(grep -c -- "-> FLOCK .*:$inode " /proc/locks) -lt $count ]; do sleep 0.01; done
      done
      : >q.go; wait; cat q.order`;
    const { stdout } = await start("/bin/sh", ["-c", script]);
    expect(stdout.trim().split("\n").map(Number)).toEqual(Array.from({ length: 10 }, (_, index) => index));
  });

  test("leaves the lock to a grandchild, unless --close", async () => {
    const script = `
      flock g1 sh -c 'sleep 5 >/dev/null 2>&1 & echo $! >pid'; flock -n g1 true; echo $?; kill $(cat pid)
      flock -o g2 sh -c 'sleep 5 >/dev/null 2>&1 & echo $! >pid'; flock -n g2 true; echo $?; kill $(cat pid)`;
    expect((await start("/bin/sh", ["-c", script])).stdout).toBe("1\n0\n");
  });

  test.skipIf(!onLinux)("knows --fcntl, --start and --length, which later versions have", async () => {
    const script = `
      flock --start 10 --length 1KiB ranges sh -c '
        flock -n --fcntl ranges true; echo all:$?
        flock -n --shared --start 1033 --length 1 ranges true; echo within:$?
        flock -n --start 0 --length 10 ranges true; echo before:$?
        flock -n --start 1034 ranges true; echo behind:$?
        flock -n ranges true; echo flock:$?
        flock -w 0.1 -E 7 --fcntl ranges true; echo waited:$?'
      flock -n --fcntl ranges true; echo after:$?; flock --start 1x ranges true 2>/dev/null; echo usage:$?`;
    expect((await start("/bin/sh", ["-c", script])).stdout.trim().split("\n")).toEqual([
      ...["all:1", "within:1", "before:0", "behind:0", "flock:0", "waited:7", "after:0", "usage:64"],
    ]);
  });

  test("does not enter on a deleted file, which flock(1) does", async () => {
    const script = `
      flock del sh -c ': >del.held; while [ -e del.hold ]; do sleep 0.02; done' & while [ ! -e del.held ]; do sleep 0.01; done
      flock del sh -c 'echo waiter; [ -e del.second ] && echo too early' & w=$!
      while ! grep -q "FLOCK.* $w " /proc/locks; do sleep 0.02; done
      rm del; flock del sh -c ': >del.second; rm del.hold; sleep 0.5; rm del.second' & s=$!
      wait $w $s`;
    writeFileSync(box.path("del.hold"), "");
    if (onLinux) expect((await start("/bin/sh", ["-c", script])).stdout).toBe("waiter\n");
  });
});

describe("plimsoll applets", () => {
  test("creates the links, idempotently, and never replaces another file", async () => {
    const folder = box.path("made");
    expect((await run(["applets", folder], box)).code).toBe(0);
    expect((await run(["personas", folder], box)).code).toBe(0);
    expect((await start(`${folder}/timeout`, [".1", "sleep", "9"])).code).toBe(124);
    mkdirSync(box.path("taken"));
    writeFileSync(box.path("taken", "flock"), "mine");
    expect((await run(["applets", box.path("taken")], box)).code).toBe(1);
    expect(readFileSync(box.path("taken", "flock"), "utf8")).toBe("mine");
  });
});
