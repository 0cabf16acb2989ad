import { afterEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SessionRow } from "../../src/gather/sessions.ts";
import { identify } from "../../src/os/identity.ts";
import { run } from "../helpers/binary.ts";
import { background, gather, payload, type World, world } from "./world.ts";

const started: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
    await child.exited;
  }
});

/** A process in place of a client. */
function client(): { child: Bun.Subprocess; pid: number; start: string } {
  const child = Bun.spawn(["sleep", "60"], { stdio: ["ignore", "ignore", "ignore"] });
  started.push(child);
  return { child, pid: child.pid, start: identify(child.pid)?.start ?? "" };
}

function register({ claudeDir }: World, pid: number, entry: object): void {
  mkdirSync(join(claudeDir, "sessions"), { recursive: true });
  writeFileSync(join(claudeDir, "sessions", `${pid}.json`), JSON.stringify({ pid, ...entry }));
}

async function list({ box }: World, ...args: string[]): Promise<SessionRow[]> {
  const { stdout, code } = await run(["sessions", "--json", ...args], { env: box.env });
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

const id = (number: number) => `5e551011-0000-4000-8000-00000000000${number}`;

test("live sessions and ghosts are distinguished by their process, and have their figures", async () => {
  using here = world();
  const [alive, gone] = [client(), client()];
  register(here, alive.pid, { procStart: alive.start, sessionId: id(1), cwd: here.box.home, status: "busy" });
  register(here, gone.pid, { procStart: gone.start, sessionId: id(2), cwd: "/elsewhere" });
  await gather(here, {
    stdin: payload(id(1), here.session(id(1), 3), here.box.home, {
      session_name: "tidy up",
      cost: { total_cost_usd: 1.25 },
      context_window: { context_window_size: 1_000_000, used_percentage: 42 },
    }),
  });
  gone.child.kill("SIGKILL");
  await gone.child.exited;
  const rows = await list(here);
  expect(rows.map(({ state, sessionId, pid }) => [state, sessionId, pid])).toEqual([
    ["live", id(1), alive.pid],
    ["ghost", id(2), gone.pid],
  ]);
  expect(rows[0]).toMatchObject({
    name: "tidy up",
    cwd: here.box.home,
    model: "claude-sonnet-4-5-20250929",
    contextPercent: 42,
    costUsd: 1.25,
    status: "busy",
  });
  const { stdout } = await run(["sessions"], { env: here.box.env });
  expect(stdout).toMatch(/^live +\d+ +tidy up +~ +claude-sonnet-4-5-20250929 +42% +\$1\.25 +\d+s ago$/m);
  expect(stdout).toMatch(/^ghost +\d+ /m);
});

test("a session that has ended is only listed with --all", async () => {
  using here = world();
  const process_ = client();
  const handover = { sessionId: id(3), transcriptPath: here.session(id(3)), clientPid: process_.pid };
  await background(here, { ...handover, cwd: here.box.home, claudeDir: here.claudeDir }).exited;
  expect((await list(here)).map(({ state }) => state)).toEqual(["live"]);
  process_.child.kill("SIGKILL");
  await process_.child.exited;
  expect(await list(here)).toEqual([]);
  expect((await list(here, "--all")).map(({ state }) => state)).toEqual(["ended"]);
});

test("no sessions is an answer, not an error", async () => {
  using here = world();
  expect(await list(here)).toEqual([]);
  const { stdout, code } = await run(["sessions"], { env: here.box.env });
  expect([stdout, code]).toEqual(["no sessions\n", 0]);
});
