/**
 * What the state files hold: the contract between `gather`, which writes them, and `display`, which reads them.
 *
 * A file is one scope and a few parts. A part carries its last good value, when it was gathered, and the error of the
 * newest attempt if that failed: a failing part keeps its value and grows old visibly.
 * All `*At` are Unix milliseconds, all `*Ms` milliseconds, money is USD, percentages run from 0 to 100.
 */

/** Raised when a reader of this version would misread a file of that version. */
export const STATE_VERSION = 1;

/** One gathered fact. */
export interface Part<Value> {
  /** The last good value; null when there has not been one yet. */
  value: Value | null;
  /** When `value` was gathered; 0 when never. */
  gatheredAt: number;
  /** How long the newest attempt took. */
  tookMs: number;
  /** Why the newest attempt gave no value, in a few words; absent when it was good. */
  error?: string;
  /** When the newest attempt ended, good or not. */
  triedAt: number;
  /**
   * Failed attempts in a row; absent when the newest was good, or only too early (no transcript before the first
   * prompt). Each doubles the time until the next.
   */
  failures?: number;
}

/** What is known of attempts in one scope, so that `display` neither repeats nor hammers. */
export interface Attempts {
  /** When the newest pass over this scope began; 0 when never. */
  startedAt: number;
  /** When it ended; less than `startedAt` while one runs, or when one was killed. */
  endedAt: number;
  /** Passes in a row that failed as a whole. */
  failures: number;
  /** No pass before this instant: the back-off. 0 when there is none. */
  notBefore: number;
}

/** Working tree facts, from git. */
export interface GitFacts {
  /** Branch name; absent when HEAD is detached. */
  branch?: string;
  /** Abbreviated commit; absent before the first one. */
  commit?: string;
  upstream?: string;
  ahead?: number;
  behind?: number;
  staged: number;
  modified: number;
  /** Absent when untracked files were not counted (see `partial`). */
  untracked?: number;
  conflicts: number;
  stashes: number;
  /** An operation in progress, as "rebase 2/5", "merge", "cherry-pick", "revert", "bisect", "am". */
  operation?: string;
  /** The name of a linked worktree. */
  worktree?: string;
  /** Untracked files were left out because the full status did not finish in time. */
  partial?: boolean;
  /** `staged`, `modified` and `conflicts` are lower bounds: git wrote more than is read. */
  atLeast?: boolean;
}

/** What a session's transcript tells. */
export interface TranscriptFacts {
  /** Prompts that a person sent. */
  turns: number;
  lastUserMessage?: string;
  lastUserMessageAt?: number;
  lastActivityAt?: number;
  compactions: number;
  /** The newest compaction: when, and at how many tokens if the client began it by itself. */
  lastCompaction?: { at: number; autoAtTokens?: number };
  /** Tool calls by name, the most frequent first, at most 8. */
  tools: { name: string; count: number }[];
  /** The tool that runs now, if one does. */
  runningTool?: { name: string; target?: string; since: number };
  /** Subagents that run now, at most 8. */
  agents: { type: string; description?: string; model?: string; since: number }[];
  /** Todo items, when the session keeps a list. */
  todos?: { done: number; total: number; current?: string };
  /** Tokens of the conversation, without subagents and compaction: a lower bound of the session's (`SessionUsage`). */
  tokens?: { input: number; output: number; cacheRead: number; cacheWrite: number };
}

/** How sure a sum of money is. */
export type Priced = "exact" | "estimated" | "unpriced";

/** CostSource and tokens over some span. */
export interface Spend {
  costUsd: number;
  priced: Priced;
  /** The part of `costUsd` that the client billed and no transcript line explains. */
  unattributedUsd: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** Requests were billed whose tokens are in no message and in no count of the client: the counts are a lower bound. */
  tokensMissing?: boolean;
}

/** One session's money. */
export interface SessionUsage extends Spend {
  /** The newest bill of the client itself, if one was seen. */
  billUsd?: number;
  /** The client's figure has this besides: it was carried over from the session that this one was forked from. */
  inheritedUsd?: number;
  /** The history was still being read: the figures may grow. */
  partial?: boolean;
  /** When the client last wrote its own token counts: they include what is in no message. Unix milliseconds. */
  tokensCountedAt?: number;
}

/** The five-hour block that runs now. */
export interface BlockUsage extends Spend {
  startAt: number;
  endAt: number;
  /** USD an hour, from the first to the last message. */
  burnUsdPerHour?: number;
  tokensPerMinute?: number;
  /** The cost at the block's end if it goes on like this. */
  projectedUsd?: number;
  /** The end was told by the client (`rate_limits.five_hour.resets_at`), not inferred. */
  endIsKnown: boolean;
}

/** CostSource of one account. */
export interface AccountUsage {
  /** The local day, as "2026-11-21", that `today` is about. */
  day: string;
  today: Spend;
  /** Absent when no block is active. */
  block?: BlockUsage;
  /** Seven local days, today included. */
  week: Spend;
  /** The first index of the history is not complete yet: the figures will grow. */
  partial?: boolean;
  /** What a damaged ledger has lost, until the user acknowledges it. */
  notice?: string;
}

