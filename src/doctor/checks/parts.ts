/** Recent errors of gathered parts. */
import { listStates } from "../../state/directory.ts";
import { type Check, counted, few, info, ok } from "../check.ts";

/** Milliseconds. */
const RECENT_MS = 24 * 60 * 60 * 1000;

export const parts: Check = {
  name: "parts",
  about: "the last attempt to gather each part succeeded",
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
        // An error without failures means "too early": no transcript before the first prompt.
        if (failures !== undefined && now - triedAt < RECENT_MS) details.push(`${name}, ${part}: ${error}`);
      }
    }
    if (details.length === 0) return ok(`${counted(count, "part")}, no error since yesterday`);
    return info(`${counted(details.length, "part")} of ${count} with an error`, {
      details: few(details),
      hint: "'plimsoll gather --wait --force' retries now and shows what happens",
    });
  },
};
