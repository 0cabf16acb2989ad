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
  about: "Report usage and cost",
  details: `
Without an operand, print an overview: today, the active block, the last 30 days, the last year, and the most expensive
models and projects. Its options are --timezone, --mode and --offline; the others belong to a report and are an error
without one. prices lists the price of each model and its source. live redraws the active block every second until a key
is pressed. export writes the messages behind the reports, one per line, in order of time.

Every report first reads what was appended to the transcripts. Cost is the client's own bill where there is one; what
the bill has beyond the sum of the messages is 'unattributed'. '~' marks an estimated price and '?' a missing one. '>'
marks a token count that is a lower bound, because requests with unknown tokens were billed.

CSV (--csv, export --format csv) is safe to open in a spreadsheet: text that begins with =, +, - or @, also after
spaces, quotes, a comma or a semicolon, gets an apostrophe in front. Tabs, line breaks and invisible characters are
written as escapes such as \\n. Numbers are unchanged. JSON has the original names.

A damaged ledger is repaired first, with a message on standard error. If data was lost, every report repeats the notice
until 'plimsoll doctor --acknowledge'.

Exit codes: 0; 2 for an invalid option, date, time zone, project or model; 74 if the ledger cannot be read or repaired.`,
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
        project: query.project && findProject(query.project, projects, process.env.HOME),
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
            throw new UsageError("the overview is a table only", "name a report: 'plimsoll usage daily'");
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
