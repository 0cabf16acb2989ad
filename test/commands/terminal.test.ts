/** `plimsoll run` and `lock run` as a job in a real terminal, under a shell with job control. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { BINARY, type Sandbox, sandbox, until } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES, look, processesOf } from "../helpers/processes.ts";
import { hasTmux, type Terminal, terminal } from "../helpers/tmux.ts";

const BASH = Bun.which("bash");
const PYTHON = Bun.which("python3");

/** An interactive bash in a terminal, in the sandbox's directory. */
async function shell(box: Sandbox): Promise<Terminal> {
  writeFileSync(
    box.path("rc"),
    `PS1='bash$ '; P=${BINARY}; cd ${box.root}; bind 'set enable-bracketed-paste off'\n`,
  );
  const screen = await terminal(box.env);
  await type(screen, `exec ${BASH} --noprofile --rcfile ${box.path("rc")} -i`);
  await screen.shows("bash$");
  return screen;
}

const type = async (screen: Terminal, line: string) => {
  await screen.press("-l", line);
  await screen.press("Enter");
};

/** Press a key until the screen shows the text: a program may drop a key while it draws its first screen. */
async function pressUntil(screen: Terminal, key: string, text: string): Promise<void> {
  await until(`${key} brings '${text}'`, async () => {
    if ((await screen.screen()).includes(text)) return true;
    await screen.press(key);
    await Bun.sleep(100);
    return false;
  });
}

const fileHas = (box: Sandbox, name: string, text: string) => () =>
  existsSync(box.path(name)) && readFileSync(box.path(name), "utf8") === text;

