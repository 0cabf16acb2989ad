/** Passes that outlived their deadline, and zombies: what the program promises not to leave behind. */
import { lookUp } from "../../process/identity.ts";
import { bad, type Check, counted, good } from "../check.ts";
import { type OwnProcess, ownProcesses } from "../own-processes.ts";

/** A pass is over by then, unless it was given another deadline. Seconds. */
const PASS_LIMIT_S = 32;

export const passes: Check = {
  name: "passes",
  about: "no background pass runs longer than it may",
  run: async () => {
    const running = (await ownProcesses()).filter(({ words }) => words.includes("gather"));
    const overdue = running.filter(
      ({ ageS, words }) => ageS > PASS_LIMIT_S && !words.some((word) => /^--(deadline|reindex)/.test(word)),
    );
    if (overdue.length === 0)
      return good(`${counted(running.length, "pass", "passes")} running, none overdue`);
    return bad(`${counted(overdue.length, "pass", "passes")} overdue`, {
      details: overdue.map(describe),
      hint: "a stopped one (T) goes on with 'kill -CONT PID'; report one that is not stopped",
    });
  },
};

/**
 * A process that has just ended is a zombie until its parent gets round to it, and some inits of containers do that
 * every other second only. Milliseconds.
 */
const PATIENCE_MS = 4_000;

export const zombies: Check = {
  name: "zombies",
  about: "no ended process of ours waits for its parent",
  run: async () => {
    let lasting = await dead();
    const until = performance.now() + PATIENCE_MS;
    while (lasting.length > 0 && performance.now() < until) {
      await Bun.sleep(50);
      const now = await dead();
      lasting = lasting.filter(({ pid }) => now.some((process) => process.pid === pid));
    }
    if (lasting.length === 0) return good("none");
    return bad(counted(lasting.length, "zombie"), {
      details: lasting.map(describe),
      hint: "their parent does not wait for them: in a container, start it with an init (docker run --init)",
    });
  },
};

const dead = async (): Promise<OwnProcess[]> => (await ownProcesses()).filter(({ state }) => state === "Z");

function describe({ pid, parent, state, ageS, words }: OwnProcess): string {
  const found = lookUp(parent);
  const name = found.kind === "found" ? ` (${found.facts.name})` : "";
  return `pid ${pid}, state ${state}, ${Math.round(ageS)} s old, parent ${parent}${name}: ${words.join(" ")}`;
}
