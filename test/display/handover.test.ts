/** The pass that `display` starts in the background: detached, one at a time, independent of a cancelled render. */
import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { type StatePaths, statePaths } from "../../src/state/paths.ts";
import { readState } from "../../src/state/scopes.ts";
import { BINARY, run, type Sandbox, sandbox, until } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES, descriptors, executable, look, processesOf } from "../helpers/processes.ts";
import { fullState, samplePayload } from "../helpers/sample.ts";

const ROUNDS = Number(process.env.PLIMSOLL_TEST_RENDERS ?? 60);

/** A session in a repository, with the payload that the client sends for it. */
function scene(box: Sandbox) {
  const repo = box.path("repo");
  mkdirSync(`${repo}/.git`, { recursive: true });
  writeFileSync(`${repo}/.git/HEAD`, "ref: refs/heads/main\n");
  const claudeDir = `${box.home}/.claude`;
  mkdirSync(claudeDir);
  const payload = samplePayload({ cwd: repo, claudeDir, now: Date.now() });
  const paths = statePaths(box.env);
  if (!paths) throw new Error("the sandbox has no state directory");
  return {
    repo,
    claudeDir,
    payload,
    stdin: JSON.stringify(payload),
    session: () => readState(paths, "session", payload.session_id),
  };
}

/** A git that waits until the file `release` is there. */
function slowGit(box: Sandbox): { env: Record<string, string>; release(): void; started(): boolean } {
  const bin = box.path("bin");
  mkdirSync(bin);
  writeFileSync(
    `${bin}/git`,
    `#!/bin/sh\n: >'${bin}/started'\nwhile [ ! -e '${bin}/release' ]; do sleep 0.01; done\n`,
  );
  chmodSync(`${bin}/git`, 0o755);
  return {
    env: { ...box.env, PATH: `${bin}:${box.env.PATH}` },
    release: () => writeFileSync(`${bin}/release`, ""),
    started: () => existsSync(`${bin}/started`),
  };
}

/** The passes that run in the sandbox: processes of the binary itself. */
const passes = (box: Sandbox) => processesOf(box.root).filter(({ pid }) => executable(pid) === BINARY);

test.skipIf(!CAN_SEE_PROCESSES)(
  "a render starts one pass, detached from everything that the client holds",
  async () => {
    using box = sandbox();
    const { stdin } = scene(box);
    const git = slowGit(box);
    expect((await run(["display"], { env: git.env, stdin })).code).toBe(0);
    await until("the pass has started git", git.started);
    const [pass, ...others] = passes(box);
    expect(others).toEqual([]);
    expect(look(pass?.pid as number)).toMatchObject({ session: pass?.pid as number });
    expect(descriptors(pass?.pid as number)).toEqual(["/dev/null", "/dev/null", "/dev/null"]);

    for (let again = 0; again < 5; again++) await run(["display"], { env: git.env, stdin });
    expect(passes(box).map(({ pid }) => pid)).toEqual([pass?.pid as number]);
    git.release();
    await until("nothing is left", () => processesOf(box.root).length === 0);
  },
);

test.skipIf(!CAN_SEE_PROCESSES)("a pass survives a cancelled render, and writes its results", async () => {
  using box = sandbox();
  const { stdin, session } = scene(box);
  const git = slowGit(box);
  // As the client starts it: a shell that leads its own session.
  const shell = Bun.spawn(["/bin/sh", "-c", `'${BINARY}' display; sleep 60`], {
    env: git.env,
    cwd: box.home,
    stdin: Buffer.from(stdin),
    stdout: "ignore",
    detached: true,
  });
  await until("the pass has started git", git.started);
  killTree(shell.pid, "SIGTERM");
  killTree(shell.pid, "SIGKILL");
  await shell.exited;
  expect(passes(box)).toHaveLength(1);
  git.release();
  await until("the session's state is written", () => (session()?.attempts.endedAt ?? 0) > 0);
  await until("nothing is left", () => processesOf(box.root).length === 0);
});

