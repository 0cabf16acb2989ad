import type { Command } from "../cli/command.ts";
import { CommandError, EXIT, UsageError } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { printLine, writeOut } from "../cli/output.ts";
import { workingDirectory } from "../cli/working-directory.ts";
import type { Examination } from "../doctor/examine.ts";
import type { Act } from "../doctor/fix.ts";
import { type StatePaths, statePaths } from "../state/paths.ts";
import type { Look } from "./doctor/describe.ts";

export const doctor: Command = {
  name: "doctor",
  usage: ["[options]"],
  about: "Check that everything works, and mend or say what to do where it does not",
  details: `
Looks, and changes nothing: Claude Code's settings as they are for the directory it is started in; the last payload,
drawn again as the client has it drawn; terminal and configuration; background passes, what they left behind, locks and
who holds them; the state directory, its permissions, files and log; the ledger, whether passes keep up with the
transcripts, and its prices against the client's own bills. A damaged ledger is marked: the next pass or report checks it.

A note is worth knowing; nothing has to be done about it. BAD is a finding: something does not work as promised, and the
hint says what to do.

--fix mends what is ours to mend, telling each act, and looks again: permissions, leftover and unreadable files, a log
that is too large, passes and orphans that do not end (verified by pid and start time), a damaged ledger (kept aside,
saved from, read again), what passes have missed, a status line of ours that leads nowhere. It touches nobody else's
status line, and neither your configuration nor an administrator's files. What is left is for you to do.

--acknowledge ends the notice that a damaged ledger has lost messages or bills. Until then 'plimsoll usage', doctor and the
line's 'health' segment repeat it. The damaged file is kept.

JSON: {"ok", "findings", "fixable", "results": [{"check", "level", "text", "details"?, "hint"?, "fixable"}], "fixed"}.
"level" is "good", "note" or "bad"; "fixed", only with --fix, is [{"check", "act"}], and the rest is how it is after that.

Exit codes: 0 healthy, perhaps with notes; 1 there are findings; 2 it cannot look: no place for state, no working
directory, or wrong usage; 74 the ledger cannot be written for --acknowledge.`,
  options: [
    { long: ["fix"], about: "Mend what is ours to mend, then look again" },
    { long: ["acknowledge"], about: "End the notice of what a damaged ledger has lost, then look" },
    { long: ["json"], about: "Print the findings as JSON" },
  ],
  run: async (options) => {
    if (options.operands.length > 0) throw new UsageError(`unexpected '${options.operands[0]}'`);
    const paths = statePaths(process.env);
    if (!paths)
      throw new CommandError("there is no place for state: HOME is not set", {
        exitCode: EXIT.usage,
        hint: "set HOME, or PLIMSOLL_STATE",
      });
    const cwd = workingDirectory(EXIT.usage);
    const { describeAct, describeResults, summary } = await import("./doctor/describe.ts");
    const look = await lookOf();
    const json = options.has("json");
    if (options.has("acknowledge")) await acknowledgeLosses(paths, options.has("json"));
    let examination = await examineAll(paths, cwd);
    let acts: readonly Act[] | undefined;
    if (options.has("fix")) {
      const { mend } = await import("../doctor/fix.ts");
      acts = await mend(examination.results, (act) => {
        // What is being mended is not left half-way because nobody can be told.
        if (!json) writeOut(`${describeAct(act, look)}\n`, "painted");
      });
      if (acts.length > 0) {
        if (!json) writeOut("\n", "painted");
        examination = await examineAll(paths, cwd);
      }
    }
    if (json) await printJson(examination, acts);
    else
      printLine(
        [...describeResults(examination.results, look), summary(examination, look)].join("\n"),
        "painted",
      );
    return examination.ok ? EXIT.ok : EXIT.failure;
  },
};

async function acknowledgeLosses({ ledger: path }: StatePaths, quiet: boolean): Promise<void> {
  const { existsSync } = await import("node:fs");
  const { openLedger } = await import("../ledger/index.ts");
  if (!existsSync(path)) return;
  using ledger = openLedger(path, { patienceMs: 5_000 });
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

/** Of the terminal that we are in, also when the findings go into a pipe. */
const terminalColumns = (): number | undefined =>
  [process.stdout, process.stderr].find(({ isTTY }) => isTTY)?.columns;

const PIPE_ROOM = 80;
const LEAST_ROOM = 20;

async function lookOf(): Promise<Look> {
  const { createColors } = await import("picocolors");
  const terminal = process.stdout.isTTY;
  return {
    paint: createColors(terminal && !process.env.NO_COLOR && process.env.TERM !== "dumb"),
    room: Math.max(LEAST_ROOM, terminal ? process.stdout.columns : PIPE_ROOM),
  };
}

async function printJson({ ok, results }: Examination, fixed?: readonly Act[]): Promise<void> {
  const { fixableOf } = await import("../doctor/fix.ts");
  const fixable = new Set(fixableOf(results));
  const shown = {
    ok,
    findings: results.filter(({ level }) => level === "bad").length,
    fixable: [...fixable].filter(({ level }) => level === "bad").length,
    results: results.map((result) => ({ ...result, fix: undefined, fixable: fixable.has(result) })),
    ...(fixed === undefined ? {} : { fixed }),
  };
  printLine(toJson(shown, 2));
}
