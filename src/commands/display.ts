import type { Command } from "../cli/command.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { sayError, sayInternalError } from "../cli/say.ts";
import { drawFailure, drawLine } from "../display/draw.ts";

export const display: Command = {
  name: "display",
  usage: [""],
  about: "Draw the status line from the JSON on stdin",
  details: `
Claude Code runs this as its status line command. In ~/.claude/settings.json:

  "statusLine": { "type": "command", "command": "plimsoll display" }

It always exits 0 and always draws a row: after at most 200 ms without a payload, from the environment and the last
state. After 550 ms the kernel ends it. When figures from git, transcripts or limits are old, it starts
'plimsoll gather' in the background. What each segment shows, and why one is absent: 'plimsoll explain'.

Environment: COLUMNS, COLORTERM, TERM, NO_COLOR, FORCE_HYPERLINK, COLORFGBG; PLIMSOLL_STATE, PLIMSOLL_CONFIG;
PLIMSOLL_NO_GATHER: draw only, start nothing.`,
  options: [],
  run: () => {
    const drawn = drawLine(process.env);
    return drawn ? drawn.then(() => EXIT.ok) : EXIT.ok;
  },
  onFailure: (error) => {
    const message = error instanceof Error ? error.message : String(error);
    drawFailure(error instanceof UsageError ? `${message}: see 'plimsoll display --help'` : message);
    if (error instanceof UsageError) sayError(`plimsoll: ${message}`);
    else sayInternalError("plimsoll: ", error);
    return EXIT.ok;
  },
};
