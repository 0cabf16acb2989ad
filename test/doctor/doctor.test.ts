import { afterEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKS } from "../../src/doctor/checks/index.ts";
import { type Examination, examine, type Result } from "../../src/doctor/examine.ts";
import { tryLock } from "../../src/process/flock.ts";
import { sessionLock } from "../../src/state/locks.ts";
import { configure, gather, payload, states, type World, world } from "../gather/world.ts";
import { BINARY, run, until } from "../helpers/binary.ts";
import { canMountTmpfs, fillDisk, mountTmpfs } from "../helpers/tmpfs.ts";

const ID = "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0";

const started: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
    await child.exited;
  }
});

/** A world in which everything is as it should be. */
async function healthy(): Promise<World> {
  const here = world();
  const settings = { statusLine: { type: "command", command: `${BINARY} display` } };
  writeFileSync(join(here.claudeDir, "settings.json"), JSON.stringify(settings));
  await gather(here, { stdin: payload(ID, here.session(ID, 2), here.box.home) });
  return here;
}

async function doctor({
  box,
}: World): Promise<{ code: number | null; examination: Examination; of(check: string): Result }> {
  const { stdout, code, stderr } = await run(["doctor", "--json"], { env: box.env });
  expect(stderr).toBe("");
  const examination = JSON.parse(stdout) as Examination;
  const of = (check: string) => examination.results.find((result) => result.check === check) as Result;
  return { code, examination, of };
}

test("a healthy installation gets nothing but good answers, and exit 0", async () => {
  using here = await healthy();
  const { code, examination } = await doctor(here);
  expect(examination.results.filter(({ level }) => level !== "good")).toEqual([]);
  expect(code).toBe(0);
  const { stdout } = await run(["doctor"], { env: here.box.env });
  expect(stdout).toEndWith("everything works\n");
});

test("looking changes nothing: where there is no state, none is made", async () => {
  using here = world();
  const { code, of } = await doctor(here);
  expect(code).toBe(1);
  expect(of("settings")).toMatchObject({ level: "bad", text: "no settings file has a status line" });
  expect(of("state").level).toBe("warning");
  expect(await Bun.file(here.paths.root).exists()).toBe(false);
});

function zombiesOf(parent: number): number {
  const listed = Bun.spawnSync(["ps", "-o", "stat=", "--ppid", String(parent)]).stdout.toString();
  return listed.split("\n").filter((state) => state.startsWith("Z")).length;
}

