/** What was gathered is in the row: the way from the transcript through the state files to the terminal. */
import { expectEnd, expectPieces, type Step } from "../step.ts";

export const shown: Step = {
  name: "shown",
  about: "the next row has what was gathered",
  run: async ({ run, session }) => {
    const ended = await run(["display"], { stdin: session.payload() });
    expectEnd("drawing what was gathered", ended, "exit 0");
    expectPieces("the row after gathering", ended.stdout, ["37%", "$0.33", "2 turns"]);
    return ended.stdout.trim();
  },
};