describe.skipIf(!hasTmux || !BASH || !CAN_SEE_PROCESSES)("in a terminal", () => {
  for (const [name, prefix] of [
    ["run", "$P run 60s"],
    ["run in run", "$P run 60s $P run 60s"],
    ["run --foreground", "$P run -f 60s"],
    ["lock run", "$P lock run it --"],
    ["lock run --timeout", "$P lock run --timeout 60s it --"],
  ] as const)
    test(`${name}: the command reads the terminal, and stops and continues with us`, async () => {
      using box = sandbox();
      await using screen = await shell(box);
      await type(screen, `${prefix} sh -c 'echo up >up; read a; echo "$a" >a; read b; echo "$b" >b'`);
      await until("the command runs", fileHas(box, "up", "up\n"));
      await type(screen, "one");
      await until("the first line is read", fileHas(box, "a", "one\n"));
      await screen.press("C-z");
      await screen.shows("Stopped");
      await until("nothing runs on", () => sleepers(box).every(({ state }) => state === "T"));
      await type(screen, "fg");
      await until("all continue", () => sleepers(box).every(({ state }) => state !== "T"));
      await until("the shell has handed the terminal over", async () => jobIsForeground(box, screen));
      await type(screen, "two");
      await until("the second line is read", fileHas(box, "b", "two\n"));
    });

  test("the deadline does not pass unnoticed: a stopped command does not run, and ends when continued", async () => {
    using box = sandbox();
    await using screen = await shell(box);
    await type(screen, `$P run 3s sh -c 'while :; do echo x >>ticks; sleep 0.02; done'; echo code=$?`);
    await until("the command runs", () => existsSync(box.path("ticks")));
    await screen.press("C-z");
    await screen.shows("Stopped");
    const ticks = statSync(box.path("ticks")).size;
    await Bun.sleep(3_200); // the deadline passes meanwhile
    expect(statSync(box.path("ticks")).size).toBe(ticks);
    await type(screen, "fg; echo code=$?");
    await screen.shows("code=124");
    expect(sleepers(box)).toEqual([]);
  });

  test.skipIf(!PYTHON)(
    "a command that is starting a program at the instant of the Ctrl-Z stops too",
    async () => {
      using box = sandbox();
      await using screen = await shell(box);
      // vfork(2) suspends a process, whatever signals it gets, until its child executes a program: this one never does.
      const lines = [
        "import ctypes",
        "if ctypes.PyDLL(None).vfork() == 0:",
        "  open('up', 'w').close()",
        "  while True: pass",
      ];
      writeFileSync(box.path("start.py"), lines.join("\n"));
      await type(screen, `$P run 60s ${PYTHON} start.py`);
      await until("the child runs", () => existsSync(box.path("up")));
      await screen.press("C-z");
      await screen.shows("Stopped");
      await type(screen, "kill %1; fg");
      await until("all has ended", () => sleepers(box).length === 0);
    },
  );

  for (const [name, prefix, code] of [
    ["run", "$P run -k 1s 1s", 124],
    ["lock run --timeout", "$P lock run -k 1s --timeout 1s it --", 124],
  ] as const)
    test.skipIf(!Bun.which("setsid"))(`${name}: ends a command that started its own session`, async () => {
      using box = sandbox();
      await using screen = await shell(box);
      await type(screen, `${prefix} setsid sleep 777; echo code=$?`);
      await screen.shows(`code=${code}`);
      await type(screen, "$P run 99s setsid sh -c 'echo up >up; exec sleep 778'");
      await until("the command runs", fileHas(box, "up", "up\n"));
      await screen.press("C-c");
      await type(screen, "echo back=$((40 + 2))");
      await screen.shows("back=42");
    });

  test("what ignores Ctrl-Z below a command that stops does not run on unsupervised", async () => {
    using box = sandbox();
    await using screen = await shell(box);
    const hidden = `(trap "" TSTP; while :; do echo x >>ticks; sleep 0.02; done) & wait`;
    await type(screen, `$P run 60s sh -c '${hidden}'`);
    await until("it runs", () => existsSync(box.path("ticks")));
    await screen.press("C-z");
    await screen.shows("Stopped");
    const ticks = statSync(box.path("ticks")).size;
    await Bun.sleep(200); // ten ticks long
    expect(statSync(box.path("ticks")).size).toBe(ticks);
    await type(screen, "bg");
    await until("it continues", () => statSync(box.path("ticks")).size > ticks);
    await Bun.sleep(200); // the old Ctrl-Z must not stop it again
    expect(sleepers(box).filter(({ state }) => state === "T")).toEqual([]);
    await type(screen, "kill %1");
    await until("all has ended", () => sleepers(box).length === 0);
  });

  test("a command that ignores Ctrl-Z is not left alone: its deadline holds", async () => {
    using box = sandbox();
    await using screen = await shell(box);
    await type(
      screen,
      `$P run 1s sh -c 'trap "" TSTP; echo up >up; while :; do sleep 0.05; done'; echo code=$?`,
    );
    await until("the command runs", fileHas(box, "up", "up\n"));
    await screen.press("C-z");
    await screen.shows("code=124");
  });

  test("pagers work on both sides of a pipe", async () => {
    using box = sandbox();
    await using screen = await shell(box);
    for (const line of [
      "seq 500 | $P run 60s less",
      "$P run 60s seq 500 | less",
      `$P run 60s sh -c 'seq 500; exec sleep 61' | less`,
    ]) {
      await type(screen, line);
      await screen.shows("\n25");
      await pressUntil(screen, "Space", "\n55");
      await pressUntil(screen, "C-z", "Stopped");
      await type(screen, "clear; fg");
      await screen.shows("\n55");
      await until("less has ended", async () => {
        await screen.press("q");
        await Bun.sleep(50);
        return sleepers(box).every(({ pid }) => commandOf(pid) !== "less");
      });
      await screen.press("C-c");
      await until("all has ended", () => sleepers(box).length === 0);
      await type(screen, "clear");
      await until("the screen is clear", async () => !(await screen.screen()).includes("Stopped"));
    }
  });

  test("a shell works inside, with jobs of its own, and can be suspended", async () => {
    using box = sandbox();
    await using screen = await shell(box);
    await type(screen, `PS1='inner$ ' $P run 60s ${BASH} --norc --noprofile -i`);
    await screen.shows("inner$");
    await type(screen, "sleep 61");
    await until("it sleeps", () => sleepers(box).some(({ pid }) => commandOf(pid) === "sleep 61"));
    await pressUntil(screen, "C-z", "Stopped");
    await type(screen, "kill -9 %1; wait; clear");
    await until("it is gone", () => sleepers(box).every(({ pid }) => commandOf(pid) !== "sleep 61"));
    await until("the screen is clear", async () => !(await screen.screen()).includes("Stopped"));
    await type(screen, "suspend");
    await screen.shows("Stopped");
    await type(screen, "clear; fg; echo code=$?");
    await type(screen, "echo back$((1+1))");
    await screen.shows("back2");
    await type(screen, "exit 7");
    await screen.shows("code=7");
  });

  test("a killed shell returns the terminal, and the modes are restored", async () => {
    using box = sandbox();
    await using screen = await shell(box);
    // A script, not a shell with job control, gets the terminal back.
    const script = `$P run -s KILL 0.5s ${BASH} --norc --noprofile -ic "stty raw -echo; touch up; sleep 60"; stty -a >modes; read x; echo "$x" >x`;
    writeFileSync(box.path("script"), script);
    await type(screen, "P=$P sh script");
    await until(
      "the modes are written",
      () => existsSync(box.path("modes")) && statSync(box.path("modes")).size > 0,
    );
    const modes = readFileSync(box.path("modes"), "utf8");
    expect(modes).toMatch(/ icanon/);
    expect(modes).toMatch(/ echo /);
    await type(screen, "word");
    await until("the script reads", fileHas(box, "x", "word\n"));
  });

  test("modes that a command set on purpose stay", async () => {
    using box = sandbox();
    await using screen = await shell(box);
    writeFileSync(box.path("script"), "$P run 5s stty -echoctl; stty -a >modes");
    await type(screen, "P=$P sh script");
    await until(
      "the modes are written",
      () => existsSync(box.path("modes")) && statSync(box.path("modes")).size > 0,
    );
    expect(readFileSync(box.path("modes"), "utf8")).toMatch(/\s-echoctl/);
  });

  test("Ctrl-C reaches the command once, and ends a script that runs us in a loop", async () => {
    using box = sandbox();
    await using screen = await shell(box);
    await type(
      screen,
      `$P run 60s ${BASH} -c 'trap "echo int >>ints" INT; echo up >up; while :; do sleep 0.05; done'`,
    );
    await until("the command runs", fileHas(box, "up", "up\n"));
    await screen.press("C-c");
    await until("it is interrupted", fileHas(box, "ints", "int\n"));
    await Bun.sleep(300); // longer than we take to decide whether to pass it on
    expect(readFileSync(box.path("ints"), "utf8")).toBe("int\n");
    await screen.press("C-z");
    await screen.shows("Stopped");
    await type(screen, "clear; kill -9 %1; wait");
    await type(
      screen,
      `sh -c 'while :; do $P run 60s sh -c "echo up >again; exec sleep 61"; done'; echo done`.replace(
        "$P",
        BINARY,
      ),
    );
    await until("the loop runs", fileHas(box, "again", "up\n"));
    await screen.press("C-c");
    await until("nothing is left", () => sleepers(box).length === 0);
  });

  test("an INT that was sent to us alone is passed on", async () => {
    using box = sandbox();
    await using screen = await shell(box);
    await type(screen, "$P run 60s sh -c 'echo $PPID >pid; exec sleep 61'");
    await until("the command runs", () => existsSync(box.path("pid")) && statSync(box.path("pid")).size > 0);
    const pid = Number(readFileSync(box.path("pid"), "utf8"));
    process.kill(pid, "SIGINT");
    await until("both have ended", () => look(pid) === undefined && sleepers(box).length === 0);
  });

  test("a job in the background that reads the terminal stops, and continues in the foreground", async () => {
    using box = sandbox();
    await using screen = await shell(box);
    await type(screen, "$P run 60s sh -c 'read x </dev/tty; echo \"$x\" >x' &");
    await until("the job is stopped", () => {
      const job = sleepers(box);
      return job.length === 2 && job.every(({ state }) => state === "T");
    });
    await type(screen, "fg");
    await until("all continue", () => sleepers(box).every(({ state }) => state !== "T"));
    await until("the shell has handed the terminal over", () => jobIsForeground(box, screen));
    await type(screen, "word");
    await until("the line is read", fileHas(box, "x", "word\n"));
  });

  test("a hang-up ends the command", async () => {
    using box = sandbox();
    const screen = await shell(box);
    await type(screen, "$P run 60s sh -c 'echo up >up; exec sleep 61'");
    await until("the command runs", fileHas(box, "up", "up\n"));
    await screen[Symbol.asyncDispose]();
    await until("nothing is left", () => processesOf(box.root).length === 0);
  });

  test("the deadline spares what the shell started before us, and the rest of the pipeline", async () => {
    using box = sandbox();
    await using screen = await shell(box);
    await type(
      screen,
      `(sleep 62 & echo $! >other; exec $P run 1s sh -c "echo up >up; exec sleep 61") | (cat; echo end >end; sleep 63) & wait`,
    );
    await until("the command runs", fileHas(box, "up", "up\n"));
    await until("the deadline has passed", () =>
      sleepers(box).every(({ pid }) => commandOf(pid) !== "sleep 61"),
    );
    await until("we have ended", () => sleepers(box).every(({ pid }) => !commandOf(pid).startsWith(BINARY)));
    expect(commandOf(Number(readFileSync(box.path("other"), "utf8")))).toBe("sleep 62");
    process.kill(Number(readFileSync(box.path("other"), "utf8")), "SIGKILL");
    await until("the reader continues", fileHas(box, "end", "end\n"));
  });
});

/** Whether the foreground process group is one of the sandbox's jobs, and not the shell's. */
async function jobIsForeground(box: Sandbox, screen: Terminal): Promise<boolean> {
  const group = await screen.foreground();
  return sleepers(box).some(({ pid }) => pid === group);
}

/** The sandbox's processes below the shell: ours, and what they started. */
const sleepers = (box: Sandbox) =>
  processesOf(box.root).filter(({ pid }) => !/^(\S*bash --noprofile --rcfile|tmux)/.test(commandOf(pid)));

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
  } catch {
    return ""; // ended while we looked
  }
}
