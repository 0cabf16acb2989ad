/**
 * How git is called in a repository that may be hostile: nothing that it configures may run.
 *
 * Plain `git status` runs `core.fsmonitor`, `filter.*.clean`/`process` and the `post-index-change` hook (seen with
 * git 2.39.5), and in a partial clone it may fetch missing objects, through any transport that the repository names.
 */
import type { Environment } from "../../os/environment.ts";

/** The whole environment of git, without GIT_* variables: those name directories, configuration and programs to run. */
export function gitEnvironment(env: Environment, root: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT_VARIABLES) if (env[name] !== undefined) kept[name] = env[name];
  return {
    ...kept,
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    // No transport is allowed, whatever `protocol.*.allow` is; newer versions do not fetch lazily at all.
    GIT_ALLOW_PROTOCOL: "none",
    GIT_NO_LAZY_FETCH: "1",
    GIT_PAGER: "cat",
    // With a broken `.git`, git must not use the enclosing repository.
    GIT_CEILING_DIRECTORIES: root.slice(0, root.lastIndexOf("/")) || "/",
  };
}

/** HOME and XDG_CONFIG_HOME lead to the user's own configuration (safe.directory, core.excludesFile). */
const KEPT_VARIABLES = ["HOME", "XDG_CONFIG_HOME", "PATH", "TMPDIR", "DEVELOPER_DIR"] as const;

/** Options before the subcommand. `-c` overrides the repository's configuration. */
export const SAFE_OPTIONS: readonly string[] = [
  "--no-pager",
  "--no-optional-locks",
  ...settings({
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.alternateRefsCommand": "",
    "core.sshCommand": "false",
    "core.askPass": "",
    "safe.bareRepository": "explicit",
    // Threads save time on many cores, but cost more CPU, and no process waits for the result.
    "core.preloadIndex": "false",
    "index.threads": "1",
    "status.submoduleSummary": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
  }),
];

/** Arguments that list the configuration that `git status` needs: names and values, each NUL-terminated. */
export const LIST_SETTINGS: readonly string[] = [
  "config",
  "--null",
  "--includes",
  "--get-regexp",
  "^(filter\\..*|remote\\..*\\.promisor|status\\.showuntrackedfiles)$",
];

/** What follows from the listed configuration. */
export interface ListedSettings {
  /** Options that disable every filter and every lazily fetched remote. */
  readonly overrides: readonly string[];
  /** The user or the repository disables the search for untracked files. */
  readonly hidesUntracked: boolean;
}

/**
 * @param output of `LIST_SETTINGS`
 * @throws Error when a name cannot be overridden with `-c`, because it contains a `=`
 */
export function readListedSettings(output: string): ListedSettings {
  const filters = new Set<string>();
  const remotes = new Set<string>();
  let hidesUntracked = false;
  for (const entry of output.split("\0")) {
    const newline = entry.indexOf("\n");
    const key = newline < 0 ? entry : entry.slice(0, newline);
    const section = key.slice(0, key.indexOf("."));
    const name = key.slice(key.indexOf(".") + 1, key.lastIndexOf("."));
    if (section === "filter") filters.add(name);
    else if (section === "remote") remotes.add(name);
    else if (section === "status") hidesUntracked = /^(no|false|off|0)$/i.test(entry.slice(newline + 1));
  }
  const unsafe = [...filters, ...remotes].find((name) => name.includes("="));
  if (unsafe !== undefined) throw new Error("a filter or remote has a name that cannot be made safe");
  return {
    hidesUntracked,
    overrides: [
      ...[...filters].flatMap((name) =>
        settings({
          [`filter.${name}.clean`]: "",
          [`filter.${name}.smudge`]: "",
          [`filter.${name}.process`]: "",
          [`filter.${name}.required`]: "false",
        }),
      ),
      ...[...remotes].flatMap((name) => settings({ [`remote.${name}.promisor`]: "false" })),
    ],
  };
}

/** Arguments of `git status`. @param untracked as in `--untracked-files` */
export const statusArguments = (untracked: "normal" | "no"): readonly string[] => [
  "status",
  "--porcelain=v2",
  "--branch",
  "--show-stash",
  "--ignore-submodules=all",
  `--untracked-files=${untracked}`,
  "-z",
];

/** Arguments that list unmerged paths, from the index alone: no filter runs. */
export const UNMERGED: readonly string[] = ["ls-files", "--unmerged", "-z"];

function settings(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
