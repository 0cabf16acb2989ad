/**
 * The table of gathered parts: the only place that declares one. Everything else derives from it: types, validation,
 * what is due, the `refresh` settings and their documentation, health, explain.
 *
 * To add a part: a row here, and its function in `gather/parts/index.ts`.
 *
 * `*At` are Unix milliseconds, `*Ms` milliseconds, money is USD, percentages run from 0 to 100.
 */
import { type accountLimits, limitsFacts, type limitWindow } from "./limit-facts.ts";
import { flag, type Infer, list, number, object, optional, record, type Shape, text } from "./shape.ts";
import { spend, spendFields, tokenFields } from "./spend.ts";

/** Whose fact a part is: each scope has its own state file and lock. */
export type ScopeName = "session" | "repo" | "account";

const gitFacts = object({
  /** Missing when HEAD is detached. */
  branch: optional(text),
  /** Abbreviated; missing before the first commit. */
  commit: optional(text),
  upstream: optional(text),
  ahead: optional(number),
  behind: optional(number),
  staged: number,
  modified: number,
  /** Missing when untracked files were not counted (see `partial`). */
  untracked: optional(number),
  conflicts: number,
  stashes: number,
  /** An operation in progress, as "rebase 2/5", "merge", "cherry-pick", "revert", "bisect", "am". */
  operation: optional(text),
  /** The name of a linked worktree. */
  worktree: optional(text),
  /** Untracked files were left out because the full status timed out. */
  partial: optional(flag),
  /** `staged`, `modified` and `conflicts` are lower bounds: git wrote more than is read. */
  atLeast: optional(flag),
});

const transcriptFacts = object({
  /** Prompts that a person sent. */
  turns: number,
  lastUserMessage: optional(text),
  lastUserMessageAt: optional(number),
  lastActivityAt: optional(number),
  compactions: number,
  /** The newest compaction; its size in tokens if the client started it automatically. */
  lastCompaction: optional(object({ at: number, autoAtTokens: optional(number) })),
  /** Tool calls by name, the most frequent first, at most 8. */
  tools: list(object({ name: text, count: number })),
  runningTool: optional(object({ name: text, target: optional(text), since: number })),
  /** Running subagents, at most 8. */
  agents: list(object({ type: text, description: optional(text), model: optional(text), since: number })),
  todos: optional(object({ done: number, total: number, current: optional(text) })),
  /** Tokens of the conversation without subagents and compaction: a lower bound of `SessionUsage`. */
  tokens: optional(object(tokenFields)),
});

const sessionUsage = object({
  ...spendFields,
  /** The client's newest bill, if one was seen. */
  billUsd: optional(number),
  /** Included in the client's bill, but carried over from the session that this one was forked from. */
  inheritedUsd: optional(number),
  /** The history is still being indexed: the figures may grow. */
  partial: optional(flag),
  /** When the client last wrote its own token counts: they include what is in no message. */
  tokensCountedAt: optional(number),
});

const commandsFacts = record(
  object({
    /** The last line printed, sanitised; "" when there has not been one. */
    text,
    /** When `text` was printed; 0 when never. */
    gatheredAt: number,
    /** When the newest attempt ended; missing when that was `gatheredAt`. */
    triedAt: optional(number),
    /** Why the newest attempt failed. */
    error: optional(text),
  }),
);

/** The active five-hour block. */
const blockUsage = object({
  ...spendFields,
  startAt: number,
  endAt: number,
  /** USD an hour, from the first to the last message. */
  burnUsdPerHour: optional(number),
  tokensPerMinute: optional(number),
  /** The cost at the block's end at the current rate. */
  projectedUsd: optional(number),
  /** The client reported the end (`rate_limits.five_hour.resets_at`): it is not inferred. */
  endIsKnown: flag,
});

const accountUsage = object({
  /** The local day of `today`, as "2026-11-21". */
  day: text,
  today: spend,
  /** Missing when no block is active. */
  block: optional(blockUsage),
  /** Seven local days, today included. */
  week: spend,
  /** The first index of the history is incomplete: the figures will grow. */
  partial: optional(flag),
  /** What a damaged ledger lost, until the user acknowledges it. */
  notice: optional(text),
});

