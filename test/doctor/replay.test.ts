/** Status lines that fail in the client: doctor finds them by running them as the client does. */
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../gather/world.ts";
import { BINARY, until } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES, look, processesOf } from "../helpers/processes.ts";
import { doctor, fix, healthy, snapshot, useLine } from "./clinic.ts";

/** Replace the program by a script. */
function useScript(here: World, body: string): string {
  const path = join(here.box.path("bin"), "plimsoll");
  mkdirSync(here.box.path("bin"), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  useLine(here, `${path} display`);
  return path;
}

const FAULTS: readonly [what: string, script: string, text: RegExp][] = [
  ["hangs", "sleep 60", /no line after 2\d\d\d ms/],
  ["waits for the end of its input", "cat >/dev/null; echo row", /no line after/],
  ["fails", "echo row; echo sorry >&2; exit 3", /exits with 3: Claude Code erases the line/],
  ["dies of a signal", "kill -9 $$", /exits with 137: Claude Code erases the line/],
  ["prints nothing", "exit 0", /prints nothing/],
  ["prints blanks", "echo; echo ' '", /prints nothing/],
  ["is too wide", `printf '%0200d\\n' 7`, /200 cells where 76 fit/],
  ["prints raw controls", `printf 'a\\033[2Jb\\n'`, /control characters/],
];

for (const [what, script, text] of FAULTS)
  test.concurrent(`a line that ${what} is an error, and its home is unchanged`, async () => {
    using here = await healthy();
    useScript(here, script);
    const before = snapshot(here.box.root);
    const { bad, code, of, elapsedMs } = await doctor(here);
    expect([bad, code]).toEqual([["replay"], 1]);
    expect(of("replay").text).toMatch(text);
    expect(of("replay").fixable).toBe(false);
    expect(elapsedMs).toBeLessThan(8_000);
    expect(snapshot(here.box.root)).toEqual(before);
    if (CAN_SEE_PROCESSES) expect(processesOf(here.box.root)).toEqual([]);
  });

test("stderr of a failing line is shown, without control characters", async () => {
  using here = await healthy();
  useScript(here, "printf 'no such \\033[31mthing\\n' >&2; exit 1");
  expect((await doctor(here)).of("replay").details?.[0]).toContain("no such");
});

test.skipIf(!CAN_SEE_PROCESSES)(
  "a line that leaves a process running is an error, and the process is ended",
  async () => {
    using here = await healthy();
    // Also one without the mark, and one that left the group.
    for (const lasting of ["sleep 60", "env -i sleep 60", "setsid sleep 60"]) {
      useScript(here, `${lasting} >'${here.box.path("out")}' & echo row`);
      const { bad, of } = await doctor(here);
      expect([lasting, ...bad]).toEqual([lasting, "replay"]);
      expect(of("replay").text).toBe("the command left 1 process running");
      const [, pid] = of("replay").details?.[0]?.match(/^pid (\d+): sleep 60$/) ?? [];
      expect(look(Number(pid))?.state ?? "Z").toBe("Z");
      expect(processesOf(here.box.root)).toEqual([]);
    }
  },
);

test.skipIf(!CAN_SEE_PROCESSES)("a doctor that is ended kills the line", async () => {
  using here = await healthy();
  useScript(here, "sleep 60");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const child = Bun.spawn([BINARY, "doctor"], { env: here.box.env, cwd: here.box.home, stdout: "ignore" });
    const others = () => processesOf(here.box.root).filter(({ pid }) => pid !== child.pid);
    await until("the line is being drawn", () => others().length > 1);
    child.kill(signal);
    await child.exited;
    expect(child.signalCode).toBe(signal);
    await until("nothing of it runs", () => others().length === 0);
  }
});

test.skipIf(!CAN_SEE_PROCESSES)(
  "it is run as by the client: its own session, sockets, width, no gather",
  async () => {
    using here = await healthy();
    const seen = here.box.path("seen");
    useScript(
      here,
      `{ ls -l /proc/$$/fd; cut -d' ' -f1,5,6 /proc/$$/stat; env; } >'${seen}'; exec '${BINARY}' display`,
    );
    expect((await doctor(here)).bad).toEqual([]);
    const text = readFileSync(seen, "utf8");
    for (const fd of [0, 2]) expect(text).toMatch(new RegExp(` ${fd} -> socket:`));
    for (const variable of ["CLAUDECODE=1", "COLUMNS=80", "LINES=24", "PLIMSOLL_NO_GATHER=1"])
      expect(text.split("\n")).toContain(variable);
    const [, group, session] = (text.match(/^(\d+) (\d+) (\d+)$/m) ?? []).slice(1);
    expect(group).toBe(session as string);
  },
);

test("another program's line, or one from an untrusted folder, is not run", async () => {
  using here = await healthy();
  const project = here.box.path("project");
  const ran = here.box.path("ran");
  mkdirSync(join(project, ".claude"), { recursive: true });
  const program = useScript(here, `: >'${ran}'; echo row`);
  useLine(here, `: >'${ran}'; echo row`);
  expect((await doctor(here)).bad).toEqual(["settings"]);
  useLine(here, `${BINARY} display`);
  const settings = { statusLine: { type: "command", command: `${program} display` } };
  writeFileSync(join(project, ".claude/settings.json"), JSON.stringify(settings));
  const { of } = await doctor(here, { cwd: project });
  expect(of("replay").text).toContain("this program");
  expect(await Bun.file(ran).exists()).toBe(false);

  const trust = { projects: { [project]: { hasTrustDialogAccepted: true } } };
  writeFileSync(join(here.box.home, ".claude.json"), JSON.stringify(trust));
  expect((await doctor(here, { cwd: project })).of("replay").text).toContain("by the settings' command");
  expect(await Bun.file(ran).exists()).toBe(true);
});

test("a line that fails stays an error with --fix, which does not change it", async () => {
  using here = await healthy();
  useScript(here, "exit 1");
  const before = readFileSync(join(here.claudeDir, "settings.json"), "utf8");
  const { bad, fixed, code } = await fix(here);
  expect([bad, fixed, code]).toEqual([["replay"], [], 1]);
  expect(readFileSync(join(here.claudeDir, "settings.json"), "utf8")).toBe(before);
});
