import type { Command } from "../cli/command.ts";
import { CommandError, EXIT, UsageError } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { printLine, writeOut } from "../cli/output.ts";
import { workingDirectory } from "../cli/working-directory.ts";
import type { Action, Examination } from "../doctor/examine.ts";
import { type StatePaths, statePaths } from "../state/paths.ts";
import { describeAction, describeResults, LEVELS, type ReportStyle, summary } from "./doctor/describe.ts";

export const doctor: Command = {
  name: "doctor",
  usage: ["[options]"],
  about: "Check the installation, and fix or explain problems",
  details: `
Reads, and changes nothing without --fix. It checks Claude Code's settings for the working directory; renders the last
payload as the client does; and checks terminal, configuration, background passes and what they left running, locks and
their holders, the state directory with its permissions, files and log, and the ledger: intact, up to date with the
transcripts, its prices equal to the client's bills. A damaged ledger is marked, so that the next pass or report checks
it.

info is worth knowing; no action is needed. ERROR means that something does not work; the hint is the remedy.

--fix repairs what Plimsoll owns, reports each action, and checks again: permissions, leftover and invalid files, an
oversized log, passes and orphans that do not end (verified by pid and start time), a damaged ledger (moved aside,
recovered, read again), transcripts that passes missed, a status line of ours that runs a missing program. It does not
change other programs' status lines, your configuration or an administrator's files.

--acknowledge ends the notice about messages or bills lost from a damaged ledger. Until then 'plimsoll usage', doctor and
the segment 'health' repeat it. The damaged file is kept.

JSON: {"ok", "findings", "fixable", "results": [{"check", "level", "text", "details"?, "hint"?, "fixable"}], "fixed"}.
"level" is "good", "note" or "bad"; "fixed", only with --fix, is [{"check", "act"}], and the rest is the state afterwards.

Exit codes: 0 healthy; 1 errors were found; 2 cannot check: no state directory, no working directory, or wrong usage; 74
the ledger cannot be written for --acknowledge.`,
  options: [
    { long: ["fix"], about: "Fix what Plimsoll owns, then check again" },
    { long: ["acknowledge"], about: "End the notice about data lost from a damaged ledger, then check" },
    { long: ["json"], about: "Print the findings as JSON" },
  ],
  run: async (options) => {
    if (options.operands.length > 0) throw new UsageError(`unexpected argument '${options.operands[0]}'`);
    const paths = statePaths(process.env);
    if (!paths)
      throw new CommandError("no state directory: HOME is not set", {
        exitCode: EXIT.usage,
        hint: "set HOME, or PLIMSOLL_STATE",
      });
    const cwd = workingDirectory(EXIT.usage);
    const style = await reportStyle();
    const json = options.has("json");
    if (options.has("acknowledge")) await acknowledgeLosses(paths, json);
    let examination = await examineAll(paths, cwd);
    let fixed: readonly Action[] | undefined;
    if (options.has("fix")) {
      const { applyFixes } = await import("../doctor/examine.ts");
      fixed = await applyFixes(examination.results, (action) => {
        // Ignores write errors: a closed pipe must not interrupt a fix.
        if (!json) writeOut(`${describeAction(action, style)}\n`, "painted");
      });
      if (fixed.length > 0) {
        if (!json) writeOut("\n", "painted");
        examination = await examineAll(paths, cwd);
      }
    }
    if (json) printJson(examination, fixed);
    else
      printLine(
        [...describeResults(examination.results, style), summary(examination, style)].join("\n"),
        "painted",
      );
    return examination.ok ? EXIT.ok : EXIT.failure;
  },
};

async function acknowledgeLosses({ ledger: path }: StatePaths, quiet: boolean): Promise<void> {
  const { existsSync } = await import("node:fs");
  const { openLedger } = await import("../ledger/index.ts");
  if (!existsSync(path)) return;
  using ledger = openLedger(path, { timeoutMs: 5_000 });
  const ended = ledger.acknowledge();
  if (!quiet)
    writeOut(
      ended > 0 ? `acknowledged ${ended} notice${ended === 1 ? "" : "s"}\n\n` : "nothing to acknowledge\n\n",
      "text",
    );
}

async function examineAll(paths: StatePaths, cwd: string): Promise<Examination> {
  const { examine } = await import("../doctor/examine.ts");
  const { CHECKS } = await import("../doctor/checks/index.ts");
  const columns = terminalColumns();
  return examine(CHECKS, {
    paths,
    env: process.env,
    cwd,
    now: Date.now(),
    ...(columns === undefined ? {} : { columns }),
  });
}

/** Of the terminal, also when the output is a pipe. */
const terminalColumns = (): number | undefined =>
  [process.stdout, process.stderr].find(({ isTTY }) => isTTY)?.columns;

const PIPE_WIDTH = 80;
const MIN_WIDTH = 20;

async function reportStyle(): Promise<ReportStyle> {
  const { createColors } = await import("picocolors");
  const terminal = process.stdout.isTTY;
  return {
    paint: createColors(terminal && !process.env.NO_COLOR && process.env.TERM !== "dumb"),
    width: Math.max(MIN_WIDTH, terminal ? process.stdout.columns : PIPE_WIDTH),
  };
}

function printJson({ ok, results }: Examination, fixed?: readonly Action[]): void {
  const errors = results.filter(({ level }) => level === "error");
  const shown = {
    ok,
    findings: errors.length,
    fixable: errors.filter(({ fix }) => fix).length,
    results: results.map(({ fix, ...result }) => ({
      ...result,
      level: LEVELS[result.level].json,
      fixable: fix !== undefined,
    })),
    ...(fixed === undefined ? {} : { fixed }),
  };
  printLine(toJson(shown, 2));
}
