/**
 * The three scopes and their state files: the contract between `gather`, which writes them, and `display`, which reads
 * them.
 *
 * A file holds one scope's parts. A part keeps its last valid value, when that was gathered, and the error of the newest
 * attempt if it failed: the value of a failing part visibly grows old.
 *
 * Reading never throws. A file that is missing, torn, foreign, of another version or of another scope counts as absent;
 * a field or part that does not match its shape is dropped, and the rest is kept.
 */
import { isObject, parseJson } from "../claude/json.ts";
import { readSmallText } from "../os/io/file.ts";
import { PARTS, type PartName, type PartValue, projectThemeFacts, type ScopeName } from "./parts.ts";
import { type StatePaths, stateFile } from "./paths.ts";
import { anything, flag, type Infer, number, object, optional, type Shape, text } from "./shape.ts";

/** Incremented when a reader of this version would misread a file of the new one. */
export const STATE_VERSION = 1;

/** The largest state file that is read or written. A usual one has about 1.4 KB. Bytes. */
export const STATE_FILE_LIMIT = 64 * 1024;

/** The newest payload of a session, for `plimsoll sessions`. */
const seen = object({
  /** When the payload came. */
  at: number,
  name: optional(text),
  transcriptPath: optional(text),
  /** The session's Claude Code directory: it tells which account the session uses. */
  claudeDir: optional(text),
  contextPercent: optional(number),
  contextWindow: optional(number),
  costUsd: optional(number),
});

/** When the client compacts the conversation automatically (`claude/compaction.ts`). Tokens. */
const compactionFacts = object({
  /** The context window and the model that `point` was computed for. */
  window: number,
  model: text,
  /** Missing when it is not known. */
  point: optional(number),
  /** Automatic compaction is disabled. */
  off: optional(flag),
  /** When the client's settings were read. */
  readAt: number,
});
export type CompactionFacts = Infer<typeof compactionFacts>;

/** Each scope: the field that identifies it, and what its file has besides parts; all of that is optional. */
const SCOPES = {
  session: {
    id: "sessionId",
    fields: {
      /** The client's process, when it was last verified. */
      client: object({ pid: number, start: text, bootId: text }),
      cwd: text,
      model: text,
      seen,
      compaction: compactionFacts,
      /** Claude Code's theme, if the project's settings set it; else the account's part has it. */
      projectTheme: projectThemeFacts,
      /** The position of the transcript reader; private to `gather/transcript`. */
      cursor: anything,
    },
  },
  repo: {
    /** The real path of the working tree's root. */
    id: "root",
    fields: {
      /** When the full status was last tried in a repository that is too large for it: it is not tried at every pass. */
      fullStatusAt: number,
    },
  },
  /** By the real path of the Claude Code directory that the figures come from. */
  account: { id: "claudeDir", fields: {} },
} as const;

const part = object({
  /** When `value` was gathered; 0 when never. */
  gatheredAt: number,
  /** Duration of the newest attempt. */
  tookMs: number,
  /** Why the newest attempt gave no value, in a few words; missing when it succeeded. */
  error: optional(text),
  /** When the newest attempt ended. */
  triedAt: number,
  /**
   * Failed attempts in a row; missing when the newest succeeded, or was only too early (no transcript before the first
   * prompt). Each doubles the time until the next.
   */
  failures: optional(number),
});

/** One gathered fact. */
export type Part<Value> = Infer<typeof part> & {
  /** The last valid value; null when there has not been one. */
  value: Value | null;
};

const attempts = object({
  /** When the newest pass over this scope began; 0 when never. */
  startedAt: number,
  /** When it ended; less than `startedAt` while one runs, or when one was killed. */
  endedAt: number,
  /** Passes in a row that failed as a whole. */
  failures: number,
  /** The back-off: no pass before this instant. 0: no back-off. */
  notBefore: number,
});

/** Passes over one scope, so that `display` starts neither too many nor two at a time. */
export type Attempts = Infer<typeof attempts>;

type Scopes = typeof SCOPES;
type FieldsOf<Scope extends ScopeName> = Scopes[Scope]["fields"];

/** A scope's parts by their keys, and its state file's content. */
type PartsOf<Scope extends ScopeName> = {
  [Name in PartName as (typeof PARTS)[Name]["scope"] extends Scope
    ? (typeof PARTS)[Name]["key"]
    : never]?: Part<PartValue<Name>>;
};
export type State<Scope extends ScopeName> = {
  version: typeof STATE_VERSION;
  attempts: Attempts;
  parts: PartsOf<Scope>;
} & { -readonly [Id in Scopes[Scope]["id"]]: string } & {
  -readonly [Name in keyof FieldsOf<Scope>]?: Infer<FieldsOf<Scope>[Name]>;
};
export type SessionState = State<"session">;
export type RepoState = State<"repo">;
export type AccountState = State<"account">;

/** A new state file's content. */
export const emptyState = <Scope extends ScopeName>(scope: Scope, id: string): State<Scope> =>
  ({
    version: STATE_VERSION,
    [SCOPES[scope].id]: id,
    attempts: { startedAt: 0, endedAt: 0, failures: 0, notBefore: 0 },
    parts: {},
  }) as unknown as State<Scope>;

/**
 * Read a scope's state file.
 * @param id the session id, or the real path of the working tree's root or of the Claude Code directory
 * @returns undefined without a file of ours about this `id`
 */
export function readState<Scope extends ScopeName>(
  paths: StatePaths,
  scope: Scope,
  id: string,
): State<Scope> | undefined {
  const file = stateFile(paths, scope, id);
  const state = parseState(scope, readSmallText(file, { limit: STATE_FILE_LIMIT, mustBeOurs: true }));
  return (state as Record<string, unknown> | undefined)?.[SCOPES[scope].id] === id ? state : undefined;
}

/** @returns the state that `text` holds, without what does not match its shape */
export function parseState<Scope extends ScopeName>(
  scope: Scope,
  text: string | undefined,
): State<Scope> | undefined {
  const json = parseJson(text);
  const { id, fields } = SCOPES[scope] as { id: string; fields: Readonly<Record<string, Shape<unknown>>> };
  if (!isObject(json) || json.version !== STATE_VERSION) return undefined;
  const value = json[id];
  if (typeof value !== "string") return undefined;
  const state: Record<string, unknown> = emptyState(scope, value);
  for (const name of Object.keys(fields))
    if (json[name] !== undefined && fields[name]?.(json[name])) state[name] = json[name];
  if (attempts(json.attempts)) state.attempts = json.attempts;
  state.parts = validParts(scope, json.parts);
  return state as State<Scope>;
}

function validParts(scope: ScopeName, json: unknown): Record<string, Part<unknown>> {
  const valid: Record<string, Part<unknown>> = {};
  if (!isObject(json)) return valid;
  for (const name of Object.keys(PARTS)) {
    const row = PARTS[name as PartName];
    const candidate = row.scope === scope ? json[row.key] : undefined;
    if (!part(candidate)) continue;
    const { value } = candidate as Part<unknown>;
    if (value === null || row.shape(value)) valid[row.key] = candidate as Part<unknown>;
  }
  return valid;
}
