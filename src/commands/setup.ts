import { join } from "node:path";
import { claudeDirectories } from "../claude/directories.ts";
import { lineCommands } from "../claude/line-command.ts";
import { statusLineState } from "../claude/status-line-state.ts";
import { printable } from "../cli/characters.ts";
import type { Command } from "../cli/command.ts";
import { CommandError, EXIT, exitCodeOf, UsageError } from "../cli/errors.ts";
import type { ParsedOptions } from "../cli/options.ts";
import { ask, printLine } from "../cli/output.ts";
import { workingDirectory } from "../cli/working-directory.ts";
import { dropTyped } from "../os/ffi/terminal.ts";
import type { SetupOptions } from "../setup/change.ts";
import { SetupError } from "../setup/errors.ts";
import { type ProgramName, programName } from "../setup/program.ts";
import { type Dialogue, remove, type SetupOutcome, type SetupRequest, setUp } from "../setup/run.ts";
import { rootOwnedWarning } from "../setup/store.ts";
import { statePaths } from "../state/paths.ts";
import { refuseOperands } from "./config/file.ts";
import { printNext } from "./next-step.ts";
import { reportWarning, showChange, showKept, showPreview, snippet } from "./setup/show.ts";

const STDIN = 0;

export const setup: Command = {
  name: "setup",
  usage: ["[options]", "--remove [--project|--local] [--dry-run]"],
  about: "Add the line to Claude Code's settings, or remove it",
  details: `
Writes settings.json in the Claude Code directory ($CLAUDE_CONFIG_DIR, else ~/.claude), for all projects. --project
writes .claude/settings.json of the working directory, which may be shared; --local writes .claude/settings.local.json
there, which is yours alone.

The rest of the file stays byte for byte. Running it again changes nothing. Symbolic links are followed and kept. Another
program's status line is kept, unless you pass --replace or confirm at the terminal; so is a line of ours that you
customised (variables before it, a pipe after it). Each change leaves a backup in the state directory (backups/, the
newest ten of each file).

--remove restores the file before the first change, if it is unchanged since; else it removes our lines, and restores
a line that was replaced. It never removes another program's line.

Exit codes: 0 done, or nothing to do; 1 another line was kept, or the file cannot be edited safely; 2 usage; 74 the file
cannot be read or written; 75 another setup is running.`,
  options: [
    { long: ["project"], about: "Write .claude/settings.json of this directory" },
    { long: ["local"], about: "Write .claude/settings.local.json of this directory" },
    { long: ["replace"], about: "Replace an existing status line" },
    { long: ["subagents"], about: "Also draw the rows of running subagents" },
    {
      long: ["refresh"],
      value: "SECONDS",
      about: "Redraw at least this often (default: 10, or the present value)",
    },
    {
      long: ["padding"],
      value: "COLUMNS",
      about: "Indent the line by this much (default: none, or the present value)",
    },
    { long: ["dry-run"], about: "Show the change, and write nothing" },
    { long: ["remove"], about: "Remove the line" },
  ],
  run: async (options) => {
    refuseOperands(options);
    const cwd = workingDirectory();
    const request = readRequest(options, cwd);
    const name = programName(
      { env: process.env, cwd, as: process.argv0, executable: process.execPath },
      { shared: options.has("project") },
    );
    const setupOptions = readOptions(options, name.program);
    try {
      return options.has("remove")
        ? await removeLine(request)
        : await addLine(request, setupOptions, name, cwd);
    } catch (error) {
      if (!(error instanceof SetupError) || options.has("remove")) throw error;
      throw new CommandError(error.message, {
        exitCode: exitCodeOf(error),
        hint: error.hint,
        more: `  or paste this yourself:
${snippet(setupOptions)}`,
      });
    }
  },
};

