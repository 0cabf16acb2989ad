/** Programs that outlive the pass that started them. */
import { type Check, counted, error, ok } from "../check.ts";
import { describeProcess, endingFix, ownProcesses } from "../own-processes.ts";

/** For a pass that is just ending its children. Milliseconds. */
const RECHECK_MS = 100;

export const orphans: Check = {
  name: "orphans",
  about: "nothing that a pass started outlives it",
  run: async ({ paths }) => {
    const first = (await ownProcesses(paths)).orphans;
    if (first.length === 0) return ok("none");
    await Bun.sleep(RECHECK_MS);
    const lasting = (await ownProcesses(paths)).orphans.filter(({ pid }) =>
      first.some((each) => each.pid === pid),
    );
    if (lasting.length === 0) return ok("none");
    return error(counted(lasting.length, "orphan"), {
      details: lasting.map(describeProcess),
      hint: "end them with 'kill PID'; a command of yours must end what it starts",
      ...endingFix(lasting),
    });
  },
};