test.skipIf(!CAN_SEE_PROCESSES)(
  `${ROUNDS} renders that are cancelled at any instant leave nothing behind`,
  async () => {
    using box = sandbox();
    const { stdin } = scene(box);
    for (let round = 0; round < ROUNDS; round++) {
      const shell = Bun.spawn(["/bin/sh", "-c", `'${BINARY}' display; exit 0`], {
        env: box.env,
        cwd: box.home,
        stdin: Buffer.from(stdin),
        stdout: "ignore",
        stderr: "pipe",
        detached: true,
      });
      await Bun.sleep(Math.random() * 25);
      killTree(shell.pid, "SIGTERM");
      killTree(shell.pid, "SIGKILL");
      await shell.exited;
      expect(await new Response(shell.stderr).text()).toBe("");
    }
    await until("every process has ended", () => processesOf(box.root).length === 0, 35_000);
    const temporary = [...new Bun.Glob("**/*.tmp*").scanSync({ cwd: box.state, dot: true })];
    expect(temporary).toEqual([]);
  },
  120_000,
);

test("the pass keeps the newest payload unchanged, for its owner only, unless it is too large", async () => {
  using box = sandbox();
  const { payload, session } = scene(box);
  const path = `${box.state}/payload.json`;
  const stdin = JSON.stringify(payload, undefined, 2);
  await run(["display"], { env: box.env, stdin: `${stdin}\n` });
  await until("the pass has ended", () => (session()?.attempts.endedAt ?? 0) > 0);
  expect(readFileSync(path, "utf8").trimEnd()).toBe(stdin);
  expect(statSync(path).mode & 0o777).toBe(0o600);

  const large = { ...payload, session_id: "0a3f5ab6-c6fe-4139-9d45-d8d58f8a23a0", more: "x".repeat(20_000) };
  await run(["display"], { env: box.env, stdin: JSON.stringify(large) });
  const state = () => readState(statePaths(box.env) as StatePaths, "session", large.session_id);
  await until("the pass has ended", () => (state()?.attempts.endedAt ?? 0) > 0);
  expect(readFileSync(path, "utf8").trimEnd()).toBe(stdin);
});

test.skipIf(!CAN_SEE_PROCESSES)("with PLIMSOLL_NO_GATHER a render starts nothing", async () => {
  using box = sandbox();
  const { stdin } = scene(box);
  const { code, stdout } = await run(["display"], { env: { ...box.env, PLIMSOLL_NO_GATHER: "1" }, stdin });
  expect([code, stdout === ""]).toEqual([0, false]);
  expect(processesOf(box.root)).toEqual([]);
  expect(existsSync(box.state)).toBe(false);
});

test("nothing is started while every figure is fresh, or without a state directory", async () => {
  using box = sandbox();
  const { repo, claudeDir, payload, stdin } = scene(box);
  const now = Date.now();
  fullState({ directory: box.state, payload, root: repo, claudeDir, now });
  expect((await run(["explain", "--json"], { env: box.env, stdin })).stdout).toContain('"gatherDue": false');
  const { HOME: _home, PLIMSOLL_STATE: _state, ...homeless } = box.env;
  expect((await run(["explain", "--json"], { env: homeless, cwd: "/", stdin })).stdout).toContain(
    '"gatherDue": false',
  );
});

/** SIGNAL to a process and all its descendants, found by their parents as the client finds them. */
function killTree(root: number, signal: NodeJS.Signals): void {
  const all = [...new Bun.Glob("[0-9]*").scanSync({ cwd: "/proc", onlyFiles: false })].map(Number);
  const parents = new Map(
    all.flatMap((pid) => {
      const found = look(pid);
      return found ? [[pid, found.parent] as const] : [];
    }),
  );
  const doomed = [root];
  for (const pid of doomed)
    for (const [child, parent] of parents) if (parent === pid && !doomed.includes(child)) doomed.push(child);
  for (const pid of doomed) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended already.
    }
  }
}
