/** A payload as Claude Code sends it, its stdin never closed, and no state: a row with the payload's own figures. */
import { expectEnd, expectPieces, type Step } from "../step.ts";

export const display: Step = {
  name: "display",
  about: "a payload gives a row with its figures, though stdin stays open",
  run: async ({ start, session }) => {
    // Without a place for state no background pass is started.
    const env = { HOME: undefined, PLIMSOLL_STATE: undefined };
    const ended = await start(["display"], { stdin: session.payload(1.25), env }).ended;
    expectEnd("drawing a payload", ended, "exit 0");
    expectPieces("the row of a payload", ended.stdout, ["Sonnet 4.5", "37%", "$1.25"]);
    return `${ended.stdout.trim()} in ${Math.round(ended.elapsedMs)} ms`;
  },
};
