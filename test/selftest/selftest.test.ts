/** `plimsoll selftest` on a machine that is as it should be. */
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "../../src/os/ffi/spawn.ts";
import { STEPS } from "../../src/selftest/steps/index.ts";
import { BINARY, run, type Sandbox, sandbox, until } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES, ownZombies, processesOf } from "../helpers/processes.ts";

/** Nothing but the place to write to. */
function bare(box: Sandbox): { env: Record<string, string>; place: string } {
  const place = box.path("place");
  mkdirSync(place);
  return { env: { TMPDIR: place }, place };
}

interface Report {
  readonly ok: boolean;
  readonly tookMs: number;
  readonly place: string;
  readonly kept: boolean;
  readonly steps: readonly { name: string; ok: boolean; tookMs: number; detail?: string; seen?: string }[];
}

test("everything works, with an empty environment, and nothing is left", async () => {
  using box = sandbox();
  const { env, place } = bare(box);
  const { code, stdout, stderr } = await run(["selftest"], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n").filter((line) => line.startsWith("ok "))).toHaveLength(STEPS.length);
  expect(stdout).toMatch(/everything works, after \d+ ms\n$/);
  expect(readdirSync(place)).toEqual([]);
});

test("what the user has is neither read nor written", async () => {
  using box = sandbox();
  const { env, place } = bare(box);
  mkdirSync(box.path("home/.config/plimsoll"), { recursive: true });
  // It would not pass with the user's own rows, or with his commands' help.
  await Bun.write(box.path("home/.config/plimsoll/config.json"), '{ "rows": [["clock"]] }');
  const before = readdirSync(box.root, { recursive: true }).sort();
  const theirs = {
    ...box.env,
    ...env,
    CLAUDE_CONFIG_DIR: box.path("home/.claude"),
    PATH: "",
    CLAUDE_CODE_SESSION_ID: "not-this-one",
    BUN_OPTIONS: "",
    COLUMNS: "7",
    TZ: "Pacific/Kiritimati",
  };
  expect(await run(["selftest"], { env: theirs })).toMatchObject({ code: 0, stderr: "" });
  expect(readdirSync(box.root, { recursive: true }).sort()).toEqual(before);
  expect(readdirSync(place)).toEqual([]);
});

test("--json has every step with its time and what was seen", async () => {
  using box = sandbox();
  const { env, place } = bare(box);
  const { code, stdout } = await run(["selftest", "--json"], { env });
  const report = JSON.parse(stdout) as Report;
  expect(code).toBe(0);
  expect(report).toMatchObject({ ok: true, kept: false, platform: process.platform, arch: process.arch });
  expect(report.place).toStartWith(`${place}/plimsoll-selftest-`);
  expect(report.steps.map(({ name }) => name)).toEqual(STEPS.map(({ name }) => name));
  for (const step of report.steps) {
    expect(step).toMatchObject({ ok: true, about: expect.any(String), tookMs: expect.any(Number) });
    expect(step.detail).toBeTruthy();
  }
});

test("--keep leaves the files, says where, and later tests leave them too", async () => {
  using box = sandbox();
  const { env } = bare(box);
  const { code, stdout } = await run(["selftest", "--keep"], { env });
  expect(code).toBe(0);
  const kept = stdout.match(/^its files are in (.*)$/m)?.[1] as string;
  expect(existsSync(join(kept, "state/ledger.db"))).toBe(true);
  longAgo(kept);
  await run(["selftest"], { env });
  expect(existsSync(join(kept, "state/ledger.db"))).toBe(true);
});

test("an operand is refused", async () => {
  using box = sandbox();
  expect(await run(["selftest", "display"], { env: box.env })).toMatchObject({ code: 2, stdout: "" });
});

const longAgo = (path: string) => utimesSync(path, new Date(0), new Date(0));

function start(env: Record<string, string>) {
  return Bun.spawn([BINARY, "selftest", "--json"], { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}

test("a signal ends it early: exit 1, and neither a process nor a file is left", async () => {
  using box = sandbox();
  const { env, place } = bare(box);
  const child = start(env);
  await until("it has begun", () => readdirSync(place).length > 0);
  child.kill("SIGTERM");
  const report = JSON.parse(await new Response(child.stdout).text()) as Report;
  await child.exited;
  expect(child.exitCode).toBe(1);
  expect(report.ok).toBe(false);
  expect(report.steps.map(({ name }) => name)).toEqual(STEPS.map(({ name }) => name));
  expect(report.steps.at(-1)).toMatchObject({ ok: false, seen: "a signal to end" });
  expect(readdirSync(place)).toEqual([]);
  if (CAN_SEE_PROCESSES) expect(processesOf(place)).toEqual([]);
});

test.skipIf(!CAN_SEE_PROCESSES)(
  "killed at any point, it leaves a directory for the next one to remove, and no process (needs /proc)",
  async () => {
    using box = sandbox();
    const { env, place } = bare(box);
    const left: string[] = [];
    const madeNow = () => readdirSync(place).filter((name) => !left.includes(name));
    // Each step makes files of its own: they tell how far it has come.
    for (const point of ["home", "state", "state/ledger.db", "state/locks/turn.lock", "mark.lock"]) {
      const child = start(env);
      await until(`${point} is there`, () => madeNow().some((name) => existsSync(join(place, name, point))));
      child.kill("SIGKILL");
      await child.exited;
      left.push(...madeNow());
      await until("all that it started has ended", () => processesOf(place).length === 0);
      for (const pid of ownZombies()) waitFor(pid, false);
    }
    // As young as they are they may be somebody's who is at work.
    expect(await run(["selftest"], { env })).toMatchObject({ code: 0 });
    expect(readdirSync(place).sort()).toEqual(left.sort());
    for (const name of left) longAgo(join(place, name));
    expect(await run(["selftest"], { env })).toMatchObject({ code: 0 });
    expect(readdirSync(place)).toEqual([]);
  },
);

test("a directory whose test still runs is not removed, however old", async () => {
  using box = sandbox();
  const { env, place } = bare(box);
  const child = start(env);
  // Where a command that it has started waits for it: nothing there is given up while it stands still.
  const waits = "state/locks/turn.lock";
  await until("it has begun", () => readdirSync(place).some((name) => existsSync(join(place, name, waits))));
  child.kill("SIGSTOP");
  const [name] = readdirSync(place) as [string];
  longAgo(join(place, name));
  expect(await run(["selftest"], { env })).toMatchObject({ code: 0 });
  expect(readdirSync(place)).toEqual([name]);
  child.kill("SIGCONT");
  await child.exited;
  expect(child.exitCode).toBe(0);
});

test("two at a time do not get in each other's way", async () => {
  using box = sandbox();
  const { env, place } = bare(box);
  const both = await Promise.all([run(["selftest"], { env }), run(["selftest"], { env })]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(readdirSync(place)).toEqual([]);
});

test("where TMPDIR is no directory, another place is taken", async () => {
  using box = sandbox();
  const { code, stdout } = await run(["selftest", "--json"], { env: { TMPDIR: box.path("nowhere") } });
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as Report).place).toStartWith(process.platform === "linux" ? "/tmp/" : tmpdir());
});
