/** Adding the line to Claude Code's settings from the editor, as `plimsoll setup` does without options. */
import { join } from "node:path";
import { claudeDirectories } from "../../claude/directories.ts";
import { isObject } from "../../claude/json.ts";
import { lineCommands } from "../../claude/line-command.ts";
import { statusLineState } from "../../claude/status-line-state.ts";
import { workingDirectory } from "../../cli/working-directory.ts";
import type { EditorServices, InstallPlan } from "../../editor/effects.ts";
import type { Change, SetupOptions } from "../../setup/change.ts";
import { settingOf, textOfTarget } from "../../setup/document.ts";
import { type ProgramName, programName } from "../../setup/program.ts";
import { remove, type SetupOutcome, type SetupRequest, setUp } from "../../setup/run.ts";
import { statePaths } from "../../state/paths.ts";
import { changeLines } from "../setup/show.ts";
import { withTilde } from "./file.ts";

/** Whether Claude Code shows our line in this directory; undefined: unknown. */
export function showsOurLine(): boolean | undefined {
  try {
    const { effective, ours } = statusLineState({ env: process.env, directory: workingDirectory() });
    return effective !== undefined && effective === ours;
  } catch {
    return undefined;
  }
}

export const planInstall: EditorServices["planInstall"] = (refresh) =>
  attempt(async () => {
    const request = requestFor(true);
    let change: Change | undefined;
    const dialogue = { show: (shown: Change) => (change = shown) };
    const first = await setUp(request, optionsFor(false), dialogue);
    const present = { unchanged: "ours", kept: "other", written: "none", removed: "none" } as const;
    const kept = first.kept.find(({ kind }) => kind === "foreign");
    const isOther = first.kind === "kept";
    if (isOther || refresh !== undefined) await setUp(request, optionsFor(isOther, refresh), dialogue);
    return {
      refresh: refresh ?? refreshAfter(change?.text ?? textOfTarget(first.target)),
      path: withTilde(first.target.path),
      present: present[first.kind],
      diff: change ? changeLines(change) : [],
      ...(kept ? { other: kept.shown } : {}),
    } satisfies InstallPlan;
  });

/** The line's refresh interval in a text of the settings, in seconds. */
function refreshAfter(text: string): number | undefined {
  const value = settingOf(text, "statusLine");
  const seconds = isObject(value) ? value.refreshInterval : undefined;
  return typeof seconds === "number" ? seconds : undefined;
}

export const planUninstall: EditorServices["planUninstall"] = () =>
  attempt(async () => {
    let change: Change | undefined;
    const { target } = await remove(requestFor(true), { show: (shown) => (change = shown) });
    const diff = change ? changeLines(change) : [];
    return {
      removes: true,
      refresh: undefined,
      path: withTilde(target.path),
      present: diff.length > 0 ? "ours" : "none",
      diff,
    } satisfies InstallPlan;
  });

export const install: EditorServices["install"] = (replace, refresh) =>
  attempt(async () => {
    const outcome = await setUp(requestFor(false), optionsFor(replace, refresh), { show: () => {} });
    const { path } = outcome.target;
    return outcome.kind === "kept"
      ? { error: `${path} has another status line now; look at it again` }
      : { report: withTilde([reportOf(outcome), ...warnings()].join("; ")) };
  });

export const uninstall: EditorServices["uninstall"] = () =>
  attempt(async () => ({ report: withTilde(reportOf(await remove(requestFor(false), { show: () => {} }))) }));

function reportOf({ kind, target, backup }: SetupOutcome): string {
  if (kind === "unchanged") return `${target.path}: nothing to do`;
  return `changed ${target.path}${backup === undefined ? "" : `; backup: ${backup}`}`;
}

/** The user's settings. @throws Error without a Claude Code directory */
function requestFor(dryRun: boolean): SetupRequest {
  const [claudeDir] = claudeDirectories(process.env);
  if (claudeDir === undefined) throw new Error("no Claude Code directory: HOME is not set");
  return { path: join(claudeDir, "settings.json"), paths: statePaths(process.env), dryRun };
}

const thisProgram = (): ProgramName =>
  programName(
    { env: process.env, cwd: workingDirectory(), as: process.argv0, executable: process.execPath },
    { shared: false },
  );

/** A path that is likely to be deleted. */
function warnings(): string[] {
  const { fragility } = thisProgram();
  return fragility ? [`warning: ${fragility.text} (${fragility.hint})`] : [];
}

function optionsFor(replace: boolean, refresh?: number): SetupOptions {
  const { program } = thisProgram();
  return {
    commands: lineCommands(program),
    subagents: false,
    replace,
    ...(refresh === undefined ? {} : { refresh }),
  };
}

/** @returns the result, or the error for the user */
async function attempt<Result>(run: () => Promise<Result>): Promise<Result | { error: string }> {
  try {
    return await run();
  } catch (error) {
    const { message, hint } = error as Error & { hint?: string };
    return { error: withTilde(hint === undefined ? message : `${message} (${hint})`) };
  }
}
