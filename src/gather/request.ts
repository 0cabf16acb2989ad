/** What a pass is about, when `display` did not hand it over: from options, stdin, or the environment. */

import { realpathSync, type Stats, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { accountDirectory } from "../claude/account-directory.ts";
import { claudeDirectories } from "../claude/directories.ts";
import { readJsonFromStdin } from "../claude/first-json.ts";
import { readHead } from "../claude/head.ts";
import { type Payload, readPayload } from "../claude/payload.ts";
import { UsageError } from "../cli/errors.ts";
import type { Environment } from "../os/environment.ts";
import { isTerminal } from "../os/ffi/terminal.ts";
import { entryNames } from "../os/io/entries.ts";
import type { PassRequest } from "../state/handover.ts";
import { configPath } from "../state/paths.ts";
import type { SessionState } from "../state/scopes.ts";
import { GATHER_PAYLOAD_WAIT_MS } from "../state/timeouts.ts";

const STDIN = 0;

/** What the command line and stdin give. */
export interface Given {
  readonly session?: string | undefined;
  readonly cwd?: string | undefined;
  readonly transcript?: string | undefined;
  readonly payload?: Payload | undefined;
}

/**
 * Work out what a pass is about. What is given has priority over what the session's state has, and that over what is
 * found.
 * @param recall returns a session's state, if there is one
 * @param here the directory when nothing names another one
 */
export function requestFrom(
  given: Given,
  env: Environment,
  { recall, here }: { recall(sessionId: string): SessionState | undefined; here: string },
): PassRequest {
  const payload = given.payload ?? readPayload(undefined);
  const named = given.session ?? payload.sessionId ?? sessionOfTranscript(given.transcript);
  const sessionId =
    named ?? (given.cwd === undefined && !given.payload ? env.CLAUDE_CODE_SESSION_ID : undefined);
  const known = sessionId === undefined ? undefined : recall(sessionId);
  const transcriptPath =
    absolute(given.transcript, here) ??
    payload.transcriptPath ??
    known?.seen?.transcriptPath ??
    findTranscript(sessionId, env);
  // A named session does not belong to the current directory.
  const cwd =
    absolute(given.cwd, here) ?? payload.cwd ?? known?.cwd ?? (named === undefined ? here : undefined);
  const pid = Number(env.CLAUDE_PID);
  const isOwnSession = sessionId !== undefined && sessionId === env.CLAUDE_CODE_SESSION_ID;
  const clientPid = isOwnSession && Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  return complete({ payload: { ...payload, sessionId, transcriptPath, cwd }, clientPid }, env);
}

/**
 * Read a payload from stdin, unless that is a terminal or empty.
 * @throws UsageError when the input is not a payload
 */
export function payloadFromStdin(): Payload | undefined {
  if (isTerminal(STDIN)) return undefined;
  const { json, bytes, error } = readJsonFromStdin(GATHER_PAYLOAD_WAIT_MS);
  if (bytes.length === 0) return undefined;
  if (error !== undefined) throw new UsageError(error, "to gather without a payload, use < /dev/null");
  return readPayload(json);
}

/** Fill in the scopes that a request does not name. */
export function complete(request: PassRequest, env: Environment): PassRequest {
  const { cwd, transcriptPath } = request.payload;
  const head = request.root === undefined && cwd !== undefined ? readHead(cwd) : undefined;
  return {
    ...request,
    root: request.root ?? (head && realPath(head.root)),
    claudeDir: request.claudeDir ?? accountDirectory(transcriptPath, env),
    configPath: request.configPath ?? configPath(env),
  };
}

const sessionOfTranscript = (path: string | undefined): string | undefined =>
  path === undefined ? undefined : basename(path, ".jsonl") || undefined;

/** The session's newest transcript: `projects/<slug>/<session>.jsonl`. */
function findTranscript(sessionId: string | undefined, env: Environment): string | undefined {
  if (sessionId === undefined) return undefined;
  const name = `${sessionId}.jsonl`;
  if (name.includes("/")) return undefined;
  let newest: { path: string; modifiedMs: number } | undefined;
  for (const directory of claudeDirectories(env)) {
    const projects = join(directory, "projects");
    for (const slug of entryNames(projects)) {
      const path = `${projects}/${slug}/${name}`;
      const facts = lookAt(path);
      if (facts?.isFile() && facts.mtimeMs > (newest?.modifiedMs ?? -1))
        newest = { path, modifiedMs: facts.mtimeMs };
    }
  }
  return newest?.path;
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // Not in a directory, or not accessible.
    return undefined;
  }
}

const absolute = (path: string | undefined, here: string): string | undefined =>
  path === undefined ? undefined : resolve(here, path);

/** The path itself when it does not exist. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
