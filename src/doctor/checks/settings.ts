/** Claude Code's settings: they contain our line, and nothing hides it. */
import { claudeDirectories } from "../../claude/directories.ts";
import { lineCommands, readOurCommand } from "../../claude/line-command.ts";
import type { Problem } from "../../claude/problems.ts";
import { readRegistry } from "../../claude/registry.ts";
import { type StatusLineState, statusLineState } from "../../claude/status-line-state.ts";
import { LookupCache } from "../../os/identity.ts";
import { resolveExecutable } from "../../os/run/executable.ts";
import { SetupError } from "../../setup/errors.ts";
import { programName } from "../../setup/program.ts";
import { setUp } from "../../setup/run.ts";
import { type Check, type CheckContext, error, type Finding, type Fix, findingsOr, info } from "../check.ts";
import { environmentOf } from "../user-processes.ts";

export const settings: Check = {
  name: "settings",
  about: "Claude Code's settings ask for this line, and nothing hides it",
  run: (context) => {
    const { env, cwd } = context;
    const [claudeDir] = claudeDirectories(env);
    if (claudeDir === undefined)
      return error("no Claude Code directory: HOME is not set", { hint: "set HOME" });
    const state = statusLineState({ env, directory: cwd, claudeDir });
    const { effective, problems } = state;
    return findingsOr(`${effective?.path} (${effective?.name}): ${effective?.command}`, [
      ...problems.map((problem) => findingOf(problem, state, claudeDir, context)),
      missingForClients(state, claudeDir, context),
    ]);
  },
};

function findingOf(
  problem: Problem,
  state: StatusLineState,
  claudeDir: string,
  context: CheckContext,
): Finding {
  const { hides, text, hint } = problem;
  if (!hides) return info(text, { hint });
  const path = `${claudeDir}/settings.json`;
  return error(text, { hint, ...(isFixable(problem, state, path) ? { fix: setupFix(path, context) } : {}) });
}

/** Only the user's own settings: our line is missing, or a plain line of ours runs a missing program. */
function isFixable({ kind }: Problem, { effective, problems }: StatusLineState, path: string): boolean {
  if (kind === "no-line") return !problems.some((each) => each.kind === "unreadable" && each.path === path);
  return (
    kind === "program" && effective?.path === path && readOurCommand(effective.command ?? "")?.plain === true
  );
}

/** @returns what `plimsoll setup` does, for the user's settings file; keeps another program's line */
const setupFix =
  (path: string, { paths, env, cwd }: CheckContext): Fix =>
  async (report) => {
    const invocation = { env, cwd, as: process.argv0, executable: process.execPath };
    const { program } = programName(invocation, { shared: false });
    const options = { commands: lineCommands(program), subagents: false, replace: false };
    try {
      const { kind, backup } = await setUp({ path, paths, dryRun: false }, options, { show: () => {} });
      const kept = backup === undefined ? "" : `; backup: ${backup}`;
      if (kind === "written") report(`put '${options.commands.statusLine}' into ${path}${kept}`);
    } catch (thrown) {
      throw thrown instanceof SetupError ? new Error(`${thrown.message}: ${thrown.hint}`) : thrown;
    }
  };

/** A program name without a path is resolved with the client's PATH, which may differ from ours. */
function missingForClients(
  { effective, ours }: StatusLineState,
  claudeDir: string,
  { now }: CheckContext,
): Finding | undefined {
  const program =
    effective === ours && effective?.command ? readOurCommand(effective.command)?.program : undefined;
  if (program === undefined || /[/$`*?]/.test(program)) return undefined;
  const clients = readRegistry(claudeDir, now, new LookupCache()).filter(
    ({ liveness }) => liveness === "live",
  );
  const without = clients.filter(({ pid }) => {
    const path = environmentOf(pid)?.PATH;
    return path !== undefined && resolveExecutable(program, path) === undefined;
  });
  if (without.length === 0) return undefined;
  const pids = without.map(({ pid }) => pid).join(", ");
  return error(`'${program}' is not on the PATH of the running Claude Code (pid ${pids})`, {
    hint: "'plimsoll setup' puts the program's full path there; or start Claude Code from a shell that has it",
  });
}
