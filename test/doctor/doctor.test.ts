/** What doctor says where nothing is wrong, that it only looks, and how it tells. */
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKS } from "../../src/doctor/checks/index.ts";
import { examine } from "../../src/doctor/examine.ts";
import { mend } from "../../src/doctor/fix.ts";
import { payload, world } from "../gather/world.ts";
import { BINARY, run, sandbox } from "../helpers/binary.ts";
import { hasTmux, terminal } from "../helpers/tmux.ts";
import { doctor, fix, healthy, ID, render, snapshot, useLine } from "./clinic.ts";

test("a home after a session gets nothing but good answers, and exit 0", async () => {
  using here = await healthy();
  const { code, results, ok, findings } = await doctor(here);
  expect(results.filter(({ level }) => level !== "good")).toEqual([]);
  expect([code, ok, findings]).toEqual([0, true, 0]);
  expect((await run(["doctor"], { env: here.box.env })).stdout).toEndWith("\nhealthy\n");
});

test("a home right after set-up is healthy: that nothing has run yet is a note", async () => {
  using here = world();
  useLine(here, `${BINARY} display`);
  const { code, bad, of } = await doctor(here);
  expect([code, bad]).toEqual([0, []]);
  expect(of("state").level).toBe("note");
  expect(of("ledger").level).toBe("note");
  expect(of("replay").level).toBe("note");
  expect(of("replay").text).toStartWith("no payload kept yet: a sample drawn");
});

test("a home without anything: no line is asked for, and that is the one finding", async () => {
  using box = sandbox();
  const { code, stdout } = await run(["doctor"], { env: box.env });
  expect(code).toBe(1);
  expect(stdout).toContain("no settings file has a status line");
  expect(stdout).toContain("\n1 finding");
});

test("without a place for state, or with a wrong word, it cannot look: exit 2", async () => {
  using box = sandbox();
  const { HOME: _home, PLIMSOLL_STATE: _state, ...homeless } = box.env;
  const nowhere = await run(["doctor"], { env: homeless, cwd: "/" });
  expect(nowhere).toMatchObject({ code: 2, stdout: "" });
  expect(nowhere.stderr).toContain("HOME is not set");
  expect(await run(["doctor", "all"], { env: box.env })).toMatchObject({ code: 2, stdout: "" });
});

test("in a directory that was removed, neither doctor nor gather speaks of an internal error", async () => {
  using here = await healthy();
  const within = here.box.path("gone");
  const started = async (command: string) => {
    mkdirSync(within);
    const script = `rmdir '${within}'; exec '${BINARY}' ${command}`;
    const child = Bun.spawn(["sh", "-c", script], { cwd: within, env: here.box.env, stderr: "pipe" });
    const [said, code] = [await child.stderr.text(), await child.exited];
    expect(said).toStartWith("plimsoll: cannot use the working directory: no such file or directory\n");
    return code;
  };
  expect([await started("doctor"), await started("gather --wait")]).toEqual([2, 74]);
});

test("with a state directory but no HOME it says which settings it cannot find", async () => {
  using here = await healthy();
  const { HOME: _, ...homeless } = here.box.env;
  const { code, stdout } = await run(["doctor"], { env: homeless, cwd: "/" });
  expect(code).toBe(1);
  expect(stdout).toContain("HOME is not set");
});

test("looking changes nothing, neither in a healthy home nor in a damaged one", async () => {
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

test("started in a directory that is gone, it says so, and cannot look; nor can gather", () => {
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

test("nothing is made where there is no state", async () => {
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

test("every line fits 80 columns, and no text from outside reaches the terminal raw", async () => {
  using here = await healthy();
  useLine(
    here,
    `/opt/\u001b[31m\u202e${"long".repeat(60)} and many more words of a command that is not ours`,
  );
  const { stdout, code } = await run(["doctor"], { env: here.box.env });
  expect(code).toBe(1);
  expect(stdout).toContain("BAD   settings");
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
    // What is broken by the terminal instead of by us begins at the left edge.
    const results = shown.slice(shown.indexOf("ok "), shown.indexOf("healthy"));
    for (const line of results.trimEnd().split("\n")) expect(line).toMatch(/^(ok {4}|note {2}|BAD {3}| {4})/);
  }
});

test.skipIf(!hasTmux)(
  "in a terminal that spoils the line, that is a finding; in a pipe it is none (tmux)",
  async () => {
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
  },
);

test("a check that throws, or never answers, is a finding, and keeps no other from being made", async () => {
  const failing = { name: "failing", about: "", run: () => Promise.reject(new Error("no luck")) };
  const hanging = { name: "hanging", about: "", run: () => new Promise<never>(() => {}) };
  const fine = { name: "fine", about: "", run: () => ({ level: "good" as const, text: "fine" }) };
  const { ok, results } = await examine([failing, hanging, fine], {} as never, 50);
  expect(ok).toBe(false);
  expect(results.map(({ level, text }) => [level, text])).toEqual([
    ["bad", "cannot be checked: no luck"],
    ["bad", "cannot be checked: no answer after 0.05 s"],
    ["good", "fine"],
  ]);
});

test("a fix that fails is told, and keeps no other from being made", async () => {
  const broken = () => {
    throw new Error("no luck");
  };
  const acts = await mend(
    [
      { check: "a", level: "bad", text: "", hint: "", fix: broken },
      { check: "b", level: "note", text: "", fix: (say) => say("done") },
    ],
    () => {},
  );
  expect(acts).toEqual([
    { check: "a", act: "not mended: no luck" },
    { check: "b", act: "done" },
  ]);
});

test("every check has a name of its own and says what it makes sure of", () => {
  expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
  for (const { about } of CHECKS) expect(about.length).toBeGreaterThan(20);
});

test("the last payload is the one that is replayed", async () => {
  using here = await healthy();
  expect((await doctor(here)).of("replay").text).toMatch(
    /^the last payload \(0 min old\) drawn as \d rows? in/,
  );
  expect(await Bun.file(here.paths.lastPayload).json()).toMatchObject({ session_id: ID });
});
