/** Adding the line to Claude Code's settings from the editor, as `plimsoll setup` does without options. */
import { join } from "node:path";
import { claudeDirectories } from "../../claude/directories.ts";
import { lineCommands } from "../../claude/line-command.ts";
import { statusLineState } from "../../claude/status-line-state.ts";
import { workingDirectory } from "../../cli/working-directory.ts";
import type { EditorServices, InstallPlan } from "../../editor/effects.ts";
import type { Change, SetupOptions } from "../../setup/change.ts";
import { programName } from "../../setup/program.ts";
import { type SetupRequest, setUp } from "../../setup/run.ts";
import { statePaths } from "../../state/paths.ts";
import { changeLines } from "../setup/show.ts";

/** Whether Claude Code shows our line in this directory; undefined: unknown. */
export function showsOurLine(): boolean | undefined {
  try {
    const { effective, ours } = statusLineState({ env: process.env, directory: workingDirectory() });
    return effective !== undefined && effective === ours;
  } catch {
    return undefined;
  }
}

export const planInstall: EditorServices["planInstall"] = () =>
  attempt(async () => {
    const request = requestFor(true);
    let change: Change | undefined;
    const dialogue = { show: (shown: Change) => (change = shown) };
    const first = await setUp(request, optionsFor(false), dialogue);
    const present = { unchanged: "ours", kept: "other", written: "none", removed: "none" } as const;
    const kept = first.kept.find(({ kind }) => kind === "foreign");
    if (first.kind === "kept") await setUp(request, optionsFor(true), dialogue);
    return {
      path: first.target.path,
      present: present[first.kind],
      diff: change ? changeLines(change) : [],
      ...(kept ? { other: kept.shown } : {}),
    } satisfies InstallPlan;
  });

export const install: EditorServices["install"] = (replace) =>
  attempt(async () => {
    const { kind, target, backup } = await setUp(requestFor(false), optionsFor(replace), { show: () => {} });
    if (kind === "kept") return { error: `${target.path} has another status line now; look at it again` };
    if (kind === "unchanged") return { report: `${target.path}: nothing to do` };
    return { report: `changed ${target.path}${backup === undefined ? "" : `; backup: ${backup}`}` };
  });

/** The user's settings. @throws Error without a Claude Code directory */
function requestFor(dryRun: boolean): SetupRequest {
  const [claudeDir] = claudeDirectories(process.env);
  if (claudeDir === undefined) throw new Error("no Claude Code directory: HOME is not set");
  return { path: join(claudeDir, "settings.json"), paths: statePaths(process.env), dryRun };
}

function optionsFor(replace: boolean): SetupOptions {
  const { program } = programName(
    { env: process.env, cwd: workingDirectory(), as: process.argv0, executable: process.execPath },
    { shared: false },
  );
  return { commands: lineCommands(program), subagents: false, replace };
}

/** @returns the result, or the error for the user */
async function attempt<Result>(run: () => Promise<Result>): Promise<Result | { error: string }> {
  try {
    return await run();
  } catch (error) {
    const { message, hint } = error as Error & { hint?: string };
    return { error: hint === undefined ? message : `${message} (${hint})` };
  }
}
