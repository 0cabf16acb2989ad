/** Ended processes of this program that their parent did not reap. */
import { lookUp } from "../../os/identity.ts";
import { PASS_RUN_MS } from "../../state/timeouts.ts";
import { type Check, counted, error, ok } from "../check.ts";
import { describeProcess, isSame, isThisProgram, stateRootOf } from "../own-processes.ts";
import { type UserProcess, userProcesses } from "../user-processes.ts";

/** Some inits of containers reap only every other second. Milliseconds. */
const TIMEOUT_MS = 4_000;

const INIT = 1;
/** A zombie under init counts only from this age on: then init does not reap. */
const OLDER_THAN_A_PASS_MS = PASS_RUN_MS + 5_000;

export const zombies: Check = {
  name: "zombies",
  about: "every ended process of ours is reaped by its parent",
  run: async ({ paths }) => {
    let lasting = await zombiesOf(paths.root);
    const until = performance.now() + TIMEOUT_MS;
    while (lasting.length > 0 && performance.now() < until) {
      await Bun.sleep(50);
      const now = await zombiesOf(paths.root);
      lasting = lasting.filter(({ pid }) => now.some((process) => process.pid === pid));
    }
    if (lasting.length === 0) return ok("none");
    return error(counted(lasting.length, "zombie"), {
      details: lasting.map((each) => `${describeProcess(each)}${parentOf(each)}`),
      hint: "their parent does not reap them: in a container, start it with an init (docker run --init)",
    });
  },
};

/** A zombie has no environment: it is not ours if its parent uses another state directory. */
async function zombiesOf(root: string): Promise<UserProcess[]> {
  return (await userProcesses()).filter((process) => {
    if (process.state !== "Z" || !isThisProgram(process)) return false;
    if (process.parent === INIT && process.ageS * 1000 < OLDER_THAN_A_PASS_MS) return false;
    const parentRoot = stateRootOf(process.parent);
    return parentRoot === undefined || isSame(parentRoot, root);
  });
}

function parentOf({ parent }: UserProcess): string {
  const found = lookUp(parent);
  return found.kind === "found" ? ` (its parent is ${found.facts.name})` : "";
}
