import type { Command } from "../cli/command.ts";
import { EXIT, UsageError } from "../cli/errors.ts";
import { reportError, reportInternalError } from "../cli/output.ts";
import { drawFailure, drawLine } from "../display/draw.ts";

export const display: Command = {
  name: "display",
  usage: [""],
  about: "Draw the status line from the JSON on stdin",
  details: `
Claude Code runs this as its status line command. In ~/.claude/settings.json:

  "statusLine": { "type": "command", "command": "plimsoll display" }

It always exits with 0 and always draws a row: when no payload arrives within 200 ms, from the environment and the last
state. The kernel ends it after 550 ms. When data from git, transcripts or limits is out of date, it starts
'plimsoll gather' in the background. 'plimsoll explain' shows what each segment shows, and why one is absent.

Environment: COLUMNS, COLORTERM, TERM, NO_COLOR, FORCE_HYPERLINK, COLORFGBG; PLIMSOLL_STATE, PLIMSOLL_CONFIG;
PLIMSOLL_NO_GATHER: draw only, start no background process.`,
  options: [],
  run: () => {
    const drawn = drawLine(process.env);
    return drawn ? drawn.then(() => EXIT.ok) : EXIT.ok;
  },
  onFailure: (error) => {
    const message = error instanceof Error ? error.message : String(error);
    drawFailure(error instanceof UsageError ? `${message}: see 'plimsoll display --help'` : message);
    if (error instanceof UsageError) reportError(`plimsoll: ${message}`);
    else reportInternalError("plimsoll: ", error);
    return EXIT.ok;
  },
};