describe("doctor finds", () => {
  test("a pass that is overdue, and the lock that it holds", async () => {
    using here = await healthy();
    configure(here, { slow: { run: ["/bin/sleep", "3.75"], refreshMs: 1_000, deadlineMs: 9_000 } });
    const child = Bun.spawn([BINARY, "gather", "--force", "--session", ID], {
      env: here.box.env,
      stdio: ["ignore", "ignore", "ignore"],
    });
    started.push(child);
    await until("the pass has begun", () => {
      const attempts = states(here, ID, "/").session?.attempts;
      return attempts !== undefined && attempts.startedAt > attempts.endedAt;
    });
    child.kill("SIGSTOP");
    await until(
      "the lock's holder is seen to be stopped",
      async () => (await doctor(here)).of("locks").level === "bad",
    );
    const locks = (await doctor(here)).of("locks");
    expect(locks.details?.join()).toInclude("stopped");
    expect(locks.details?.join()).toInclude(String(child.pid));
  });

  test.skipIf(process.platform !== "linux" || Bun.which("ps") === null)(
    "a zombie that its parent does not wait for (Linux, ps)",
    async () => {
      using here = await healthy();
      // The shell becomes a program that knows nothing of the child that it had.
      const parent = Bun.spawn(["/bin/sh", "-c", `'${BINARY}' --version >/dev/null & exec sleep 60`], {
        stdio: ["ignore", "ignore", "ignore"],
      });
      started.push(parent);
      await until("there is a zombie", () => zombiesOf(parent.pid) > 0);
      const { of, code } = await doctor(here);
      expect(of("zombies").level).toBe("bad");
      expect(of("zombies").details?.join()).toInclude(`parent ${parent.pid} (sleep)`);
      expect(code).toBe(1);
    },
  );

  test("a lock that is held by somebody who is at work: a note, not a fault", async () => {
    using here = await healthy();
    using lock = tryLock(sessionLock(here.paths, ID));
    expect(lock).toBeDefined();
    const { of, code } = await doctor(here);
    expect(of("locks")).toMatchObject({ level: "warning" });
    expect(of("locks").details?.[0]).toInclude(`held by pid ${process.pid}`);
    expect(code).toBe(0);
  });

  test("parts that failed, and what the log says of it", async () => {
    using here = await healthy();
    const root = here.repo("repo");
    await gather(here, { args: ["--cwd", root], env: { PATH: "/nonexistent" } });
    const { of, code } = await doctor(here);
    expect(of("parts").details).toEqual([`${root}, git: git is not installed`]);
    expect(of("log").details?.[0]).toEndWith("repo git: git is not installed");
    expect(code).toBe(0);
  });

  test("a damaged ledger, without touching it", async () => {
    using here = await healthy();
    writeFileSync(here.paths.ledger, "nonsense ".repeat(2_000));
    for (const suffix of ["-wal", "-shm"]) writeFileSync(here.paths.ledger + suffix, "");
    const { of, code } = await doctor(here);
    expect(of("ledger").level).toBe("bad");
    expect(code).toBe(1);
    expect(await Bun.file(here.paths.ledger).text()).toStartWith("nonsense");
  });

  test("a ledger that is only out of reach, which is not called damaged", async () => {
    using here = await healthy();
    for (const suffix of ["", "-wal", "-shm"]) rmSync(here.paths.ledger + suffix, { force: true });
    mkdirSync(here.paths.ledger);
    const { of } = await doctor(here);
    expect(of("ledger")).toMatchObject({
      level: "bad",
      text: "cannot be used: something else has its place",
    });
  });

  test.skipIf(!canMountTmpfs())("a state directory on a disk that is full, or read-only", async () => {
    using here = world();
    mkdirSync(here.paths.root, { recursive: true, mode: 0o700 });
    using disk = mountTmpfs(here.paths.root, "size=512k,mode=700");
    await gather(here, { stdin: payload(ID, here.session(ID, 2), here.box.home) });
    const stateNow = async () => (await doctor(here)).of("state").text;
    expect(await stateNow()).not.toInclude("cannot be written");
    fillDisk(join(here.paths.root, "filler"));
    expect(await stateNow()).toEndWith("cannot be written: no space left on the disk");
    rmSync(join(here.paths.root, "filler"));
    disk.remount("ro");
    expect(await stateNow()).toInclude("cannot be written: EROFS");
    expect((await doctor(here)).of("ledger").text).not.toInclude("damaged");
  });

  test("a state directory that others can read, and files that are not state", async () => {
    using here = await healthy();
    writeFileSync(join(here.paths.sessions, "foreign.json"), "{}");
    expect((await doctor(here)).of("state")).toMatchObject({
      level: "warning",
      details: [join(here.paths.sessions, "foreign.json")],
    });
    chmodSync(here.paths.root, 0o755);
    expect((await doctor(here)).of("state")).toMatchObject({
      level: "bad",
      hint: `chmod 700 '${here.paths.root}'`,
    });
  });

  test("a log that is not rotated", async () => {
    using here = await healthy();
    writeFileSync(here.paths.log, "x".repeat(300_000));
    expect((await doctor(here)).of("log").level).toBe("bad");
  });
});

describe("the settings of Claude Code", () => {
  test("are looked for in the directory that doctor is started in", async () => {
    using here = await healthy();
    const project = here.box.path("project");
    mkdirSync(join(project, ".claude"), { recursive: true });
    writeFileSync(
      join(project, ".claude/settings.json"),
      JSON.stringify({ statusLine: { type: "command", command: "other" } }),
    );
    const { stdout, code } = await run(["doctor"], { env: here.box.env, cwd: project });
    expect(stdout).toInclude("has another status line, and hides ours");
    expect(code).toBe(1);
  });
});

test("a check that cannot be made is a finding, and keeps no other from being made", async () => {
  const failing = { name: "failing", about: "", run: () => Promise.reject(new Error("no luck")) };
  const fine = { name: "fine", about: "", run: () => ({ level: "good" as const, text: "fine" }) };
  const { ok, results } = await examine([failing, fine], {} as never);
  expect(ok).toBe(false);
  expect(results[0]).toMatchObject({ level: "bad", text: "cannot be checked: no luck" });
  expect(results[1]).toMatchObject({ level: "good" });
});

test("every check has a name of its own and says what it makes sure of", () => {
  expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
  for (const { about } of CHECKS) expect(about.length).toBeGreaterThan(20);
});
