/**
 * Whether a pass should be started: pure and cheap, because `display` asks it at every render and `gather` again under
 * its locks. Loops, because the first call of a list function costs a render more than the whole question.
 *
 * A scope is skipped while a pass over it runs and while it backs off. A time in the future (the clock was set back) is
 * ignored: it must not freeze a part, an attempt or a back-off.
 */
import { PARTS, type PartName, type ScopeName } from "./parts.ts";
import type { AccountState, Attempts, Part, RepoState, SessionState } from "./scopes.ts";
import {
  BACK_OFF_LIMIT_MS,
  BILL_INTERVAL_MS,
  CLOCK_SLACK_MS,
  EARLY_LIMIT_MS,
  PASS_KILL_MS,
} from "./timeouts.ts";

/** The part of the configuration that decides what is due. */
export interface DueConfig {
  readonly refresh: Readonly<Record<string, number>>;
  readonly commands: Readonly<Record<string, { readonly refreshMs: number }>>;
}

/** What a render knows. A scope without an id (no session id, no repository) has nothing to gather. */
export interface Known {
  readonly now: number;
  readonly config: DueConfig;
  readonly sessionId?: string | undefined;
  readonly session?: SessionState | undefined;
  /** The client's bill of the session, from the payload. USD. */
  readonly billUsd?: number | undefined;
  readonly root?: string | undefined;
  readonly repo?: RepoState | undefined;
  readonly claudeDir?: string | undefined;
  readonly account?: AccountState | undefined;
}

/** Whether a pass would have something to do. */
export function gatherIsDue(known: Known): boolean {
  const { now, session, repo, account, config } = known;
  const hasDue = (scope: ScopeName, state: { readonly parts: PartsByKey } | undefined) =>
    dueParts(scope, state?.parts, now, config).length > 0;
  return (
    (known.sessionId !== undefined &&
      isOpen(session?.attempts, now) &&
      (hasNewBill(session, known.billUsd, now) || hasDue("session", session))) ||
    (known.root !== undefined && isOpen(repo?.attempts, now) && hasDue("repo", repo)) ||
    (known.claudeDir !== undefined && isOpen(account?.attempts, now) && hasDue("account", account))
  );
}

/** Whether the client has billed something that no pass has recorded: when the client ends, its bill is lost. */
function hasNewBill(session: SessionState | undefined, billUsd: number | undefined, now: number): boolean {
  const seen = session?.seen;
  if (billUsd === undefined || billUsd === seen?.costUsd) return false;
  return seen === undefined || isExpired(seen.at, BILL_INTERVAL_MS, now);
}

/** Whether a scope may be gathered: no pass over it runs, and it does not back off. */
export function isOpen(attempts: Attempts | undefined, now: number): boolean {
  return attempts === undefined || !(isRunning(attempts, now) || isBackingOff(attempts, now));
}

/** Whether a pass over the scope runs, according to its state file. */
export function isRunning({ startedAt, endedAt }: Attempts, now: number): boolean {
  return startedAt > endedAt && startedAt <= now + CLOCK_SLACK_MS && now - startedAt < PASS_KILL_MS;
}

/** Whether the scope is skipped for now because of failures. */
export function isBackingOff({ notBefore }: Attempts, now: number): boolean {
  return notBefore > now && notBefore - now <= BACK_OFF_LIMIT_MS;
}

type PartsByKey = Readonly<Record<string, Part<unknown> | undefined>>;

/**
 * The parts of a scope that are due.
 * @param parts as its state file has them
 * @param early include those that are due within this share of their time to live, but at most `EARLY_LIMIT_MS`
 */
export function dueParts(
  scope: ScopeName,
  parts: PartsByKey | undefined,
  now: number,
  config: DueConfig,
  early = 0,
): PartName[] {
  const due: PartName[] = [];
  for (const name of Object.keys(PARTS) as PartName[]) {
    const row = PARTS[name];
    if (row.scope !== scope) continue;
    const part = parts?.[row.key];
    const isDue =
      name === "commands"
        ? dueCommands(part as Part<CommandTimes> | undefined, now, config).length > 0
        : isExpired(part?.triedAt, waitOf(name, part?.failures ?? 0, config, early), now);
    if (isDue) due.push(name);
  }
  return due;
}

type CommandTimes = Readonly<Record<string, { readonly gatheredAt: number; readonly triedAt?: number }>>;

/** The user's own commands that are due, by name: each has its own age. */
export function dueCommands(
  part: { readonly value: CommandTimes | null } | undefined,
  now: number,
  config: DueConfig,
): string[] {
  const due: string[] = [];
  for (const name of Object.keys(config.commands)) {
    const refreshMs = config.commands[name]?.refreshMs ?? 0;
    const facts = part?.value?.[name];
    if (isExpired(facts?.triedAt ?? facts?.gatheredAt, refreshMs, now)) due.push(name);
  }
  return due;
}

/** How old a part may get. The setting for `usage` is the default for `session-usage`. Milliseconds. */
export const ttlOf = (name: PartName, { refresh }: Pick<DueConfig, "refresh">): number =>
  refresh[name] ?? refresh[PARTS[name].key] ?? PARTS[name].ttlMs;

/** From one attempt to the next. Milliseconds. */
function waitOf(name: PartName, failures: number, config: DueConfig, early: number): number {
  const ttlMs = ttlOf(name, config);
  if (failures > 0) return retryAfter(ttlMs, failures);
  return ttlMs - Math.min(ttlMs * early, EARLY_LIMIT_MS);
}

/** The interval doubles with each failure in a row, up to a minute or the time to live. Milliseconds. */
const retryAfter = (ttlMs: number, failures: number): number =>
  Math.max(ttlMs, Math.min(ttlMs * 2 ** Math.min(failures, 10), BACK_OFF_LIMIT_MS));

const isExpired = (at: number | undefined, ttlMs: number, now: number): boolean =>
  at === undefined || now - at >= ttlMs || at > now + CLOCK_SLACK_MS;
