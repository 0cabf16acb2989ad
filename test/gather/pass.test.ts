import { describe, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { tryLock } from "../../src/os/lock/flock.ts";
import { scopeLock, stateFile } from "../../src/state/paths.ts";
import { BINARY, run, until } from "../helpers/binary.ts";
import { GIT } from "./repositories.ts";
import {
  background,
  configure,
  gather,
  leftovers,
  logText,
  outcomeOf,
  payload,
  processesWith,
  scopeOf,
  states,
  world,
} from "./world.ts";

const ID = "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0";
const shell = (script: string, more: object = {}) => ({
  run: ["/bin/sh", "-c", script],
  refreshMs: 30_000,
  deadlineMs: 5_000,
  ...more,
});

/** A unique time to sleep: processes are found by it. */
const nap = (seconds: number) => `${seconds}.${process.pid}`;

describe("a pass", () => {
  test("gathers usage for a new bill, however fresh the figures are", async () => {
    using here = world();
    const transcript = here.session(ID, 1);
    const bill = (usd: number) => payload(ID, transcript, here.box.home, { cost: { total_cost_usd: usd } });
    await gather(here, { stdin: bill(0.5) });
    const again = await gather(here, { stdin: bill(0.5) });
    const usage = again.report.parts.find(({ part, scope }) => part === "usage" && scope === "session");
    expect(usage?.outcome).toBe("fresh");
    await gather(here, { stdin: bill(0.75) });
    expect(states(here, ID, "/").session?.parts.usage?.value?.billUsd).toBe(0.75);
  });

  test.skipIf(GIT === null)(
    "gathers everything about a session, and notes it privately (needs git)",
    async () => {
      using here = world();
      const [transcript, root] = [here.session(ID, 3), here.repo("repo", "trunk")];
      const limits = {
        five_hour: { used_percentage: 23.5, resets_at: Math.floor(Date.now() / 1000) + 3600 },
      };
      const { code, report, stderr } = await gather(here, {
        stdin: payload(ID, transcript, root, { rate_limits: limits, cost: { total_cost_usd: 0.5 } }),
      });
      expect(stderr).toBe("");
      expect(code).toBe(0);
      expect(report.scopes.map(({ outcome }) => outcome)).toEqual(["gathered", "gathered", "gathered"]);
      const { session, repo, account } = states(here, ID, root);
      expect(session?.parts.transcript?.value).toMatchObject({
        turns: 3,
        lastUserMessage: `prompt 3 of ${ID}`,
      });
      expect(session?.parts.usage?.value).toMatchObject({ input: 30, output: 300, billUsd: 0.5 });
      expect(session?.seen).toMatchObject({
        costUsd: 0.5,
        transcriptPath: transcript,
        claudeDir: here.claudeDir,
      });
      expect(repo?.parts.git?.value).toMatchObject({ branch: "trunk", staged: 0 });
      expect(account?.parts.limits?.value?.fiveHour).toMatchObject({ usedPercent: 23.5 });
      expect(account?.parts.usage?.value?.today.output).toBe(300);
      expect(account?.parts.sessions?.value).toEqual({ live: 0, stopped: 0, ghosts: 0 });
      for (const name of readdirSync(here.paths.root, { recursive: true, encoding: "utf8" })) {
        const facts = statSync(join(here.paths.root, name));
        expect([name, facts.mode & 0o777]).toEqual([name, facts.isDirectory() ? 0o700 : 0o600]);
      }
      expect(leftovers(here)).toEqual([]);
      expect(statSync(stateFile(here.paths, "session", ID)).size).toBeLessThan(3_000);
    },
  );

  test("gathers only what is due, unless it is forced", async () => {
    using here = world();
    const stdin = payload(ID, here.session(ID), here.repo("repo"));
    await gather(here, { stdin });
    const again = await gather(here, { stdin });
    expect(again.report.parts.map(({ outcome }) => outcome)).not.toContain("good");
    const forced = await gather(here, { stdin, args: ["--force"] });
    expect(outcomeOf(forced.report, "session transcript")?.outcome).toBe("good");
    expect(outcomeOf(forced.report, "account limits")?.outcome).toBe("good");
  });

  test("reads what was appended to the transcript since the last one", async () => {
    using here = world();
    const transcript = here.session(ID, 2);
    const stdin = payload(ID, transcript, here.box.home);
    await gather(here, { stdin });
    const line = {
      type: "user",
      timestamp: new Date().toISOString(),
      message: { role: "user", content: "more" },
    };
    appendFileSync(transcript, `${JSON.stringify(line)}\n`);
    await gather(here, { stdin, args: ["--force"] });
    expect(states(here, ID, "/").session?.parts.transcript?.value).toMatchObject({
      turns: 3,
      lastUserMessage: "more",
    });
  });

  test("finds what the command line does not name", async () => {
    using here = world();
    const transcript = here.session(ID, 2);
    const root = here.repo("repo");
    mkdirSync(join(root, "deep/er"), { recursive: true });
    const { report } = await gather(here, { args: ["--session", ID, "--cwd", "deep/er"], cwd: root });
    expect(outcomeOf(report, "session transcript")?.outcome).toBe("good");
    expect(states(here, ID, root)).toMatchObject({
      session: { cwd: join(root, "deep/er"), seen: { transcriptPath: transcript } },
      repo: { root },
    });
    // A named session does not belong to the current directory.
    await gather(here, { args: ["--session", ID, "--force"], cwd: here.box.root });
    expect(states(here, ID, root).session?.cwd).toBe(join(root, "deep/er"));
    const byPath = await gather(here, { args: ["--transcript", transcript, "--force"], cwd: here.box.root });
    expect(scopeOf(byPath.report, "session")?.outcome).toBe("gathered");
    const inside = await gather(here, { cwd: root, env: { CLAUDE_CODE_SESSION_ID: ID }, args: ["--force"] });
    expect(inside.report.scopes.map(({ scope }) => scope)).toEqual(["session", "repo", "account"]);
  });

  test("prints a table for a person", async () => {
    using here = world();
    const { stdout, code } = await run(["gather"], {
      env: here.box.env,
      stdin: payload(ID, here.session(ID), here.box.home),
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^session {2}transcript {2}ok {5}\d+ ms$/m);
    expect(stdout).toMatch(/^done after \d+ ms$/m);
  });

  test("rejects an invalid command line or payload, with the reason", async () => {
    using here = world();
    const refused = async (args: string[], stdin?: string) => {
      const { code, stderr } = await run(["gather", ...args], {
        env: here.box.env,
        ...(stdin ? { stdin } : {}),
      });
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused(["--deadline", "soon"])).toInclude("invalid number of seconds");
    expect(await refused(["everything"])).toInclude("unexpected argument 'everything'");
    expect(await refused([], '{"session_id": ')).toInclude("cut short");
    expect(await refused([], "hello")).toInclude("not a JSON object");
    expect(existsSync(here.paths.root)).toBe(false);
  });
});

describe("a pass that display starts", () => {
  test("takes the hand-over, runs at low priority, and does not pass the hand-over on", async () => {
    using here = world();
    const root = here.repo("repo", "trunk");
    configure(here, {
      nice: shell("nice"),
      handed: shell("env | grep -cE '^(PLIMSOLL_HANDOVER|BUN_OPTIONS|BUN_BE_BUN)='; true"),
    });
    const handover = {
      sessionId: ID,
      transcriptPath: here.session(ID, 2),
      cwd: root,
      root,
      claudeDir: here.claudeDir,
    };
    const child = background(here, { ...handover, clientPid: process.pid }, { BUN_OPTIONS: "--smol" });
    expect(await child.exited).toBe(0);
    const { session, repo, account } = states(here, ID, root);
    expect(session?.client?.pid).toBe(process.pid);
    expect(session?.parts.transcript?.value?.turns).toBe(2);
    expect(session?.parts.commands?.value?.nice?.text).toBe("10");
    expect(session?.parts.commands?.value?.handed?.text).toBe("0");
    expect(repo?.root).toBe(root);
    expect(account?.claudeDir).toBe(here.claudeDir);
  });

  test("succeeds with an empty hand-over", async () => {
    using here = world();
    expect(await background(here, {}).exited).toBe(0);
    expect(states(here, ID, "/").account).toBeDefined();
  });
});

describe("concurrent passes", () => {
  test("skip a scope that another one holds, at once", async () => {
    using here = world();
    const root = here.repo("repo");
    const stdin = payload(ID, here.session(ID), root);
    await gather(here, { stdin });
    using session = tryLock(scopeLock(here.paths, "session", ID));
    const partly = await gather(here, { stdin, args: ["--force"] });
    expect(scopeOf(partly.report, "session")?.outcome).toBe("busy");
    expect(scopeOf(partly.report, "repo")?.outcome).toBe("gathered");
    using repo = tryLock(scopeLock(here.paths, "repo", root));
    using account = tryLock(scopeLock(here.paths, "account", here.claudeDir));
    expect([session, repo, account]).not.toContain(undefined);
    const { code, report, elapsedMs } = await gather(here, { stdin, args: ["--force"] });
    expect(report.scopes.map(({ outcome }) => outcome)).toEqual(["busy", "busy", "busy"]);
    expect(code).toBe(75);
    expect(elapsedMs).toBeLessThan(5_000);
  });

  test("wait for each other with --wait", async () => {
    using here = world();
    const stdin = payload(ID, here.session(ID), here.box.home);
    await gather(here, { stdin });
    const lock = tryLock(scopeLock(here.paths, "session", ID));
    const waiting = gather(here, { stdin, args: ["--force", "--wait"] });
    const before = states(here, ID, "/").session?.attempts.startedAt ?? 0;
    await until(
      "the account is gathered",
      () => (states(here, ID, "/").account?.attempts.startedAt ?? 0) > before,
    );
    expect(states(here, ID, "/").session?.attempts.startedAt).toBe(before);
    const released = Date.now();
    lock?.release();
    const { code, report } = await waiting;
    expect(code).toBe(0);
    // What is due is decided after the wait.
    expect(states(here, ID, "/").session?.attempts.startedAt).toBeGreaterThanOrEqual(released);
    expect(report.scopes.map(({ outcome }) => outcome)).toEqual(["gathered", "gathered"]);
  });
});

describe("the user's own commands", () => {
  test("give one sanitised line each, and are run without a shell", async () => {
    using here = world();
    configure(here, {
      plain: { run: ["echo", "$HOME; `id`"], refreshMs: 30_000, deadlineMs: 5_000 },
      coloured: shell(
        String.raw`printf '\n\033[31mred\033[0m \033]8;;http://x\007link\033]8;;\007 \302\200 \342\200\256 end\nsecond\n'`,
      ),
      where: shell("pwd"),
    });
    await gather(here, { stdin: payload(ID, here.session(ID), here.box.home) });
    const facts = states(here, ID, "/").session?.parts.commands?.value;
    expect(facts?.plain?.text).toBe("$HOME; `id`");
    expect(facts?.coloured?.text).toMatch(/^red link +end$/);
    expect(facts?.where?.text).toBe(here.box.home);
  });

  test("that fail keep their last line, with the reason", async () => {
    using here = world();
    const flag = here.box.path("flag");
    configure(here, {
      turns: shell(`test -e '${flag}' && { echo oops >&2; exit 3; }; echo fine`),
      hangs: shell(`trap '' TERM; sleep ${nap(62)} & sleep ${nap(62)}`, { deadlineMs: 200 }),
      floods: shell("yes"),
      missing: { run: ["/nonexistent/tool"], refreshMs: 30_000, deadlineMs: 1_000 },
    });
    const stdin = payload(ID, here.session(ID), here.box.home);
    await gather(here, { stdin });
    writeFileSync(flag, "");
    await gather(here, { stdin, args: ["--force"] });
    const facts = states(here, ID, "/").session?.parts.commands?.value;
    expect(facts?.turns).toMatchObject({ text: "fine", error: "/bin/sh exited with 3: oops" });
    expect(facts?.turns?.gatheredAt).toBeLessThan(facts?.turns?.triedAt ?? 0);
    expect(facts?.hangs).toMatchObject({
      text: "",
      gatheredAt: 0,
      error: "/bin/sh did not finish within 0.2 s",
    });
    expect(facts?.floods?.error).toInclude("wrote more than 64 KiB");
    expect(facts?.missing?.error).toInclude("cannot be started");
    expect(processesWith(nap(62))).toEqual([]);
  });
});

describe("the deadline of a pass", () => {
  test("kills what the pass has started, and the results so far are written", async () => {
    using here = world();
    configure(here, {
      endless: shell(`trap '' TERM; sleep ${nap(63)} & sleep ${nap(63)}`, { deadlineMs: 9_000 }),
    });
    const { report, code, elapsedMs } = await gather(here, {
      stdin: payload(ID, here.session(ID), here.box.home),
      args: ["--deadline", "1"],
    });
    expect(code).toBe(0);
    expect(report.cut).toBe(true);
    expect(elapsedMs).toBeLessThan(5_000);
    const { session, account } = states(here, ID, "/");
    expect(session?.parts.transcript?.value?.turns).toBe(1);
    expect(session?.parts.commands?.value?.endless?.error).toInclude("was stopped with the pass");
    expect(session?.attempts.endedAt).toBeGreaterThan(0);
    expect(account?.parts.usage?.error).toBeUndefined();
    expect(processesWith(nap(63))).toEqual([]);
    expect(logText(here)).toInclude("was not done after 1 s");
  });

  test("is enforced by the kernel when the pass hangs, and the next pass works and logs it", async () => {
    using here = world();
    configure(here, { slow: shell("sleep 2.75", { deadlineMs: 9_000 }) });
    const transcript = here.session(ID);
    const stdin = payload(ID, transcript, here.box.home);
    const child = Bun.spawn([BINARY, "gather", "--deadline", "0.8"], {
      env: here.box.env,
      stdin: Buffer.from(stdin),
      stdout: "ignore",
      stderr: "ignore",
    });
    await until("the pass has begun", () => (states(here, ID, "/").session?.attempts.startedAt ?? 0) > 0);
    child.kill("SIGSTOP");
    // Only the kernel's timer still runs.
    await Bun.sleep(1_900);
    child.kill("SIGCONT");
    await child.exited;
    expect([child.exitCode, child.signalCode]).toEqual([null, "SIGALRM"]);
    configure(here, {});
    const next = await gather(here, { stdin, args: ["--force"] });
    expect(next.code).toBe(0);
    expect(logText(here)).toInclude("the previous pass was killed");
  });

  test("need not come: a finished part is written while a slow one still runs", async () => {
    using here = world();
    configure(here, { slow: shell(`sleep ${nap(66)}`, { deadlineMs: 20_000 }) });
    const child = background(here, { sessionId: ID, transcriptPath: here.session(ID), cwd: here.box.home });
    await until("the command runs", () => processesWith(nap(66)).length > 0);
    await until(
      "the transcript is written",
      () => states(here, ID, "/").session?.parts.transcript?.value?.turns === 1,
    );
    expect(processesWith(nap(66)).length).toBeGreaterThan(0);
    child.kill("SIGTERM");
    await child.exited;
  });

  test("may come early: TERM ends a pass as its deadline would", async () => {
    using here = world();
    configure(here, { endless: shell(`sleep ${nap(64)}`, { deadlineMs: 9_000 }) });
    const child = background(here, { sessionId: ID, transcriptPath: here.session(ID), cwd: here.box.home });
    await until("the command runs", () => processesWith(nap(64)).length > 0);
    child.kill("SIGTERM");
    await child.exited;
    expect(child.signalCode).toBeNull();
    expect(processesWith(nap(64))).toEqual([]);
    expect(states(here, ID, "/").session?.parts.transcript?.value?.turns).toBe(1);
  });
});

describe("a pass survives", () => {
  test("no git, no transcript, no Claude Code: each is an error of its part", async () => {
    using here = world();
    const root = here.repo("repo");
    const { code, report } = await gather(here, {
      stdin: payload(ID, here.box.path("nothing.jsonl"), root),
      env: { PATH: "/nonexistent", CLAUDE_CONFIG_DIR: here.box.path("nowhere") },
    });
    expect(code).toBe(1);
    expect(outcomeOf(report, "repo git")?.error).toBe("git is not installed");
    expect(outcomeOf(report, "session transcript")).toMatchObject({
      outcome: "waiting",
      error: "there is no transcript yet",
    });
    expect(outcomeOf(report, "account usage")?.outcome).toBe("good");
    expect(outcomeOf(report, "account sessions")?.outcome).toBe("good");
    expect(states(here, ID, root).repo?.parts.git).toMatchObject({
      value: null,
      error: "git is not installed",
      failures: 1,
    });
    expect(logText(here)).toInclude("repo git: git is not installed");
  });

  test.skipIf(GIT === null)(
    "a failing part, which keeps its last good value and its age (needs git)",
    async () => {
      using here = world();
      const root = here.repo("repo", "trunk");
      const stdin = payload(ID, here.session(ID), root);
      await gather(here, { stdin });
      const before = states(here, ID, root).repo?.parts.git;
      await gather(here, { stdin, args: ["--force"], env: { PATH: "/nonexistent" } });
      const after = states(here, ID, root).repo?.parts.git;
      expect(after).toMatchObject({
        value: before?.value as object,
        gatheredAt: before?.gatheredAt as number,
      });
      expect(after?.error).toBe("git is not installed");
      expect(after?.triedAt).toBeGreaterThan(before?.triedAt as number);
    },
  );

  test("a transcript that appears late, without backing off, and one that disappears", async () => {
    using here = world();
    const stdin = payload(ID, join(here.claudeDir, "projects/-p", `${ID}.jsonl`), here.box.home);
    for (let count = 0; count < 3; count++) await gather(here, { stdin, args: ["--force"] });
    const early = states(here, ID, "/").session;
    expect(early?.parts.transcript).toMatchObject({ value: null, error: "there is no transcript yet" });
    expect(early?.parts.transcript?.failures).toBeUndefined();
    expect(early?.attempts.notBefore).toBe(0);
    const transcript = here.session(ID, 2);
    await gather(here, { stdin, args: ["--force"] });
    rmSync(transcript);
    await gather(here, { stdin, args: ["--force"] });
    expect(states(here, ID, "/").session?.parts.transcript).toMatchObject({
      value: { turns: 2 },
      error: "the transcript is missing",
      failures: 1,
    });
  });

  test("a scope that fails as a whole, which backs off, up to a minute", async () => {
    using here = world();
    const root = here.repo("repo");
    const options = { stdin: payload(ID, here.session(ID), root), env: { PATH: "/nonexistent" } };
    const waits: number[] = [];
    for (let failure = 0; failure < 6; failure++) {
      await gather(here, { ...options, args: ["--force"] });
      const attempts = states(here, ID, root).repo?.attempts;
      waits.push((attempts?.notBefore ?? 0) - (attempts?.endedAt ?? 0));
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    const { report } = await gather(here, options);
    expect(scopeOf(report, "repo")?.outcome).toBe("backing off");
  });

  test("a damaged ledger: it is moved aside, the figures are restored, and the log says so", async () => {
    using here = world();
    const stdin = payload(ID, here.session(ID, 4), here.box.home);
    await gather(here, { stdin });
    writeFileSync(here.paths.ledger, "this is no database ".repeat(1_000));
    for (const suffix of ["-wal", "-shm"]) writeFileSync(here.paths.ledger + suffix, "");
    const { code } = await gather(here, { stdin, args: ["--force"] });
    expect(code).toBe(0);
    expect(states(here, ID, "/").session?.parts.usage?.value?.output).toBe(400);
    expect(logText(here)).toInclude("the ledger was damaged");
    expect(
      readdirSync(here.paths.root).filter((name) => name.startsWith("ledger.db")).length,
    ).toBeGreaterThan(1);
  });

  test("a clock that was set a day back or forward", async () => {
    using here = world();
    const stdin = payload(ID, here.session(ID), here.box.home);
    for (const days of [1, -1]) {
      await gather(here, { stdin, args: ["--force"] });
      const file = stateFile(here.paths, "session", ID);
      const shift = (text: string) =>
        text.replace(
          /"(gatheredAt|triedAt|startedAt|endedAt)":(\d+)/g,
          (_, name, at) => `"${name}":${Number(at) + days * 86_400_000}`,
        );
      writeFileSync(file, shift(readFileSync(file, "utf8")));
      const { report, code } = await gather(here, { stdin });
      expect(code).toBe(0);
      expect(outcomeOf(report, "session transcript")?.outcome).toBe("good");
    }
  });

  test("state files that are torn or invalid", async () => {
    using here = world();
    const root = here.repo("repo");
    const stdin = payload(ID, here.session(ID, 2), root);
    await gather(here, { stdin });
    writeFileSync(stateFile(here.paths, "session", ID), '{"version":1,"sess');
    writeFileSync(
      stateFile(here.paths, "repo", root),
      JSON.stringify({ version: 1, root, attempts: 5, parts: { git: 7 } }),
    );
    const { report } = await gather(here, { stdin });
    expect(scopeOf(report, "session")?.outcome).toBe("gathered");
    expect(scopeOf(report, "repo")?.outcome).toBe("gathered");
    expect(states(here, ID, root).session?.parts.transcript?.value?.turns).toBe(2);
  });

  test("being killed at any instant: the next one works, and nothing accumulates", async () => {
    using here = world();
    const root = here.repo("repo", "trunk");
    const transcriptPath = here.session(ID, 50);
    const handover = { sessionId: ID, transcriptPath, cwd: root, root, claudeDir: here.claudeDir };
    const kills = Number(process.env.PLIMSOLL_TEST_KILLS ?? 25);
    for (let count = 0; count < kills; count++) {
      const child = background(here, handover);
      await Bun.sleep(Math.random() * 70);
      child.kill("SIGKILL");
      await child.exited;
      // The next pass finds complete files or none.
      for (const folder of [here.paths.sessions, here.paths.repos, here.paths.accounts]) {
        if (!existsSync(folder)) continue;
        for (const name of readdirSync(folder).filter((each) => each.endsWith(".json")))
          JSON.parse(readFileSync(join(folder, name), "utf8"));
      }
    }
    const { report } = await gather(here, {
      stdin: payload(ID, transcriptPath, root),
      args: ["--force", "--wait"],
    });
    expect(report.scopes.map(({ outcome }) => outcome)).toEqual(["gathered", "gathered", "gathered"]);
    const { session, account } = states(here, ID, root);
    expect(session?.parts.transcript?.value?.turns).toBe(50);
    expect(session?.parts.usage?.value?.output).toBe(5_000);
    expect(account?.parts.usage?.value?.today.output).toBe(5_000);
    expect(leftovers(here).length).toBeLessThan(kills);
  });
});
