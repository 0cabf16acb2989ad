/** Doctor in a healthy home, that it changes nothing, and its output. */
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKS } from "../../src/doctor/checks/index.ts";
import { applyFixes, examine } from "../../src/doctor/examine.ts";
import { payload, world } from "../gather/world.ts";
import { BINARY, run, sandbox } from "../helpers/binary.ts";
import { hasTmux, terminal } from "../helpers/tmux.ts";
import { doctor, fix, healthy, ID, render, snapshot, useLine } from "./clinic.ts";

test("a home after a session is healthy in every check, exit 0", async () => {
  using here = await healthy();
  const { code, results, ok, findings } = await doctor(here);
  expect(results.filter(({ level }) => level !== "good")).toEqual([]);
  expect([code, ok, findings]).toEqual([0, true, 0]);
  expect((await run(["doctor"], { env: here.box.env })).stdout).toEndWith("\nhealthy\n");
});

test("a home right after setup is healthy: that nothing has run yet is info", async () => {
  using here = world();
  useLine(here, `${BINARY} display`);
  const { code, bad, of } = await doctor(here);
  expect([code, bad]).toEqual([0, []]);
  expect(of("state").level).toBe("note");
  expect(of("ledger").level).toBe("note");
  expect(of("replay").level).toBe("note");
  expect(of("replay").text).toStartWith("no payload kept yet: a sample drawn");
});

test("an empty home: the missing line is the only error", async () => {
  using box = sandbox();
  const { code, stdout } = await run(["doctor"], { env: box.env });
  expect(code).toBe(1);
  expect(stdout).toContain("no settings file has a status line");
  expect(stdout).toContain("\n1 error");
});

test("without a state directory, or with an invalid operand, it cannot check: exit 2", async () => {
  using box = sandbox();
  const { HOME: _home, PLIMSOLL_STATE: _state, ...homeless } = box.env;
  const nowhere = await run(["doctor"], { env: homeless, cwd: "/" });
  expect(nowhere).toMatchObject({ code: 2, stdout: "" });
  expect(nowhere.stderr).toContain("HOME is not set");
  expect(await run(["doctor", "all"], { env: box.env })).toMatchObject({ code: 2, stdout: "" });
});

test("in a directory that was removed, neither doctor nor gather reports an internal error", async () => {
  using here = await healthy();
  const within = here.box.path("gone");
  const started = async (command: string) => {
    mkdirSync(within);
    const script = `rmdir '${within}'; exec '${BINARY}' ${command}`;
    const child = Bun.spawn(["sh", "-c", script], { cwd: within, env: here.box.env, stderr: "pipe" });
    const [stderr, code] = [await child.stderr.text(), await child.exited];
    expect(stderr).toStartWith("plimsoll: cannot use the working directory: no such file or directory\n");
    return code;
  };
  expect([await started("doctor"), await started("gather --wait")]).toEqual([2, 74]);
});

test("with a state directory but no HOME it reports the missing settings", async () => {
  using here = await healthy();
  const { HOME: _, ...homeless } = here.box.env;
  const { code, stdout } = await run(["doctor"], { env: homeless, cwd: "/" });
  expect(code).toBe(1);
  expect(stdout).toContain("HOME is not set");
});

test("checking changes nothing, neither in a healthy home nor in a damaged one", async () => {
  using here = await healthy();
  const before = snapshot(here.box.root);
  await doctor(here);
  expect(snapshot(here.box.root)).toEqual(before);

  writeFileSync(here.paths.ledger, "nonsense ".repeat(2_000));
  writeFileSync(join(here.paths.sessions, "torn.json"), '{"version":', { mode: 0o644 });
  writeFileSync(here.paths.log, "x".repeat(300_000));
  const damaged = snapshot(here.box.root);
  expect((await doctor(here)).code).toBe(1);
  expect(snapshot(here.box.root)).toEqual(damaged);
});

test("started in a deleted directory, doctor and gather report that", () => {
  using box = sandbox();
  for (const [command, expected] of [
    ["doctor", 2],
    ["gather", 74],
  ] as const) {
    const { exitCode, stderr } = Bun.spawnSync(
      ["/bin/sh", "-c", `mkdir gone && cd gone && rmdir ../gone && exec '${BINARY}' ${command} </dev/null`],
      { env: box.env, cwd: box.home },
    );
    expect(stderr.toString()).toContain("cannot use the working directory: no such file or directory");
    expect(exitCode).toBe(expected);
  }
});

test("nothing is created where there is no state", async () => {
  using here = world();
  useLine(here, `${BINARY} display`);
  const { fixed } = await fix(here);
  expect(fixed).toEqual([]);
  expect(existsSync(here.paths.root)).toBe(false);
});

