import { claudeDirectories } from "../claude/directories.ts";
import { outlook } from "../claude/status-line-state.ts";
import { printable } from "../cli/characters.ts";
import type { Command } from "../cli/command.ts";
import { CommandError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { printLine } from "../cli/print.ts";
import { ask } from "../cli/say.ts";
import { workingDirectory } from "../cli/working-directory.ts";
import type { SetupOptions } from "../setup/change.ts";
import { SetupError } from "../setup/errors.ts";
import { madeAsRoot } from "../setup/made-as-root.ts";
import { type ProgramName, programName } from "../setup/program.ts";
import { type Dialogue, type Outcome, type Request, remove, setUp } from "../setup/run.ts";
import { refuseOperands } from "./config/file.ts";
import { readRequest, readWish } from "./setup/request.ts";
import { reportWarning, showChange, showKept, showPreview, snippet } from "./setup/show.ts";

const EXIT_OF = { refused: EXIT.failure, io: EXIT.io, busy: EXIT.conflict } as const;

export const setup: Command = {
  name: "setup",
  usage: ["[options]", "--remove [--project|--local] [--dry-run]"],
  about: "Put the line into Claude Code's settings, or take it out again",
  details: `
Without options: into settings.json of the user's Claude Code directory ($CLAUDE_CONFIG_DIR, else ~/.claude), for all
projects. --project writes .claude/settings.json of the directory it is started in, which others may share; --local
writes .claude/settings.local.json there, which is yours alone.

Everything else in the file stays as it is, to the byte. Doing it twice changes nothing. A symbolic link is followed,
and stays. Another program's status line is kept, unless --replace is given or a question at the terminal answered with
yes; so is a line of ours that you made more of (variables before it, a pipe behind it). The file before each change is
kept in the state directory (backups/, the newest ten of each file).

--remove gives back what was there before: the bytes of the file, if nobody changed it since; else our lines are taken
out, and a line that was replaced goes back to its place. A line that is not ours is never removed.

Exit codes: 0 done, or nothing to do; 1 another line was kept, or the file holds what must not be changed; 2 usage;
74 the file cannot be read or written; 75 another setup does not end.`,
  options: [
    { long: ["project"], about: "Write .claude/settings.json of this directory" },
    { long: ["local"], about: "Write .claude/settings.local.json of this directory" },
    { long: ["replace"], about: "Replace a status line that is there already" },
    { long: ["subagents"], about: "Also draw the rows of running subagents" },
    {
      long: ["refresh"],
      value: "SECONDS",
      about: "Draw it also this often (default: 10, or what the line has)",
    },
    {
      long: ["padding"],
      value: "COLUMNS",
      about: "Indent it by this much (default: none, or what the line has)",
    },
    { long: ["dry-run"], about: "Show what would be changed, and write nothing" },
    { long: ["remove"], about: "Take the line out again" },
  ],
  run: async (options) => {
    refuseOperands(options);
    const cwd = workingDirectory();
    const request = readRequest(options, cwd);
    const name = programName(
      { env: process.env, cwd, as: process.argv0, executable: process.execPath },
      { shared: options.has("project") },
    );
    const wish = readWish(options, name.program);
    try {
      return options.has("remove") ? await takeOut(request) : await putIn(request, wish, name, cwd);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      const byHand = options.has("remove") ? {} : { more: `  or paste this yourself:\n${snippet(wish)}` };
      throw new CommandError(error.message, {
        exitCode: EXIT_OF[error.reason],
        hint: error.hint,
        ...byHand,
      });
    }
  },
};

async function putIn(
  request: Request,
  wish: SetupOptions,
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
            return /^y(es)?$/i.test(ask("Replace it? [y/N]")?.trim() ?? "");
          },
        }
      : {}),
  };
  const outcome = await setUp(request, wish, dialogue);
  if (outcome.kind === "kept") {
    if (!canAsk || request.dryRun) showKept(outcome.kept);
    throw new CommandError(`${printable(outcome.target.path)} has another status line: it was kept`, {
      hint: "--replace puts ours in its place, and --remove gives it back",
    });
  }
  report(outcome, request);
  showKept(outcome.kept);
  if (outcome.kind === "written") showPreview();
  if (fragility) reportWarning(fragility);
  const ofRoot =
    outcome.kind === "written" && !request.dryRun && request.paths && madeAsRoot(request.paths.root);
  if (ofRoot) reportWarning(ofRoot);
  if (!request.dryRun) warnOfObstacles(cwd);
  return EXIT.ok;
}

async function takeOut(request: Request): Promise<number> {
  const outcome = await remove(request, { show: showChange });
  report(outcome, request);
  if (outcome.withoutBackup !== undefined)
    reportWarning({
      text: `no backup could be kept: ${outcome.withoutBackup}`,
      hint: "see to the state directory: 'plimsoll doctor'",
    });
  return EXIT.ok;
}

function report({ kind, target, backup, gone }: Outcome, { dryRun }: Request): void {
  const path = printable(target.path);
  if (kind === "unchanged") printLine(`${path}: nothing to do`);
  else if (dryRun) printLine(`${path} would be changed; nothing was written`);
  else if (!target.found) printLine(`made ${path}`);
  else {
    const before = backup === undefined ? "" : `; the one before is ${printable(backup)}`;
    printLine(gone ? `removed ${path}, which held nothing else${before}` : `changed ${path}${before}`);
  }
}

/** What else stands in the way: other files, hooks that are off, a folder that is not trusted. */
function warnOfObstacles(directory: string): void {
  const [claudeDir] = claudeDirectories(process.env);
  if (claudeDir === undefined) return;
  for (const each of outlook({ env: process.env, directory, claudeDir }).obstacles) reportWarning(each);
}
