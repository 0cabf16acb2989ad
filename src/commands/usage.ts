import type { Command } from "../cli/command.ts";
import { UsageError } from "../cli/errors.ts";
import { VIEWS } from "../usage/query.ts";
import { findModel, findProject, readQuery, USAGE_OPTIONS } from "./usage/query.ts";

export const usage: Command = {
  name: "usage",
  usage: [
    "[options]",
    "daily|weekly|monthly|session|blocks [options]",
    "prices [--json|--csv]",
    "live",
    "export [--format jsonl|csv] [options]",
  ],
  about: "Report what was used and what it cost",
  details: `
Without a report's name: today, the running block, the last thirty days, a year, and where the money went.
prices lists what each model costs, and where that price comes from.
live draws the running block anew each second until a key is pressed.
export writes the messages behind the figures, one a line, in order of time.

Every report first reads what was appended to the transcripts since the last time. Cost is the client's own bill where
there is one: what it has beyond the messages' sum is 'unattributed'. '~' marks an estimated price, '?' a missing one.
'>' marks token counts that are too low: requests were billed whose tokens are unknown.

CSV (--csv, export --format csv): a text that begins with =, +, - or @, also after blanks or quotes, or behind a comma
or semicolon in it, gets an apostrophe in front, so that a spreadsheet takes it for text. Tabs, line breaks and other
characters that cannot be seen are escapes such as \\n. Numbers stay numbers. JSON has the names as they are.

A damaged ledger is repaired first, and standard error says what was done. What was lost is repeated at every report until
'plimsoll doctor --acknowledge'.

Exit: 0; 2 when a date, a zone, a project or a model is none; 74 when the ledger cannot be read or repaired.`,
  operands: [VIEWS],
  options: USAGE_OPTIONS,
  run: async (options) => {
    const query = readQuery(options);
    const { withUsage } = await import("./usage/source.ts");
    return withUsage(query, async ({ ledger, context, refresh, write }) => {
      const { projects, models } =
        query.project || query.model ? ledger.names() : { projects: [], models: [] };
      const found = {
        ...query,
        project: query.project && findProject(query.project, projects),
        model: query.model && findModel(query.model, models),
      };
      const markup = query.output === "table" ? "painted" : "text";
      switch (query.view) {
        case "live": {
          const { live } = await import("../usage/live.ts");
          return live(context, refresh, terminalStreams());
        }
        case "export": {
          const { exportLines } = await import("../usage/export.ts");
          return write(exportLines(found, context()), "text");
        }
        case "prices": {
          const { prices } = await import("../usage/prices.ts");
          return write(prices(found, context()), markup);
        }
        case "overview": {
          if (query.output !== "table")
            throw new UsageError("the overview is for people", "name a report: 'plimsoll usage daily'");
          const { overview } = await import("../usage/overview.ts");
          return write(overview(context()), markup);
        }
        default: {
          const { report } = await import("../usage/reports.ts");
          return write(report(query.view, found, context()), markup);
        }
      }
    });
  },
};

function terminalStreams() {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new UsageError(
      "'usage live' needs a terminal",
      "'plimsoll usage blocks --active' prints the block once",
    );
  return { input: process.stdin, output: process.stdout };
}
