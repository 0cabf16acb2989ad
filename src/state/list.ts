/** All state files of one kind, for the commands that look at everything. */
import { readSmallText } from "../os/io/file.ts";
import { namesIn } from "./own.ts";
import type { StatePaths } from "./paths.ts";
import { parseAccountState, parseRepoState, parseSessionState, STATE_FILE_LIMIT } from "./read.ts";
import type { AccountState, RepoState, SessionState } from "./schema.ts";

/** A state file, and what it holds; no state when it is not one that is ours and whole. */
export interface Listed<State> {
  readonly file: string;
  readonly state?: State;
}

export const listSessionStates = (paths: StatePaths): Listed<SessionState>[] =>
  list(paths.sessions, parseSessionState);

export const listRepoStates = (paths: StatePaths): Listed<RepoState>[] => list(paths.repos, parseRepoState);

export const listAccountStates = (paths: StatePaths): Listed<AccountState>[] =>
  list(paths.accounts, parseAccountState);

function list<State>(
  folder: string,
  parse: (text: string | undefined) => State | undefined,
): Listed<State>[] {
  const names = namesIn(folder).filter((name) => name.endsWith(".json"));
  return names.map((name) => {
    const file = `${folder}/${name}`;
    const state = parse(readSmallText(file, { limit: STATE_FILE_LIMIT, mustBeOurs: true }));
    return state === undefined ? { file } : { file, state };
  });
}
