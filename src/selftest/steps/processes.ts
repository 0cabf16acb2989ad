/** Locks and deadlines: the C library, `lock` and `run`. */
import { EXIT } from "../../cli/errors.ts";
import { identifySelf, verify } from "../../os/identity.ts";
import { tryLock } from "../../os/lock/flock.ts";
import { hangingCommand, type StepContext } from "../context.ts";
import { expectEnd, expectJson, expectSame, type SelftestStep, Unexpected } from "../step.ts";

const NO_LOCKS = "the file system may not support flock(2): choose another place with TMPDIR";
const NO_PROC = "process identity is read from /proc on Linux: it must be mounted";

export const ffi: SelftestStep = {
  name: "ffi",
  about: "the C library works: flock(2), and the start times that identify processes",
  run: async ({ root }) => {
    const path = `${root}/ffi.lock`;
    {
      using first = tryLock(path);
      expectSame("a free lock", first !== undefined, true, NO_LOCKS);
      using second = tryLock(path);
      expectSame("a second lock on a locked file", second !== undefined, false, NO_LOCKS);
    }
    using again = tryLock(path);
    expectSame("the lock after its release", again !== undefined, true, NO_LOCKS);

    const self = identifySelf();
    if (!self) throw new Unexpected("this process's start time", "a number", "nothing", NO_PROC);
    expectSame("whether this process runs", verify(self), "alive", NO_PROC);
    const other = { ...self, start: `${self.start}0` };
    expectSame("whether a process with its pid and a later start runs", verify(other), "dead", NO_PROC);
    return `flock works; pid ${self.pid} started at ${self.start}`;
  },
};

/** The winner's command waits for a lock of ours, so that it holds its own until we have examined it. */
export const lock: SelftestStep = {
  name: "lock",
  about: "one of two contenders gets a lock, and the status names the verified holder",
  run: async (context) => {
    const gate = `${context.root}/gate.lock`;
    const held = tryLock(gate);
    try {
      const hang = hangingCommand(context, gate);
      const contenders = [1, 2].map(() => context.start(["lock", "run", "-n", "turn", "--", ...hang]));
      const loser = await Promise.race(contenders.map(async (each) => ({ each, end: await each.ended })));
      expectEnd("the one that did not get the lock", loser.end, `exit ${EXIT.conflict}`);
      const winner = contenders.find((each) => each !== loser.each);
      const { state, pid } = await statusOnceHeld(context);
      expectSame("the lock's holder", { state, pid }, { state: "held", pid: winner?.pid });
      held?.release();
      expectEnd("the one that got the lock", (await winner?.ended) ?? loser.end, "exit 0");
      expectSame("the lock's state after that", (await statusOf(context)).state, "free");
      return `exit ${EXIT.conflict} for the second; held by pid ${pid}, verified`;
    } finally {
      held?.release();
    }
  },
};

interface StatusJson {
  readonly state?: string;
  readonly pid?: number | null;
}

/** The winner has the lock an instant before it has recorded its identity. */
async function statusOnceHeld(context: StepContext): Promise<StatusJson> {
  for (let tries = 20; ; tries--) {
    const status = await statusOf(context);
    if (status.state !== "owner-unknown" || tries === 0) return status;
    await Bun.sleep(10);
  }
}

async function statusOf({ run }: StepContext): Promise<StatusJson> {
  const end = await run(["lock", "status", "turn", "--json"]);
  expectEnd("the lock's status", end, "exit 0");
  return expectJson("the lock's status", end.stdout) as StatusJson;
}

const DEADLINE_S = "0.2";

export const run: SelftestStep = {
  name: "run",
  about: "a command past its deadline is killed with its children; an exit code is passed on",
  run: async (context) => {
    const { root, program, hangS, start } = context;
    const [gate, mark] = [`${root}/gate.lock`, `${root}/mark.lock`];
    using _closed = tryLock(gate);
    const marked = [program, "lock", "run", "-n", mark, "--", ...hangingCommand(context, gate)];
    const late = await start(["run", DEADLINE_S, ...marked]).ended;
    expectEnd("a command over its deadline", late, `exit ${EXIT.timedOut}`);
    // Any process that is left has inherited this lock.
    using free = tryLock(mark);
    expectSame("what is left of the command", free ? "nothing" : "a process", "nothing");
    const refuse = [program, "lock", "run", "-n", "-E", "42", gate, "--", program, "--version"];
    const refused = await start(["run", hangS, ...refuse]).ended;
    expectEnd("a command that exits", refused, "exit 42");
    return `exit ${EXIT.timedOut} after ${Math.round(late.elapsedMs)} ms, nothing left; exit 42 passed on`;
  },
};
