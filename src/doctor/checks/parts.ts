/** What was gathered: without an error, as far as that is recent. */
import { listStates } from "../../state/directory.ts";
import { type Check, counted, few, good, note } from "../check.ts";

/** What went wrong longer ago has probably been seen to. Milliseconds. */
const RECENT_MS = 24 * 60 * 60 * 1000;

export const parts: Check = {
  name: "parts",
  about: "what was gathered last was gathered without an error",
  needsState: true,
  run: ({ paths, now }) => {
    const states = [
      ...listStates(paths, "session").map(({ state }) => ({
        state,
        name: `session ${state?.sessionId.slice(0, 8)}`,
      })),
      ...listStates(paths, "repo").map(({ state }) => ({ state, name: state?.root ?? "" })),
      ...listStates(paths, "account").map(({ state }) => ({ state, name: state?.claudeDir ?? "" })),
    ];
    let count = 0;
    const details: string[] = [];
    for (const { state, name } of states) {
      for (const [part, { error, triedAt, failures }] of Object.entries(state?.parts ?? {})) {
        count++;
        // Without a failure it was only too early: before the first prompt there is no transcript.
        if (failures !== undefined && now - triedAt < RECENT_MS) details.push(`${name}, ${part}: ${error}`);
      }
    }
    if (details.length === 0) return good(`${counted(count, "part")}, no error since yesterday`);
    return note(`${counted(details.length, "part")} of ${count} with an error`, {
      details: few(details),
      hint: "'plimsoll gather --wait --force' tries at once and shows what happens",
    });
  },
};
