/** What may keep the line from showing in a directory: settings, trust, and the command itself. */
import { claudeDirectories } from "./directories.ts";
import { readOurCommand } from "./line-command.ts";
import { findProgramFault } from "./program.ts";
import { type SettingsLayer, settingsLayers } from "./settings-layers.ts";
import { isTrusted } from "./trust.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** One thing that keeps the line from showing, or may. */
export interface Obstacle {
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

/** What there is to be shown, and what stands in its way. */
export interface Outlook {
  /** The settings file whose line counts; undefined when none has one. */
  readonly asked?: SettingsLayer;
  /** The strongest settings file that asks for this program's line. */
  readonly ours?: SettingsLayer;
  /** What hides the line first. */
  readonly obstacles: readonly Obstacle[];
}

/** Where to look. */
export interface Place {
  readonly env: Environment;
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
export function outlook({ env, directory, claudeDir = claudeDirectories(env)[0], managed }: Place): Outlook {
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

const unreadable = ({ path, problem = "" }: SettingsLayer): Obstacle => ({
  kind: "unreadable",
  hides: true,
  path,
  text: `Claude Code passes over ${path}: ${problem}`,
  hint: "mend it: it must be strict JSON, and every value of the right kind",
});

/** The strongest file that says something about hooks decides. Managed lines mind managed files only. */
function turnedOff(layers: readonly SettingsLayer[], asked: SettingsLayer | undefined): Obstacle | undefined {
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

const noLine = (claudeDir: string): Obstacle => ({
  kind: "no-line",
  hides: true,
  path: `${claudeDir}/settings.json`,
  text: "no settings file has a status line",
  hint: "'plimsoll setup' puts it there",
});

function otherLine(asked: SettingsLayer, ours: SettingsLayer | undefined): Obstacle | undefined {
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

function programFault({ path, command = "" }: SettingsLayer, env: Environment): Obstacle | undefined {
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
function configDirectory({ CLAUDE_CONFIG_DIR: value }: Environment, claudeDir: string): Obstacle | undefined {
  if (value === undefined || value === claudeDir || value.replace(/\/+$/, "") === claudeDir) return undefined;
  return {
    kind: "config-directory",
    hides: false,
    path: claudeDir,
    text: `CLAUDE_CONFIG_DIR is '${value}', which Claude Code takes as one path; here it counts as ${claudeDir}`,
    hint: "set it to one absolute path, or unset it",
  };
}

const untrusted = (directory: string): Obstacle => ({
  kind: "untrusted",
  hides: false,
  path: directory,
  text: `Claude Code does not trust ${directory} yet, and shows no line until it does`,
  hint: "start 'claude' there, and answer its question",
});
