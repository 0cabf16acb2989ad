/** A command over its deadline is ended and leaves nothing; one that ends by itself hands its exit code on. */
import { EXIT } from "../../cli/errors.ts";
import { tryLock } from "../../os/lock/flock.ts";
import { expectEnd, expectSame, type Step } from "../step.ts";

/** Seconds. */
const DEADLINE_S = "0.2";
/** What a command answers that nobody has ended. */
const HUNG = "99";

export const run: Step = {
  name: "run",
  about: "a command over its deadline is ended with all it started; an exit code is handed on",
  run: async ({ root, program, hangS, start }) => {
    const [gate, mark] = [`${root}/gate.lock`, `${root}/mark.lock`];
    using _closed = tryLock(gate);
    const hang = [program, "lock", "run", "-w", hangS, "-E", HUNG, gate, "--", program, "--version"];
    const marked = [program, "lock", "run", "-n", mark, "--", ...hang];
    const late = await start(["run", DEADLINE_S, ...marked]).ended;
    expectEnd("a command over its deadline", late, `exit ${EXIT.timedOut}`);
    // Whatever is left of the command has inherited this lock, and would hold it still.
    using free = tryLock(mark);
    expectSame("what is left of the command", free ? "nothing" : "a process", "nothing");
    const refuse = [program, "lock", "run", "-n", "-E", "42", gate, "--", program, "--version"];
    const refused = await start(["run", hangS, ...refuse]).ended;
    expectEnd("a command that ends by itself", refused, "exit 42");
    return `exit ${EXIT.timedOut} after ${Math.round(late.elapsedMs)} ms, nothing left; exit 42 handed on`;
  },
};
