/** Programs that a pass started, and that run on without it. */
import { bad, type Check, counted, good } from "../check.ts";
import { endOwn } from "../end-own.ts";
import { describeProcess, ownProcesses } from "../own-processes.ts";

/** What a pass is about to end when it ends itself has ended by the second look. Milliseconds. */
const SECOND_LOOK_MS = 100;

export const orphans: Check = {
  name: "orphans",
  about: "nothing that a pass started runs on after the pass",
  run: async ({ paths }) => {
    const first = (await ownProcesses(paths)).orphans;
    if (first.length === 0) return good("none");
    await Bun.sleep(SECOND_LOOK_MS);
    const lasting = (await ownProcesses(paths)).orphans.filter(({ pid }) =>
      first.some((each) => each.pid === pid),
    );
    if (lasting.length === 0) return good("none");
    return bad(counted(lasting.length, "orphan"), {
      details: lasting.map(describeProcess),
      hint: "end them with 'kill PID'; if it is one of your own commands, see that it ends what it starts",
      ...endOwn(lasting),
    });
  },
};
