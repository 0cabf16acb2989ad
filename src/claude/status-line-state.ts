/** Which line there will be in a directory, and what stands in its way. */
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
import { type SettingsLayer, settingsLayers } from "./settings-layers.ts";
import { isTrusted } from "./trust.ts";

/** What there is to be shown, and what stands in its way. */
export interface StatusLineState {
  /** The settings file whose line counts; undefined when none has one. */
  readonly asked?: SettingsLayer;
  /** The strongest settings file that asks for this program's line. */
  readonly ours?: SettingsLayer;
  /** What hides the line first. */
  readonly obstacles: readonly Problem[];
}

/** Where to look. */
export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory of the session, absolute. */
  readonly directory: string;
  /** The user's Claude Code directory. Default: the first that the environment names. */
  readonly claudeDir?: string;
  /** Where an administrator's settings are. Default: the system's place for them. */
  readonly managed?: string;
}

/**
 * Look at everything that decides about the line. Nothing is changed.
 * @throws when the environment names no Claude Code directory (HOME is not set)
 */
export function outlook({
  env,
  directory,
  claudeDir = claudeDirectories(env)[0],
  managed,
}: Place): StatusLineState {
  if (claudeDir === undefined) throw new Error("there is no Claude Code directory: HOME is not set");
  const layers = settingsLayers(directory, claudeDir, managed);
  const read = layers.filter(({ problem }) => problem === undefined);
  const asked = read.find(({ hasStatusLine }) => hasStatusLine);
  const ours = read.find(isOurLayer);
  const found = [
    ...layers.filter(({ problem }) => problem !== undefined).map(unreadable),
    turnedOff(read, asked),
    asked ? otherLine(asked, ours) : noLine(claudeDir),
    asked && asked === ours ? programFault(asked, env) : undefined,
    configDirectory(env, claudeDir),
    isTrusted(directory, env) === false ? untrusted(directory) : undefined,
  ].filter((each) => each !== undefined);
  return {
    ...(asked ? { asked } : {}),
    ...(ours ? { ours } : {}),
    obstacles: [...found.filter(({ hides }) => hides), ...found.filter(({ hides }) => !hides)],
  };
}

const isOurLayer = ({ command }: SettingsLayer): boolean =>
  command !== undefined && readOurCommand(command) !== undefined;
