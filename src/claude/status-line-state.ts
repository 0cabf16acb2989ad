/** Which status line takes effect in a directory, and what hides it. */
import type { Environment } from "../os/environment.ts";
import { isTrusted } from "./client-file.ts";
import { claudeDirectories } from "./directories.ts";
import { readOurCommand } from "./line-command.ts";
import {
  configDirectory,
  noLine,
  otherLine,
  type Problem,
  programFault,
  turnedOff,
  unreadable,
  untrusted,
} from "./problems.ts";
import { type SettingsLayer, settingsLayers } from "./settings.ts";

export interface StatusLineState {
  /** The file with the effective line; undefined when none has one. */
  readonly effective?: SettingsLayer;
  /** The highest-ranking file with this program's line. */
  readonly ours?: SettingsLayer;
  /** Those that hide the line first. */
  readonly problems: readonly Problem[];
}

export interface StatusLineQuery {
  readonly env: Environment;
  /** The session's directory, absolute. */
  readonly directory: string;
  /** The user's Claude Code directory. Default: the first from the environment. */
  readonly claudeDir?: string;
  /** The administrator's settings. Default: the system's directory for them. */
  readonly managed?: string;
}

/**
 * Read everything that affects the line. Changes nothing.
 * @throws if the Claude Code directory is unknown (HOME is not set)
 */
export function statusLineState({
  env,
  directory,
  claudeDir = claudeDirectories(env)[0],
  managed,
}: StatusLineQuery): StatusLineState {
  if (claudeDir === undefined) throw new Error("no Claude Code directory: HOME is not set");
  const layers = settingsLayers(directory, claudeDir, managed);
  const valid = layers.filter(({ problem }) => problem === undefined);
  const effective = valid.find(({ hasStatusLine }) => hasStatusLine);
  const ours = valid.find(({ command }) => command !== undefined && readOurCommand(command) !== undefined);
  const problems = [
    ...layers.filter(({ problem }) => problem !== undefined).map(unreadable),
    turnedOff(valid, effective),
    effective ? otherLine(effective, ours) : noLine(claudeDir),
    effective && effective === ours ? programFault(effective, env) : undefined,
    configDirectory(env, claudeDir),
    isTrusted(directory, env) === false ? untrusted(directory) : undefined,
  ].filter((each) => each !== undefined);
  return {
    ...(effective ? { effective } : {}),
    ...(ours ? { ours } : {}),
    problems: [...problems.filter(({ hides }) => hides), ...problems.filter(({ hides }) => !hides)],
  };
}
