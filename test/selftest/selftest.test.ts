/** `plimsoll selftest` on a healthy machine. */
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "../../src/os/ffi/spawn.ts";
import { STEPS } from "../../src/selftest/steps/index.ts";
import { BINARY, run, type Sandbox, sandbox, until } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES, ownZombies, processesOf } from "../helpers/processes.ts";

/** An environment with a writable directory and nothing else. */
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

test("it passes with an empty environment, and leaves nothing", async () => {
  using box = sandbox();
  const { env, place } = bare(box);
  const { code, stdout, stderr } = await run(["selftest"], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n").filter((line) => line.startsWith("ok "))).toHaveLength(STEPS.length);
  expect(stdout).toMatch(/everything works, after \d+ ms\n$/);
  expect(readdirSync(place)).toEqual([]);
});

test("it neither reads nor writes the user's files", async () => {
  using box = sandbox();
  const { env, place } = bare(box);
  mkdirSync(box.path("home/.config/plimsoll"), { recursive: true });
  // It would fail with these rows.
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

test("--json has every step with its duration and result", async () => {
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

test("--keep leaves the files and prints the path, and later tests keep them", async () => {
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

test("an operand is an error", async () => {
  using box = sandbox();
  expect(await run(["selftest", "display"], { env: box.env })).toMatchObject({ code: 2, stdout: "" });
});

const longAgo = (path: string) => utimesSync(path, new Date(0), new Date(0));

function start(env: Record<string, string>) {
  return Bun.spawn([BINARY, "selftest", "--json"], { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}

test("a signal ends it early with exit 1, without leaving a process or a file", async () => {
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
    // Each step creates these files.
    for (const point of ["home", "state", "state/ledger.db", "state/locks/turn.lock", "mark.lock"]) {
      const child = start(env);
      await until(`${point} is there`, () => madeNow().some((name) => existsSync(join(place, name, point))));
      child.kill("SIGKILL");
      await child.exited;
      left.push(...madeNow());
      await until("all that it started has ended", () => processesOf(place).length === 0);
      for (const pid of ownZombies()) waitFor(pid, false);
    }
    // Young directories may belong to a running test.
    expect(await run(["selftest"], { env })).toMatchObject({ code: 0 });
    expect(readdirSync(place).sort()).toEqual(left.sort());
    for (const name of left) longAgo(join(place, name));
    expect(await run(["selftest"], { env })).toMatchObject({ code: 0 });
    expect(readdirSync(place)).toEqual([]);
  },
);

test("the directory of a running test is not removed, however old", async () => {
  using box = sandbox();
  const { env, place } = bare(box);
  const child = start(env);
  // The command that has this lock waits for the selftest, so nothing times out while that is stopped.
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

test("two tests at the same time do not disturb each other", async () => {
  using box = sandbox();
  const { env, place } = bare(box);
  const both = await Promise.all([run(["selftest"], { env }), run(["selftest"], { env })]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(readdirSync(place)).toEqual([]);
});

test("if TMPDIR is not a directory, another place is used", async () => {
  using box = sandbox();
  const { code, stdout } = await run(["selftest", "--json"], { env: { TMPDIR: box.path("nowhere") } });
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as Report).place).toStartWith(process.platform === "linux" ? "/tmp/" : tmpdir());
});