test("while sessions render and gather there are no false findings", async () => {
  using here = await healthy();
  const sessions = Array.from({ length: 5 }, (_, index) => {
    const id = `5e551011-0000-4000-8000-${String(index).padStart(12, "0")}`;
    const root = here.repo(`repo${index % 2}`);
    return { id, root, turns: 1 };
  });
  let stop = false;
  const busy = sessions.map(async (session) => {
    while (!stop)
      await render(here, payload(session.id, here.session(session.id, ++session.turns), session.root));
  });
  try {
    for (let round = 0; round < 4; round++) {
      const { bad, code, results } = await doctor(here);
      expect([bad, code, results.filter(({ level }) => level === "bad")]).toEqual([[], 0, []]);
    }
  } finally {
    stop = true;
    await Promise.all(busy);
  }
  expect(sessions.every(({ turns }) => turns > 3)).toBe(true);
});

test("every line fits 80 columns, and foreign text is escaped", async () => {
  using here = await healthy();
  useLine(
    here,
    `/opt/\u001b[31m\u202e${"long".repeat(60)} and many more words of a command that is not ours`,
  );
  const { stdout, code } = await run(["doctor"], { env: here.box.env });
  expect(code).toBe(1);
  expect(stdout).toContain("ERROR  settings");
  expect(stdout.replaceAll(/\s/g, "")).toContain("long".repeat(60));
  for (const line of stdout.trimEnd().split("\n")) {
    expect(Bun.stringWidth(line)).toBeLessThanOrEqual(80);
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  }
});

test.skipIf(!hasTmux)("in a terminal it fits the window, however narrow, with colours (tmux)", async () => {
  using here = await healthy();
  for (const columns of [40, 60, 200]) {
    await using screen = await terminal(here.box.env, { columns, rows: 90 });
    await screen.press(`${BINARY} doctor; echo "code $?"`, "Enter");
    await screen.shows("code 0");
    const shown = await screen.screen();
    expect(shown).toContain("healthy");
    // Lines wrapped by the terminal instead of by us would start at the left edge.
    const results = shown.slice(shown.indexOf("ok "), shown.indexOf("healthy"));
    for (const line of results.trimEnd().split("\n"))
      expect(line).toMatch(/^(ok {5}|info {3}|ERROR {2}| {5})/);
  }
});

test.skipIf(!hasTmux)("an unsuitable terminal is an error; in a pipe it is not (tmux)", async () => {
  using here = await healthy();
  const spoilt = { TERM: "dumb", LANG: "C" };
  expect((await doctor(here, { env: spoilt })).code).toBe(0);
  await using screen = await terminal(here.box.env, { columns: 38, rows: 90 });
  await screen.press(
    `TERM=dumb LANG=C ${BINARY} doctor --json >'${here.box.home}/found'; echo "code $?"`,
    "Enter",
  );
  await screen.shows("code 1");
  const { results } = await Bun.file(join(here.box.home, "found")).json();
  const found = results.filter(({ check }: { check: string }) => check === "terminal");
  expect(found.map(({ level }: { level: string }) => level)).toEqual(["bad", "bad", "bad"]);
  expect(JSON.stringify(found)).toMatch(/TERM is 'dumb'.*icons ascii.*38 columns/);
});

test("a check that throws or hangs is an error, and does not prevent the others", async () => {
  const failing = { name: "failing", about: "", run: () => Promise.reject(new Error("no luck")) };
  const hanging = { name: "hanging", about: "", run: () => new Promise<never>(() => {}) };
  const fine = { name: "fine", about: "", run: () => ({ level: "ok" as const, text: "fine" }) };
  const { ok, results } = await examine([failing, hanging, fine], {} as never, 50);
  expect(ok).toBe(false);
  expect(results.map(({ level, text }) => [level, text])).toEqual([
    ["error", "cannot be checked: no luck"],
    ["error", "cannot be checked: timed out after 0.05 s"],
    ["ok", "fine"],
  ]);
});

test("a fix that fails is reported, and does not prevent the others", async () => {
  const broken = () => {
    throw new Error("no luck");
  };
  const acts = await applyFixes(
    [
      { check: "a", level: "error", text: "", hint: "", fix: broken },
      { check: "b", level: "info", text: "", fix: (report) => report("done") },
    ],
    () => {},
  );
  expect(acts).toEqual([
    { check: "a", act: "not fixed: no luck" },
    { check: "b", act: "done" },
  ]);
});

test("every check has a unique name and a description", () => {
  expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
  for (const { about } of CHECKS) expect(about.length).toBeGreaterThan(20);
});

test("the last payload is replayed", async () => {
  using here = await healthy();
  expect((await doctor(here)).of("replay").text).toMatch(
    /^the last payload \(\d+s old\) drawn as \d rows? in/,
  );
  expect(await Bun.file(here.paths.lastPayload).json()).toMatchObject({ session_id: ID });
});
