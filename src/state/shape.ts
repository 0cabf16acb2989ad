/**
 * Checks of the values in state files, one function for each type of the contract. The compiler holds that every
 * field is named here; the display path then needs no schema library to trust a file.
 */
import type {
  AccountLimits,
  AccountUsage,
  BlockUsage,
  CommandFacts,
  CompactionFacts,
  GitFacts,
  LimitsFacts,
  LimitWindow,
  Seen,
  SessionsFacts,
  SessionUsage,
  Spend,
  TranscriptFacts,
} from "./schema.ts";

/** Whether a value is what it should be. */
export type Check = (value: unknown) => boolean;

export const isText: Check = (value) => typeof value === "string";
export const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isFlag: Check = (value) => typeof value === "boolean";
const isPriced: Check = (value) => value === "exact" || value === "estimated" || value === "unpriced";

export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && passes(value, check);

const byName =
  (check: Check): Check =>
  (value) =>
    isObject(value) && passes(Object.values(value), check);

/** A loop: the first use of `every` costs a render more than all its checks. */
function passes(values: readonly unknown[], check: Check): boolean {
  for (const value of values) if (!check(value)) return false;
  return true;
}

/** An object whose every field is checked. Fields that are not named are let pass: a later version may add some. */
export function shape<T>(fields: Readonly<Record<keyof T, Check>>): Check {
  let names: (keyof T & string)[] | undefined;
  return (value) => {
    if (!isObject(value)) return false;
    names ??= Object.keys(fields) as (keyof T & string)[];
    for (const name of names) if (!fields[name](value[name])) return false;
    return true;
  };
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const spend = {
  costUsd: isNumber,
  priced: isPriced,
  unattributedUsd: isNumber,
  inputTokens: isNumber,
  outputTokens: isNumber,
  cacheReadTokens: isNumber,
  cacheWriteTokens: isNumber,
  tokensMissing: optional(isFlag),
} satisfies Record<keyof Spend, Check>;

export const isGitFacts = shape<GitFacts>({
  branch: optional(isText),
  commit: optional(isText),
  upstream: optional(isText),
  ahead: optional(isNumber),
  behind: optional(isNumber),
  staged: isNumber,
  modified: isNumber,
  untracked: optional(isNumber),
  conflicts: isNumber,
  stashes: isNumber,
  operation: optional(isText),
  worktree: optional(isText),
  partial: optional(isFlag),
  atLeast: optional(isFlag),
});

export const isSeen = shape<Seen>({
  at: isNumber,
  name: optional(isText),
  transcriptPath: optional(isText),
  claudeDir: optional(isText),
  contextPercent: optional(isNumber),
  contextWindow: optional(isNumber),
  costUsd: optional(isNumber),
});

export const isCompactionFacts = shape<CompactionFacts>({
  window: isNumber,
  model: isText,
  point: optional(isNumber),
  off: optional(isFlag),
  readAt: isNumber,
});

type Tool = TranscriptFacts["tools"][number];
type RunningTool = NonNullable<TranscriptFacts["runningTool"]>;
type Agent = TranscriptFacts["agents"][number];
type Todos = NonNullable<TranscriptFacts["todos"]>;
type Compaction = NonNullable<TranscriptFacts["lastCompaction"]>;
type Tokens = NonNullable<TranscriptFacts["tokens"]>;

export const isTranscriptFacts = shape<TranscriptFacts>({
  turns: isNumber,
  lastUserMessage: optional(isText),
  lastUserMessageAt: optional(isNumber),
  lastActivityAt: optional(isNumber),
  compactions: isNumber,
  lastCompaction: optional(shape<Compaction>({ at: isNumber, autoAtTokens: optional(isNumber) })),
  tools: list(shape<Tool>({ name: isText, count: isNumber })),
  runningTool: optional(shape<RunningTool>({ name: isText, target: optional(isText), since: isNumber })),
  agents: list(
    shape<Agent>({ type: isText, description: optional(isText), model: optional(isText), since: isNumber }),
  ),
  todos: optional(shape<Todos>({ done: isNumber, total: isNumber, current: optional(isText) })),
  tokens: optional(
    shape<Tokens>({ input: isNumber, output: isNumber, cacheRead: isNumber, cacheWrite: isNumber }),
  ),
});

export const isSessionUsage = shape<SessionUsage>({
  ...spend,
  billUsd: optional(isNumber),
  inheritedUsd: optional(isNumber),
  partial: optional(isFlag),
  tokensCountedAt: optional(isNumber),
});

export const isAccountUsage = shape<AccountUsage>({
  day: isText,
  today: shape<Spend>(spend),
  block: optional(
    shape<BlockUsage>({
      ...spend,
      startAt: isNumber,
      endAt: isNumber,
      burnUsdPerHour: optional(isNumber),
      tokensPerMinute: optional(isNumber),
      projectedUsd: optional(isNumber),
      endIsKnown: isFlag,
    }),
  ),
  week: shape<Spend>(spend),
  partial: optional(isFlag),
  notice: optional(isText),
});

const isLimitWindow = shape<LimitWindow>({
  usedPercent: isNumber,
  resetsAt: isNumber,
  seenAt: isNumber,
  runsOutAt: optional(isNumber),
});

const accountLimits = {
  fiveHour: optional(isLimitWindow),
  sevenDay: optional(isLimitWindow),
  series: list(
    shape<AccountLimits["series"][number]>({
      at: isNumber,
      fiveHour: optional(isNumber),
      sevenDay: optional(isNumber),
      fiveHourResetsAt: optional(isNumber),
      sevenDayResetsAt: optional(isNumber),
    }),
  ),
  sources: optional(
    list(
      shape<NonNullable<AccountLimits["sources"]>[number]>({
        sessionId: isText,
        fiveHour: optional(isNumber),
        sevenDay: optional(isNumber),
        at: optional(isNumber),
      }),
    ),
  ),
} satisfies Record<keyof AccountLimits, Check>;

export const isLimitsFacts = shape<LimitsFacts>({
  ...accountLimits,
  accountId: optional(isText),
  others: optional(list(shape<AccountLimits>(accountLimits))),
});

export const isSessionsFacts = shape<SessionsFacts>({ live: isNumber, stopped: isNumber, ghosts: isNumber });

export const isCommandsFacts = byName(
  shape<CommandFacts>({
    text: isText,
    gatheredAt: isNumber,
    triedAt: optional(isNumber),
    error: optional(isText),
  }),
);
