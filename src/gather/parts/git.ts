import { resolveExecutable, workingTrees } from "../../os/run/executable.ts";
import type { RunOutcome } from "../../os/run/outcome.ts";
import { runBounded } from "../../os/run/subprocess.ts";
import type { RepoState } from "../../state/scopes.ts";
import { withoutUndefined } from "../../state/shape.ts";
import { GIT_TIMEOUT_MS } from "../../state/timeouts.ts";
import { openRepository, operationOf, stashesOf } from "../git/repository.ts";
import {
  gitEnvironment,
  LIST_SETTINGS,
  readListedSettings,
  SAFE_OPTIONS,
  statusArguments,
  UNMERGED,
} from "../git/safety.ts";
import { countUnmerged, listsUntracked, parseStatus } from "../git/status.ts";
import type { Gather } from "../part.ts";
import { failureOf } from "../subprocess-error.ts";

/** For each call of git. */
const LIMITS = { timeoutMs: GIT_TIMEOUT_MS, graceMs: 50, maxOutputBytes: 512 * 1024 } as const;

/** The full status is retried after this long in a repository that was too large for it. Milliseconds. */
const FULL_STATUS_INTERVAL_MS = 5 * 60_000;

/**
 * Working tree facts, without running anything of the repository's (git/safety.ts). One `git config` to find what must
 * be disabled, and one `git status`; if that is too slow or too long, another one without untracked files. If the changes
 * alone are too long, those that were read are counted, and marked as lower bounds.
 */
export const gatherGit: Gather<"git"> = async (state, { env, trees, signal, now }) => {
  const repository = openRepository(state.root);
  if (!repository) throw new Error("the git working tree is gone");
  const outside = new Set([...trees, ...workingTrees([state.root], env.HOME)]);
  const program = resolveExecutable("git", env.PATH, outside);
  if (program === undefined) throw new Error(whyNoGit(env.PATH));
  const environment = gitEnvironment(env, state.root);
  const call = (options: readonly string[]) =>
    runBounded({
      argv: [program, ...SAFE_OPTIONS, ...options],
      cwd: state.root,
      env: environment,
      outside,
      utf8: "lossy",
      signal,
      ...LIMITS,
    });

  const listed = await call(LIST_SETTINGS);
  // git config exits with 1 when it finds nothing.
  const settings = readListedSettings(
    listed.kind === "exited" && listed.code === 1 ? "" : outputOf("git config", listed),
  );
  const status = (untracked: "normal" | "no") => call([...settings.overrides, ...statusArguments(untracked)]);

  let partial = !settings.hidesUntracked && isLarge(state, now);
  let outcome = await status(settings.hidesUntracked || partial ? "no" : "normal");
  if (!partial && isTooMuch(outcome)) {
    partial = true;
    state.fullStatusAt = now;
    // Without untracked files the output is shorter only if it had reached them.
    if (outcome.kind === "timedOut" || listsUntracked(outcome.stdout)) outcome = await status("no");
  } else if (!partial) delete state.fullStatusAt;

  const atLeast = outcome.kind === "outputTooLarge";
  const {
    stashes = stashesOf(repository),
    untracked,
    ...facts
  } = parseStatus(atLeast ? outcome.stdout : outputOf("git status", outcome), { isCut: atLeast });
  // Unmerged paths come after the changes: they were cut off.
  if (atLeast) facts.conflicts = Math.max(facts.conflicts, countUnmerged((await call(UNMERGED)).stdout));
  return withoutUndefined({
    ...facts,
    stashes,
    untracked: partial || settings.hidesUntracked ? undefined : untracked,
    partial: partial || undefined,
    atLeast: atLeast || undefined,
    operation: operationOf(repository),
    worktree: repository.worktree,
  });
};

/** A git inside the working tree belongs to the repository, and is not run. */
function whyNoGit(path: string | undefined): string {
  const inside = resolveExecutable("git", path);
  return inside === undefined
    ? "git is not installed"
    : `no git outside of the working tree (${inside} is not run)`;
}

const isTooMuch = ({ kind }: RunOutcome): boolean => kind === "timedOut" || kind === "outputTooLarge";

/** Whether the full status was too much recently. */
function isLarge({ fullStatusAt }: RepoState, now: number): boolean {
  return fullStatusAt !== undefined && fullStatusAt <= now && now - fullStatusAt < FULL_STATUS_INTERVAL_MS;
}

function outputOf(name: string, outcome: RunOutcome): string {
  const failure = failureOf(name, outcome);
  if (failure !== undefined) throw new Error(failure);
  return outcome.stdout;
}
