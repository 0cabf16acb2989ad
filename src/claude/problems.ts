/** Problems that may hide the line in a directory: one function each. */
import type { Environment } from "../os/environment.ts";
import { realPath } from "../os/ffi/file.ts";
import { resolveExecutable } from "../os/run/executable.ts";
import { readOurCommand } from "./line-command.ts";
import type { SettingsLayer } from "./settings.ts";

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
  /** Certainly no line of ours. Otherwise it may be missing, or of another build. */
  readonly hides: boolean;
  /** The file or program concerned. */
  readonly path: string;
  /** On one line. */
  readonly text: string;
  /** How to fix it. */
  readonly hint: string;
}

/** A settings file that the client skips. */
export const unreadable = ({ path, problem = "" }: SettingsLayer): Problem => ({
  kind: "unreadable",
  hides: true,
  path,
  text: `Claude Code skips ${path}: ${problem}`,
  hint: "fix it: it must be strict JSON with values of the right type",
});

/** The highest-ranking file with `disableAllHooks` decides. Managed lines are subject to managed files only. */
export function turnedOff(
  layers: readonly SettingsLayer[],
  effective: SettingsLayer | undefined,
): Problem | undefined {
  const decisive = layers.find(({ disablesHooks }) => disablesHooks !== undefined);
  const byManaged = decisive?.name === "managed";
  if (decisive?.disablesHooks && (byManaged || effective?.name !== "managed"))
    return {
      kind: "hooks-disabled",
      hides: true,
      path: decisive.path,
      text: `'disableAllHooks' in ${decisive.path} turns every status line off`,
      hint: byManaged ? "only an administrator can change that" : "remove it there, or set it to false",
    };
  const only = layers.find(({ name, managedOnly }) => name === "managed" && managedOnly);
  if (!only || effective?.name === "managed") return undefined;
  return {
    kind: "managed-only",
    hides: true,
    path: only.path,
    text: `'allowManagedHooksOnly' in ${only.path} allows only the administrator's status line`,
    hint: "only an administrator can change that",
  };
}

/** No settings file has a line. */
export const noLine = (claudeDir: string): Problem => ({
  kind: "no-line",
  hides: true,
  path: `${claudeDir}/settings.json`,
  text: "no settings file has a status line",
  hint: "'plimsoll setup' adds it",
});

/** @returns undefined when the effective line is ours */
export function otherLine(effective: SettingsLayer, ours: SettingsLayer | undefined): Problem | undefined {
  if (effective === ours) return undefined;
  return {
    kind: "other-line",
    hides: true,
    path: effective.path,
    text: `${effective.path} (${effective.name}) has another status line${ours ? `, and hides ours in ${ours.path}` : ""}: ${effective.command || "an empty command"}`,
    hint: ours
      ? "remove 'statusLine' from it, or put ours there"
      : "'plimsoll setup --replace' replaces it with ours",
  };
}

/** Our line names a program that is missing, not executable, or another one. */
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

interface ProgramFault {
  /** Where the program is or should be. */
  readonly path: string;
  /** It cannot be run: there will be no line. */
  readonly fatal: boolean;
  /** Continues "the status line in …": "runs /x, which is missing". */
  readonly text: string;
}

/**
 * @param program as the shell sees it: a path, or a name
 * @returns undefined when it is this program, or only the shell can tell
 */
function findProgramFault(program: string, { HOME, PATH }: Environment): ProgramFault | undefined {
  if (/[$`*?]/.test(program)) return undefined;
  const fault = (path: string, text: string, fatal = true): ProgramFault => ({ path, fatal, text });
  const expanded = program.startsWith("~/") && HOME ? HOME + program.slice(1) : program;
  if (expanded.includes("/") && !expanded.startsWith("/"))
    return fault(program, `runs ${program}, which depends on the working directory`, false);
  const path = resolveExecutable(expanded, PATH);
  if (path === undefined) {
    if (!expanded.includes("/")) return fault(program, `runs '${program}', which is not on PATH`);
    const exists = realPath(expanded) !== undefined;
    return fault(expanded, `runs ${expanded}, which ${exists ? "cannot be executed" : "is missing"}`);
  }
  return realPath(path) === realPath(process.execPath)
    ? undefined
    : fault(path, `runs ${path}, which is not this program`, false);
}

/** The client takes the variable literally, as one path. */
export function configDirectory(
  { CLAUDE_CONFIG_DIR: value }: Environment,
  claudeDir: string,
): Problem | undefined {
  if (value === undefined || value === claudeDir || value.replace(/\/+$/, "") === claudeDir) return undefined;
  return {
    kind: "config-directory",
    hides: false,
    path: claudeDir,
    text: `CLAUDE_CONFIG_DIR is '${value}', which Claude Code takes as one path; Plimsoll uses ${claudeDir}`,
    hint: "set it to one absolute path, or unset it",
  };
}

/** The client asks before it runs anything in that folder. */
export const untrusted = (directory: string): Problem => ({
  kind: "untrusted",
  hides: false,
  path: directory,
  text: `Claude Code does not trust ${directory} yet, and shows no line until it does`,
  hint: "start 'claude' there, and answer its question",
});
