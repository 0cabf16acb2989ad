/**
 * Two that want one lock at the same time: one gets it, the other is told so, and the holder is known by its identity.
 *
 * The winner's command waits for a lock of ours, so that it holds on for as long as we look and not by the clock.
 */
import { EXIT } from "../../cli/errors.ts";
import { tryLock } from "../../os/lock/flock.ts";
import type { Bench } from "../bench.ts";
import { expectEnd, expectSame, type Step, Unexpected } from "../step.ts";

export const lock: Step = {
  name: "lock",
  about: "of two that want a lock one gets it, and its status names the verified holder",
  run: async (bench) => {
    const gate = `${bench.root}/gate.lock`;
    const held = tryLock(gate);
    try {
      const contenders = [1, 2].map(() => contend(bench, gate));
      const first = await Promise.race(contenders.map(async (each) => ({ each, ended: await each.ended })));
      expectEnd("the one that did not get the lock", first.ended, `exit ${EXIT.conflict}`);
      const winner = contenders.find((each) => each !== first.each);
      const status = await statusOnceHeld(bench);
      expectSame(
        "the lock's holder",
        { state: status.state, pid: status.pid },
        { state: "held", pid: winner?.pid },
      );
      held?.release();
      expectEnd("the one that got the lock", (await winner?.ended) ?? first.ended, "exit 0");
      expectSame("the lock's state after that", (await statusOf(bench)).state, "free");
      return `exit ${EXIT.conflict} for the second; held by pid ${status.pid}, verified`;
    } finally {
      held?.release();
    }
  },
};

/** What the command of one that got the lock answers when nobody opens the gate. */
const HUNG = "99";

function contend({ program, hangS, start }: Bench, gate: string) {
  const hang = ["lock", "run", "-w", hangS, "-E", HUNG, gate, "--", program, "--version"];
  return start(["lock", "run", "-n", "turn", "--", program, ...hang]);
}

interface Status {
  readonly state?: string;
  readonly pid?: number | null;
}

/** The winner has the lock an instant before it has written down who it is. */
async function statusOnceHeld(bench: Bench): Promise<Status> {
  for (let tries = 20; ; tries--) {
    const status = await statusOf(bench);
    if (status.state !== "owner-unknown" || tries === 0) return status;
    await Bun.sleep(10);
  }
}

async function statusOf({ run }: Bench): Promise<Status> {
  const ended = await run(["lock", "status", "turn", "--json"]);
  expectEnd("asking for the lock's status", ended, "exit 0");
  try {
    return JSON.parse(ended.stdout) as Status;
  } catch (error) {
    throw new Unexpected("the lock's status", "JSON", (error as Error).message);
  }
}
