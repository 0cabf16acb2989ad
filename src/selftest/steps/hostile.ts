/** Whatever comes on stdin, and if nothing comes: exit 0 and a row with nothing in it that a terminal would act on. */
import type { Bench } from "../bench.ts";
import { expectEnd, expectSame, type Step, Unexpected } from "../step.ts";

/** What comes instead of a payload and leaves the program waiting for more, with stdin open: 200 ms each. */
const UNFINISHED: Readonly<Record<string, string>> = {
  "nothing at all": "",
  "half a payload": '{"session_id":"5e1f7e57","model":{"display_na',
};

/** What comes instead of a payload. */
const WRONG: Readonly<Record<string, string>> = {
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

export const hostile: Step = {
  name: "hostile",
  about: "whatever comes on stdin, and if nothing comes, there is a clean row and exit 0",
  run: async (bench) => {
    await Promise.all(Object.entries(UNFINISHED).map(([what, stdin]) => draw(bench, what, stdin)));
    // One after the other: each has a deadline of its own to keep, on a slow machine too.
    for (const [what, stdin] of Object.entries(WRONG)) await draw(bench, what, stdin);
    return `a row for each of ${Object.keys({ ...UNFINISHED, ...WRONG }).join(", ")}`;
  },
};

async function draw({ start }: Bench, what: string, stdin: string): Promise<void> {
  const env = { HOME: undefined, PLIMSOLL_STATE: undefined };
  const ended = await start(["display"], { stdin, env }).ended;
  expectEnd(`drawing ${what}`, ended, "exit 0");
  if (ended.stdout.trim() === "") throw new Unexpected(`the row of ${what}`, "a row", "nothing");
  const raw = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.exec(ended.stdout);
  expectSame(
    `a control character in the row of ${what}`,
    raw && `U+${raw[0].charCodeAt(0).toString(16)}`,
    null,
  );
}