async function addLine(
  request: SetupRequest,
  options: SetupOptions,
  { fragility }: ProgramName,
  cwd: string,
): Promise<number> {
  const canAsk = process.stdin.isTTY && process.stdout.isTTY;
  const dialogue: Dialogue = {
    show: showChange,
    ...(canAsk
      ? {
          mayReplace: (kept) => {
            showKept(kept);
            // Text typed before the question must not answer it.
            dropTyped(STDIN);
            return /^y(es)?$/i.test(ask("Replace it? [y/N]")?.trim() ?? "");
          },
        }
      : {}),
  };
  const outcome = await setUp(request, options, dialogue);
  if (outcome.kind === "kept") {
    if (!canAsk || request.dryRun) showKept(outcome.kept);
    throw new CommandError(`${printable(outcome.target.path)} has another status line, which was kept`, {
      hint: "--replace overwrites it, and --remove restores it",
    });
  }
  report(outcome, request);
  showKept(outcome.kept);
  if (outcome.kind === "written") await showPreview({ advises: !request.dryRun });
  if (fragility) reportWarning(fragility);
  const rootOwned =
    outcome.kind === "written" && !request.dryRun && request.paths && rootOwnedWarning(request.paths.root);
  if (rootOwned) reportWarning(rootOwned);
  if (request.dryRun) {
    if (outcome.kind === "written") {
      printLine("");
      printNext("the same without --dry-run writes it");
    }
    return EXIT.ok;
  }
  const hidden = reportProblems(cwd);
  // Scripts run setup again and again.
  if (outcome.kind === "unchanged" && !process.stdout.isTTY) return EXIT.ok;
  printLine("");
  printNext(
    hidden
      ? "fix what hides the line (see the warning), then start 'claude'"
      : "start 'claude'; change the line with 'plimsoll config edit'",
  );
  return EXIT.ok;
}

async function removeLine(request: SetupRequest): Promise<number> {
  const outcome = await remove(request, { show: showChange });
  report(outcome, request);
  if (outcome.backupError !== undefined)
    reportWarning({
      text: `no backup was written: ${outcome.backupError}`,
      hint: "run 'plimsoll doctor'",
    });
  return EXIT.ok;
}

function report({ kind, target, backup, gone }: SetupOutcome, { dryRun }: SetupRequest): void {
  const path = printable(target.path);
  if (kind === "unchanged") printLine(`${path}: nothing to do`);
  else if (dryRun) printLine(`${path} would be changed; nothing was written`);
  else if (!target.found) printLine(`created ${path}`);
  else {
    const kept = backup === undefined ? "" : `; backup: ${printable(backup)}`;
    printLine(gone ? `removed ${path}, which contained nothing else${kept}` : `changed ${path}${kept}`);
  }
}

/**
 * Warn of everything that hides the line: other files, disabled hooks, an untrusted folder.
 * @returns whether it will be hidden until that is fixed
 */
function reportProblems(directory: string): boolean {
  const [claudeDir] = claudeDirectories(process.env);
  if (claudeDir === undefined) return false;
  const { problems } = statusLineState({ env: process.env, directory, claudeDir });
  for (const problem of problems) reportWarning(problem);
  return problems.some(({ hides }) => hides);
}

/** @throws UsageError, CommandError */
function readRequest(options: ParsedOptions, cwd: string): SetupRequest {
  if (options.has("project") && options.has("local"))
    throw new UsageError("--project and --local cannot be combined");
  if (options.has("remove"))
    for (const other of ["replace", "subagents", "refresh", "padding"])
      if (options.has(other)) throw new UsageError(`--${other} cannot be used with --remove`);
  const [claudeDir] = claudeDirectories(process.env);
  const path = options.has("project")
    ? join(cwd, ".claude/settings.json")
    : options.has("local")
      ? join(cwd, ".claude/settings.local.json")
      : claudeDir && join(claudeDir, "settings.json");
  if (path === undefined)
    throw new CommandError("no Claude Code directory: HOME is not set", {
      hint: "set HOME, or CLAUDE_CONFIG_DIR",
    });
  return { path, paths: statePaths(process.env), dryRun: options.has("dry-run") };
}

/** @param program the path or name for the settings */
function readOptions(options: ParsedOptions, program: string): SetupOptions {
  const refresh = readNumber(options, "refresh", 1);
  const padding = readNumber(options, "padding", 0);
  return {
    commands: lineCommands(program),
    subagents: options.has("subagents"),
    replace: options.has("replace"),
    ...(refresh === undefined ? {} : { refresh }),
    ...(padding === undefined ? {} : { padding }),
  };
}

function readNumber(options: ParsedOptions, name: string, least: number): number | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError(`--${name}: invalid number '${printable(text)}'`, `expected ${least} to 999999`);
}
