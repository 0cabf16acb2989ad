/** What may keep the line from showing in a directory: one function each, with what to do about it. */
import { readOurCommand } from "./line-command.ts";
import { findProgramFault } from "./program.ts";
import type { SettingsLayer } from "./settings-layers.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** One thing that keeps the line from showing, or may. */
export interface Problem {
  readonly kind:
    | "config-directory"
    | "unreadable"
    | "hooks-disabled"
    | "managed-only"
    | "no-line"
    | "other-line"
    | "program"
    | "untrusted";
  /** There is no line because of it. Otherwise there may be none, or one of another build. */
  readonly hides: boolean;
  /** The file or the program that it is about. */
  readonly path: string;
  /** What is the matter, on one line. */
  readonly text: string;
  /** What to do about it. */
  readonly hint: string;
}

/** A settings file that the client passes over. */
export const unreadable = ({ path, problem = "" }: SettingsLayer): Problem => ({
  kind: "unreadable",
  hides: true,
  path,
  text: `Claude Code passes over ${path}: ${problem}`,
  hint: "mend it: it must be strict JSON, and every value of the right kind",
});

/** The strongest file that says something about hooks decides. Managed lines mind managed files only. */
export function turnedOff(
  layers: readonly SettingsLayer[],
  asked: SettingsLayer | undefined,
): Problem | undefined {
  const judge = layers.find(({ disablesHooks }) => disablesHooks !== undefined);
  const byManaged = judge?.name === "managed";
  if (judge?.disablesHooks && (byManaged || asked?.name !== "managed"))
    return {
      kind: "hooks-disabled",
      hides: true,
      path: judge.path,
      text: `'disableAllHooks' in ${judge.path} turns every status line off`,
      hint: byManaged ? "only an administrator can change that" : "remove it from there, or set it to false",
    };
  const only = layers.find(({ name, managedOnly }) => name === "managed" && managedOnly);
  if (!only || asked?.name === "managed") return undefined;
  return {
    kind: "managed-only",
    hides: true,
    path: only.path,
    text: `'allowManagedHooksOnly' in ${only.path} allows no status line but the administrator's`,
    hint: "only an administrator can change that",
  };
}

/** No settings file has a line. */
export const noLine = (claudeDir: string): Problem => ({
  kind: "no-line",
  hides: true,
  path: `${claudeDir}/settings.json`,
  text: "no settings file has a status line",
  hint: "'plimsoll setup' puts it there",
});

/** @returns undefined when the line that counts is ours */
export function otherLine(asked: SettingsLayer, ours: SettingsLayer | undefined): Problem | undefined {
  if (asked === ours) return undefined;
  return {
    kind: "other-line",
    hides: true,
    path: asked.path,
    text: `${asked.path} (${asked.name}) has another status line${ours ? `, and hides ours in ${ours.path}` : ""}: ${asked.command || "an empty command"}`,
    hint: ours
      ? "remove 'statusLine' from it, or put ours there"
      : "'plimsoll setup --replace' puts ours in its place",
  };
}

/** The line names a program that is not there, or not this one. */
export function programFault({ path, command = "" }: SettingsLayer, env: Environment): Problem | undefined {
  const ours = readOurCommand(command);
  const fault = ours && findProgramFault(ours.program, env);
  return (
    fault && {
      kind: "program",
      hides: fault.fatal,
      path: fault.path,
      text: `the status line in ${path} ${fault.text}`,
      hint: "'plimsoll setup' puts this program's path there",
    }
  );
}

/** The client takes the variable as one path, as it stands. */
export function configDirectory(
  { CLAUDE_CONFIG_DIR: value }: Environment,
  claudeDir: string,
): Problem | undefined {
  if (value === undefined || value === claudeDir || value.replace(/\/+$/, "") === claudeDir) return undefined;
  return {
    kind: "config-directory",
    hides: false,
    path: claudeDir,
    text: `CLAUDE_CONFIG_DIR is '${value}', which Claude Code takes as one path; here it counts as ${claudeDir}`,
    hint: "set it to one absolute path, or unset it",
  };
}

/** The client asks before it does anything in that folder. */
export const untrusted = (directory: string): Problem => ({
  kind: "untrusted",
  hides: false,
  path: directory,
  text: `Claude Code does not trust ${directory} yet, and shows no line until it does`,
  hint: "start 'claude' there, and answer its question",
});
