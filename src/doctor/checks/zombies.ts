/** Ended processes of this program that nobody waits for. */
import { lookUp } from "../../os/identity.ts";
import { bad, type Check, counted, good } from "../check.ts";
import { describeProcess, isSame, isThisProgram, stateRootOf } from "../own-processes.ts";
import { type UserProcess, userProcesses } from "../user-processes.ts";

/**
 * A process that has just ended is a zombie until its parent gets round to it, and some inits of containers do that
 * every other second only. Milliseconds.
 */
const PATIENCE_MS = 4_000;

/** An init that does not wait for passes has some that are older: a pass itself does not get this old. Seconds. */
const YOUNG_S = 40;
const INIT = 1;

export const zombies: Check = {
  name: "zombies",
  about: "no ended process of ours waits for its parent",
  run: async ({ paths }) => {
    let lasting = await dead(paths.root);
    const until = performance.now() + PATIENCE_MS;
    while (lasting.length > 0 && performance.now() < until) {
      await Bun.sleep(50);
      const now = await dead(paths.root);
      lasting = lasting.filter(({ pid }) => now.some((process) => process.pid === pid));
    }
    if (lasting.length === 0) return good("none");
    return bad(counted(lasting.length, "zombie"), {
      details: lasting.map((each) => `${describeProcess(each)}${parentOf(each)}`),
      hint: "their parent does not wait for them: in a container, start it with an init (docker run --init)",
    });
  },
};

/** A zombie shows nothing of its own any more: it is not ours if its parent is of another state directory. */
async function dead(root: string): Promise<UserProcess[]> {
  return (await userProcesses()).filter((process) => {
    if (process.state !== "Z" || !isThisProgram(process)) return false;
    if (process.parent === INIT && process.ageS < YOUNG_S) return false;
    const parents = stateRootOf(process.parent);
    return parents === undefined || isSame(parents, root);
  });
}

function parentOf({ parent }: UserProcess): string {
  const found = lookUp(parent);
  return found.kind === "found" ? ` (its parent is ${found.facts.name})` : "";
}
