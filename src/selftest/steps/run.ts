/** `run` kills a command at its deadline with everything it started, and passes an exit code on. */
import { EXIT } from "../../cli/exit-codes.ts";
import { tryLock } from "../../os/lock/flock.ts";
import { hangingCommand } from "../context.ts";
import { expectEnd, expectSame, type SelftestStep } from "../step.ts";

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