const sessionsFacts = object({ live: number, stopped: number, ghosts: number });

const themeName = {
  /** One of the client's own, or the one that the user's theme is based on; missing when it is not known. */
  name: optional(text),
  /** The name of the user's theme. */
  custom: optional(text),
  /** What the user's theme is based on is not one of the client's own: the client takes its default. */
  baseIsInvalid: optional(flag),
};

/** The theme in the settings of a project. */
export const projectThemeFacts = object(themeName);

const themeFacts = object({
  ...themeName,
  /** No file sets it: it is what the client uses then. */
  isDefault: optional(flag),
  /** The identity of the files that were read: while it is the same, they are not read again. */
  files: text,
  /** When they were read. */
  readAt: number,
});

interface PartRow {
  readonly scope: ScopeName;
  /** Its key in the scope's state file. */
  readonly key: string;
  /** What it gathers, in one line. */
  readonly about: string;
  /** It is gathered again when it is older than this, unless `refresh` in the configuration overrides it. */
  readonly ttlMs: number;
  /** Gathering is aborted after this long. */
  readonly deadlineMs: number;
  readonly shape: Shape<unknown>;
}

export const PARTS = {
  git: {
    scope: "repo",
    key: "git",
    about: "Branch, distance to its upstream, changes, stashes, an operation in progress",
    ttlMs: 5_000,
    deadlineMs: 2_500,
    shape: gitFacts,
  },
  transcript: {
    scope: "session",
    key: "transcript",
    about: "Turns, the last prompt, tools, subagents, todos, compactions",
    ttlMs: 3_000,
    deadlineMs: 5_000,
    shape: transcriptFacts,
  },
  "session-usage": {
    scope: "session",
    key: "usage",
    about: "Cost and tokens of the session",
    ttlMs: 10_000,
    deadlineMs: 25_000,
    shape: sessionUsage,
  },
  usage: {
    scope: "account",
    key: "usage",
    about: "Cost and tokens of today, the current block and the week",
    ttlMs: 10_000,
    deadlineMs: 25_000,
    shape: accountUsage,
  },
  limits: {
    scope: "account",
    key: "limits",
    about: "Rate limits of the account, their pace, and when they run out",
    ttlMs: 30_000,
    deadlineMs: 2_000,
    shape: limitsFacts,
  },
  sessions: {
    scope: "account",
    key: "sessions",
    about: "Sessions of this machine: live, stopped, and ghosts that left their entry behind",
    ttlMs: 15_000,
    deadlineMs: 2_000,
    shape: sessionsFacts,
  },
  theme: {
    scope: "account",
    key: "theme",
    about: "Claude Code's own theme, which the theme `auto` follows",
    ttlMs: 15_000,
    deadlineMs: 2_000,
    shape: themeFacts,
  },
  commands: {
    scope: "session",
    key: "commands",
    about: "Output of the user's own commands",
    ttlMs: 30_000,
    deadlineMs: 10_000,
    shape: commandsFacts,
  },
} as const satisfies Record<string, PartRow>;

export type PartName = keyof typeof PARTS;

/** The value of a part. */
export type PartValue<Name extends PartName> = Infer<(typeof PARTS)[Name]["shape"]>;

export type GitFacts = PartValue<"git">;
export type TranscriptFacts = PartValue<"transcript">;
export type SessionUsage = PartValue<"session-usage">;
export type BlockUsage = Infer<typeof blockUsage>;
export type AccountUsage = PartValue<"usage">;
/** One rate limit window, from the account's newest report. One that was reset reads 0 until a session reports again. */
export type LimitWindow = Infer<typeof limitWindow>;
/** The limits of one account. */
export type AccountLimits = Infer<typeof accountLimits>;
/** The limits that sessions of one Claude Code directory report: those of the account with the newest figures. */
export type LimitsFacts = PartValue<"limits">;
export type CommandsFacts = PartValue<"commands">;
export type CommandFacts = CommandsFacts[string];
