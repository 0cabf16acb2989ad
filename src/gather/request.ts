/** What a pass is about, when nobody handed it over: from options, a payload on stdin, or the environment. */
import { readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { accountDirectory } from "../claude/account-directory.ts";
import { claudeDirectories } from "../claude/directories.ts";
import { readHead } from "../claude/head.ts";
import type { Payload } from "../claude/payload.ts";
import { type Handover, handoverOf } from "../state/handover.ts";
import { configPath } from "../state/paths.ts";
import type { SessionState } from "../state/scopes.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a person may say. */
export interface Given {
  readonly session?: string | undefined;
  readonly cwd?: string | undefined;
  readonly transcript?: string | undefined;
  readonly payload?: Payload | undefined;
}

/**
 * Work out what a pass is about. What is given goes before what a pass before has noted, and that before what is found.
 * @param recall gives a session's state, if there is one
 * @param here the directory to stand in when nothing says another one
 */
export function requestFrom(
  given: Given,
  env: Environment,
  { recall, here }: { recall(sessionId: string): SessionState | undefined; here: string },
): Handover {
  const told = given.payload ? handoverOf(given.payload) : {};
  const named = given.session ?? told.sessionId ?? sessionOfTranscript(given.transcript);
  const sessionId =
    named ?? (given.cwd === undefined && !given.payload ? env.CLAUDE_CODE_SESSION_ID : undefined);
  const noted = sessionId === undefined ? undefined : recall(sessionId);
  const transcriptPath =
    absolute(given.transcript, here) ??
    told.transcriptPath ??
    noted?.seen?.transcriptPath ??
    findTranscript(sessionId, env);
  // A session that was named from anywhere is not about the directory that we happen to stand in.
  const cwd = absolute(given.cwd, here) ?? told.cwd ?? noted?.cwd ?? (named === undefined ? here : undefined);
  const clientPid = Number(env.CLAUDE_PID);
  const isOwnSession = sessionId !== undefined && sessionId === env.CLAUDE_CODE_SESSION_ID;
  return complete(
    {
      ...told,
      ...(cwd === undefined ? {} : { cwd }),
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(transcriptPath === undefined ? {} : { transcriptPath }),
      ...(isOwnSession && Number.isSafeInteger(clientPid) && clientPid > 0 ? { clientPid } : {}),
    },
    env,
  );
}

/** Fill in the scopes that the hand-over does not name. */
export function complete(handover: Handover, env: Environment): Handover {
  const head = handover.root === undefined && handover.cwd !== undefined ? readHead(handover.cwd) : undefined;
  const root = handover.root ?? (head && real(head.root));
  const claudeDir = handover.claudeDir ?? accountDirectory(handover.transcriptPath, env);
  const config = handover.configPath ?? configPath(env);
  return {
    ...handover,
    ...(config === undefined ? {} : { configPath: config }),
    ...(root === undefined ? {} : { root }),
    ...(claudeDir === undefined ? {} : { claudeDir }),
  };
}

const sessionOfTranscript = (path: string | undefined): string | undefined =>
  path === undefined ? undefined : basename(path, ".jsonl") || undefined;

/** The newest file that is the session's own: `projects/<slug>/<session>.jsonl`. */
function findTranscript(sessionId: string | undefined, env: Environment): string | undefined {
  if (sessionId === undefined) return undefined;
  const name = `${sessionId}.jsonl`;
  if (name.includes("/")) return undefined;
  let newest: { path: string; modifiedMs: number } | undefined;
  for (const directory of claudeDirectories(env)) {
    const projects = join(directory, "projects");
    for (const slug of namesOf(projects)) {
      const path = `${projects}/${slug}/${name}`;
      const facts = lookAt(path);
      if (facts?.isFile() && facts.mtimeMs > (newest?.modifiedMs ?? -1))
        newest = { path, modifiedMs: facts.mtimeMs };
    }
  }
  return newest?.path;
}

function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It is missing, or cannot be read: nothing can be found in it.
    return [];
  }
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A file in the place of a folder, or one that cannot be reached.
    return undefined;
  }
}

const absolute = (path: string | undefined, here: string): string | undefined =>
  path === undefined ? undefined : resolve(here, path);

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It does not exist, or not any more: its name is all there is.
    return path;
  }
}
