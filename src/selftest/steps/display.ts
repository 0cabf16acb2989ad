/** Rows of the status line: of a payload, of invalid input, and of what was gathered. */
import type { StepContext } from "../context.ts";
import { expectEnd, expectPieces, expectSame, type SelftestStep, Unexpected } from "../step.ts";

/** Without a state directory, no background pass starts. */
const NO_STATE = { HOME: undefined, PLIMSOLL_STATE: undefined };

export const display: SelftestStep = {
  name: "display",
  about: "a payload on an open stdin gives a row with its figures",
  run: async ({ start, session }) => {
    const end = await start(["display"], { stdin: session.payload(1.25), env: NO_STATE }).ended;
    expectEnd("drawing a payload", end, "exit 0");
    expectPieces("the row of a payload", end.stdout, ["Sonnet 4.5", "37%", "$1.25"]);
    return `${end.stdout.trim()} in ${Math.round(end.elapsedMs)} ms`;
  },
};

/** After these the program waits for more input, 200 ms each. */
const UNFINISHED: Readonly<Record<string, string>> = {
  "nothing at all": "",
  "half a payload": '{"session_id":"5e1f7e57","model":{"display_na',
};

const INVALID: Readonly<Record<string, string>> = {
  "no JSON": "\x1b[2J\x00\xff]]]",
  "wrong types throughout":
    '{"session_id":[],"cwd":{},"model":7,"cost":"x","context_window":[null],"rate_limits":true}',
  "escape sequences in names": JSON.stringify({
    session_id: "../../../etc",
    cwd: "/\u001b[2J\u202e/..\u0007",
    model: { id: "m", display_name: "\u001b]0;owned\u0007\r\n\u009b31mModel" },
    cost: { total_cost_usd: -1e308 },
  }),
};

export const hostile: SelftestStep = {
  name: "hostile",
  about: "missing and invalid input gives a clean row and exit 0",
  run: async (context) => {
    await Promise.all(Object.entries(UNFINISHED).map(([what, stdin]) => drawClean(context, what, stdin)));
    // One at a time: each run has a deadline, on slow machines too.
    for (const [what, stdin] of Object.entries(INVALID)) await drawClean(context, what, stdin);
    return `a row for each of ${Object.keys({ ...UNFINISHED, ...INVALID }).join(", ")}`;
  },
};

async function drawClean({ start }: StepContext, what: string, stdin: string): Promise<void> {
  const end = await start(["display"], { stdin, env: NO_STATE }).ended;
  expectEnd(`drawing ${what}`, end, "exit 0");
  if (end.stdout.trim() === "") throw new Unexpected(`the row of ${what}`, "a row", "nothing");
  const raw = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.exec(end.stdout);
  const seen = raw && `U+${raw[0].charCodeAt(0).toString(16)}`;
  expectSame(`a control character in the row of ${what}`, seen, null);
}

export const shown: SelftestStep = {
  name: "shown",
  about: "the next row shows what was gathered",
  run: async ({ run, session }) => {
    const end = await run(["display"], { stdin: session.payload() });
    expectEnd("drawing what was gathered", end, "exit 0");
    expectPieces("the row after gathering", end.stdout, ["37%", "$0.33", "2 turns"]);
    return end.stdout.trim();
  },
};
