/** Processes that do not end, and lock holders: reported, and ended if verified to be ours. */
import { afterEach, expect, test } from "bun:test";
import { scopeLock } from "../../src/state/paths.ts";
import { configure, processesWith, type World } from "../gather/world.ts";
import { BINARY, run, until } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES, look } from "../helpers/processes.ts";
import { doctor, expectFixed, expectLeft, fix, healthy, ID } from "./clinic.ts";

const started: Bun.Subprocess[] = [];
const commands: string[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
    await child.exited;
  }
  // Leftovers of a failed test.
  for (const pid of commands.splice(0).flatMap(processesWith)) process.kill(pid, "SIGKILL");
});

function start(here: World, argv: string[]): Bun.Subprocess {
  const child = Bun.spawn(argv, { env: here.box.env, stdio: ["ignore", "ignore", "ignore"] });
  started.push(child);
  return child;
}

/** Seconds to sleep, unique, to identify a process. */
function newWord(): string {
  const word = `33.${process.pid}${commands.length}${Date.now()}`;
  commands.push(word);
  return word;
}

/** A pass whose user command sleeps. */
async function slowPass(here: World): Promise<{ pass: Bun.Subprocess; word: string }> {
  const word = newWord();
  configure(here, { slow: { run: ["/bin/sleep", word], refreshMs: 1_000, deadlineMs: 9_000 } });
  const pass = start(here, [BINARY, "gather", "--force", "--session", ID]);
  await until("the command runs", () => processesWith(word).length > 0);
  return { pass, word };
}

test.skipIf(!CAN_SEE_PROCESSES)("a stopped pass that holds a lock: ended", async () => {
  using here = await healthy();
  const { pass, word } = await slowPass(here);
  pass.kill("SIGSTOP");
  await until("it is stopped", () => look(pass.pid)?.state === "T");
  const { bad, of, code } = await doctor(here);
  expect([bad, code]).toEqual([["passes", "locks"], 1]);
  expect(of("passes").details?.[0]).toStartWith(`pid ${pass.pid}, state T`);
  expect(of("locks").details?.join()).toContain(`stopped by pid ${pass.pid}`);
  const acts = await expectFixed(here, "passes");
  expect(acts[0]).toBe(`sent TERM to pid ${pass.pid}`);
  await pass.exited;
  expect(processesWith(word)).toEqual([]);
});

test.skipIf(!CAN_SEE_PROCESSES)("an orphan of a killed pass: ended, and no other process", async () => {
  using here = await healthy();
  const { pass, word } = await slowPass(here);
  const bystander = start(here, ["/bin/sleep", "33"]);
  pass.kill("SIGKILL");
  await pass.exited;
  const [orphan] = processesWith(word);
  const { bad, of } = await doctor(here);
  expect(bad).toEqual(["orphans"]);
  expect(of("orphans").details?.[0]).toStartWith(`pid ${orphan}, state S`);
  await expectFixed(here, "orphans");
  expect(processesWith(word)).toEqual([]);
  expect(look(bystander.pid)?.state).toBe("S");
});

test.skipIf(!CAN_SEE_PROCESSES)("a process with another state directory is not ours", async () => {
  using here = await healthy();
  using other = await healthy();
  const { pass } = await slowPass(other);
  pass.kill("SIGSTOP");
  await until("it is stopped", () => look(pass.pid)?.state === "T");
  const { bad, fixed } = await fix(here);
  expect([bad, fixed]).toEqual([[], []]);
  expect(look(pass.pid)?.state).toBe("T");
  await fix(other);
});

test.skipIf(!CAN_SEE_PROCESSES)(
  "a lock of ours held by a stopped process of the user: reported, not ended",
  async () => {
    using here = await healthy();
    const lock = scopeLock(here.paths, "session", ID);
    const holder = start(here, [BINARY, "lock", "run", lock, "--", "/bin/sleep", "60"]);
    await until("it holds the lock", async () =>
      (await run(["lock", "status", lock], { env: here.box.env })).stdout.includes("held by"),
    );
    expect((await doctor(here)).of("locks")).toMatchObject({ level: "note" });
    holder.kill("SIGSTOP");
    await until("it is stopped", () => look(holder.pid)?.state === "T");
    expect((await doctor(here)).of("locks").details?.[0]).toContain(`stopped by pid ${holder.pid}`);
    await expectLeft(here, "locks");
    holder.kill("SIGCONT");
  },
);

test.skipIf(!CAN_SEE_PROCESSES)("a lock of ours kept by the child of a killed holder: reported", async () => {
  using here = await healthy();
  const word = newWord();
  const lock = scopeLock(here.paths, "session", ID);
  const holder = start(here, [BINARY, "lock", "run", lock, "--", "/bin/sleep", word]);
  await until("it holds the lock", () => processesWith(word).length > 1);
  holder.kill("SIGKILL");
  await holder.exited;
  // Until exec, the child has the command line of its parent.
  await until("the heir is there", () => processesWith(word).length === 1);
  const [heir] = processesWith(word);
  const { bad, of } = await doctor(here);
  expect(bad).toEqual(["locks"]);
  expect(of("locks").details?.[0]).toContain(`inherited by pid ${holder.pid}, kept by pid ${heir}`);
  expect(of("locks").hint).toContain(`plimsoll lock release --force session-${ID}`);
  await expectLeft(here, "locks");
});

test.skipIf(!CAN_SEE_PROCESSES || Bun.which("ps") === null)(
  "a zombie that its parent does not reap (ps)",
  async () => {
    using here = await healthy();
    // The shell is replaced by a program that does not know of the child.
    const parent = start(here, ["/bin/sh", "-c", `'${BINARY}' --version >/dev/null & exec sleep 60`]);
    const zombies = () =>
      Bun.spawnSync(["ps", "-o", "stat=", "--ppid", String(parent.pid)]).stdout.toString();
    await until("there is a zombie", () => zombies().startsWith("Z"));
    const { of, bad } = await doctor(here);
    expect(bad).toEqual(["zombies"]);
    expect(of("zombies").details?.join()).toContain(`parent ${parent.pid}`);
    expect(of("zombies").details?.join()).toContain("sleep");
  },
);