/** One rate limit window as the newest report of an account has it. */
export interface LimitWindow {
  usedPercent: number;
  resetsAt: number;
  /** When a session reported it. */
  seenAt: number;
  /** When it runs out at the pace of the recent past; absent when it will not before the reset. */
  runsOutAt?: number;
}

/** The limits of one account. A window that was reset reads 0 until a session says otherwise. */
export interface AccountLimits {
  fiveHour?: LimitWindow;
  sevenDay?: LimitWindow;
  /** The recent past, oldest first, at most 60 points: what the pace is computed from. */
  series: {
    at: number;
    fiveHour?: number;
    sevenDay?: number;
    fiveHourResetsAt?: number;
    sevenDayResetsAt?: number;
  }[];
  /** What each session of the account reported last, newest first. Used percent; `at` is when that last changed. */
  sources?: { sessionId: string; fiveHour?: number; sevenDay?: number; at?: number }[];
}

/** The limits that sessions of one Claude Code directory report: those of the account with the newest figures. */
export interface LimitsFacts extends AccountLimits {
  /** Who is logged in, as far as it is known; figures from before another login are dropped. */
  accountId?: string;
  /** Other accounts whose sessions use the same directory (`state/limit-windows.ts`), at most 3. */
  others?: AccountLimits[];
}

/** Sessions of this machine, from Claude Code's registry, verified by process identity. */
export interface SessionsFacts {
  live: number;
  stopped: number;
  ghosts: number;
}

/** What the user's own commands printed, by name: one sanitised line each. */
export type CommandsFacts = Record<string, CommandFacts>;

/** The last good line of one command; "" when there has not been one. */
export interface CommandFacts {
  text: string;
  /** When `text` was printed; 0 when never. */
  gatheredAt: number;
  /** When the newest attempt ended, good or not; absent when that was `gatheredAt`. */
  triedAt?: number;
  /** What went wrong in the newest attempt. */
  error?: string;
}

/** What a session's newest payload said. */
export interface Seen {
  /** When the payload came. */
  at: number;
  name?: string;
  transcriptPath?: string;
  /** The session's Claude Code directory: which account it is of. */
  claudeDir?: string;
  contextPercent?: number;
  contextWindow?: number;
  costUsd?: number;
}

/** When the client compacts the conversation by itself (`claude/compaction.ts`). Tokens. */
export interface CompactionFacts {
  /** The context window and the model that it was worked out for. */
  window: number;
  model: string;
  /** Absent when it is not known. */
  point?: number;
  /** It does not compact by itself. */
  off?: boolean;
  /** When the settings were read. Unix milliseconds. */
  readAt: number;
}

/** `sessions/<id>.json` */
export interface SessionState {
  version: typeof STATE_VERSION;
  sessionId: string;
  attempts: Attempts;
  /** Health at a glance: the client's process as it was verified, and where the session stands. */
  client?: { pid: number; start: string; bootId: string };
  cwd?: string;
  model?: string;
  /** What the newest payload said, for `plimsoll sessions`. */
  seen?: Seen;
  compaction?: CompactionFacts;
  /** Where gather's transcript reader stands; its own business (gather/transcript/cursor.ts). */
  cursor?: unknown;
  parts: {
    transcript?: Part<TranscriptFacts>;
    usage?: Part<SessionUsage>;
    commands?: Part<CommandsFacts>;
  };
}

/** `repos/<key>.json` */
export interface RepoState {
  version: typeof STATE_VERSION;
  /** The real path of the working tree's root. */
  root: string;
  attempts: Attempts;
  /** When the full status was last tried in a repository that is too large for it: it is not tried at every pass. */
  fullStatusAt?: number;
  parts: { git?: Part<GitFacts> };
}

/** `accounts/<key>.json` */
export interface AccountState {
  version: typeof STATE_VERSION;
  /** The real path of the Claude Code directory that the figures come from. */
  claudeDir: string;
  attempts: Attempts;
  parts: { usage?: Part<AccountUsage>; limits?: Part<LimitsFacts>; sessions?: Part<SessionsFacts> };
}

/**
 * Every part: whose it is, its key in that scope's state file, how old it may get before it is gathered again, and how
 * long gathering may take.
 */
export const PARTS = {
  git: { scope: "repo", key: "git", ttlMs: 5_000, deadlineMs: 2_500 },
  transcript: { scope: "session", key: "transcript", ttlMs: 3_000, deadlineMs: 5_000 },
  "session-usage": { scope: "session", key: "usage", ttlMs: 10_000, deadlineMs: 25_000 },
  usage: { scope: "account", key: "usage", ttlMs: 10_000, deadlineMs: 25_000 },
  limits: { scope: "account", key: "limits", ttlMs: 30_000, deadlineMs: 2_000 },
  sessions: { scope: "account", key: "sessions", ttlMs: 15_000, deadlineMs: 2_000 },
  commands: { scope: "session", key: "commands", ttlMs: 30_000, deadlineMs: 10_000 },
} as const satisfies Record<
  string,
  { scope: "session" | "repo" | "account"; key: string; ttlMs: number; deadlineMs: number }
>;

export type PartName = keyof typeof PARTS;
