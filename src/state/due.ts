/**
 * Whether a pass is to be started: pure and cheap, because `display` asks it at every render and `gather` again
 * under its locks. Loops, because the first use of a list function costs a render more than the whole question.
 *
 * A scope is left alone while a pass over it runs and while it backs off. A time in the future (the clock was set
 * back) is worth nothing: it must not freeze a part, an attempt or a back-off.
 */
import {
  type AccountState,
  type Attempts,
  type CommandsFacts,
  PARTS,
  type Part,
  type PartName,
  type RepoState,
  type SessionState,
} from "./schema.ts";

/** A pass is killed by then: an attempt that began longer ago is over, whatever the file says. Milliseconds. */
export const PASS_LIMIT_MS = 31_000;

/** The longest back-off after failures. Milliseconds. */
export const BACK_OFF_LIMIT_MS = 60_000;

/** A new bill is passed on at most this often. Milliseconds. */
const BILL_MS = 2_000;

/** A clock that runs this much behind another process's is not one that was set back. Milliseconds. */
const CLOCK_SLACK_MS = 1_000;

/** The settings that decide what is due (a part of `line/settings.ts`). */
export interface DueSettings {
  readonly refresh: Readonly<Record<string, number>>;
  readonly commands: Readonly<Record<string, { readonly refreshMs: number }>>;
}

/** What a render knows. A scope without its name (no session id, no repository) has nothing to gather. */
export interface Known {
  readonly now: number;
  readonly settings: DueSettings;
  readonly sessionId?: string | undefined;
  readonly session?: SessionState | undefined;
  /** The client's bill of the session, as the payload has it. USD. */
  readonly billUsd?: number | undefined;
  readonly root?: string | undefined;
  readonly repo?: RepoState | undefined;
  readonly claudeDir?: string | undefined;
  readonly account?: AccountState | undefined;
}

/** Whether a pass would have something to do. */
export function gatherIsDue(known: Known): boolean {
  const { now, session, repo, account } = known;
  return (
    (known.sessionId !== undefined &&
      isOpen(session?.attempts, now) &&
      (hasNewBill(session, known.billUsd, now) ||
        dueSessionParts(session, now, known.settings).length > 0)) ||
    (known.root !== undefined &&
      isOpen(repo?.attempts, now) &&
      dueRepoParts(repo, now, known.settings).length > 0) ||
    (known.claudeDir !== undefined &&
      isOpen(account?.attempts, now) &&
      dueAccountParts(account, now, known.settings).length > 0)
  );
}

/** Whether the client has billed something that no pass has been told of: what it knows may be gone with it. */
function hasNewBill(session: SessionState | undefined, billUsd: number | undefined, now: number): boolean {
  const seen = session?.seen;
  if (billUsd === undefined || billUsd === seen?.costUsd) return false;
  return seen === undefined || isOld(seen.at, BILL_MS, now);
}

/** Whether a scope may be gathered: no pass over it runs, and none is to be waited for. */
export function isOpen(attempts: Attempts | undefined, now: number): boolean {
  return attempts === undefined || !(isRunning(attempts, now) || isBackingOff(attempts, now));
}

/** Whether a pass over the scope runs, as far as the file tells. */
export function isRunning({ startedAt, endedAt }: Attempts, now: number): boolean {
  return startedAt > endedAt && startedAt <= now + CLOCK_SLACK_MS && now - startedAt < PASS_LIMIT_MS;
}

/** Whether failures keep the scope from being gathered. */
export function isBackingOff({ notBefore }: Attempts, now: number): boolean {
  return notBefore > now && notBefore - now <= BACK_OFF_LIMIT_MS;
}

/** The session's parts that are due. */
export function dueSessionParts(
  session: SessionState | undefined,
  now: number,
  settings: DueSettings,
): PartName[] {
  const due = partsDue(["transcript", "session-usage"], session?.parts, now, settings);
  if (commandsDue(session?.parts.commands, now, settings).length > 0) due.push("commands");
  return due;
}

/** The working tree's parts that are due. */
export const dueRepoParts = (repo: RepoState | undefined, now: number, settings: DueSettings): PartName[] =>
  partsDue(["git"], repo?.parts, now, settings);

/** The account's parts that are due. */
export const dueAccountParts = (
  account: AccountState | undefined,
  now: number,
  settings: DueSettings,
): PartName[] => partsDue(["usage", "limits", "sessions"], account?.parts, now, settings);

/** The user's own commands that are due, by name: each has an age of its own. */
export function commandsDue(
  part: Part<CommandsFacts> | undefined,
  now: number,
  settings: DueSettings,
): string[] {
  const due: string[] = [];
  for (const name of Object.keys(settings.commands)) {
    const refreshMs = settings.commands[name]?.refreshMs ?? 0;
    const facts = part?.value?.[name];
    if (isOld(facts?.triedAt ?? facts?.gatheredAt, refreshMs, now)) due.push(name);
  }
  return due;
}

function partsDue(
  names: readonly PartName[],
  parts: Readonly<Record<string, Part<unknown> | undefined>> | undefined,
  now: number,
  settings: DueSettings,
): PartName[] {
  const due: PartName[] = [];
  for (const name of names) {
    const part = parts?.[PARTS[name].key];
    if (isOld(part?.triedAt, patience(ttlOf(name, settings), part?.failures ?? 0), now)) due.push(name);
  }
  return due;
}

/** How old a part may get. What is set for `usage` is also for the session's, unless that has its own. Milliseconds. */
export const ttlOf = (name: PartName, { refresh }: Pick<DueSettings, "refresh">): number =>
  refresh[name] ?? refresh[PARTS[name].key] ?? PARTS[name].ttlMs;

/** A part that fails is tried less and less often, but not less than once a minute. Milliseconds. */
const patience = (ttlMs: number, failures: number): number =>
  Math.max(ttlMs, Math.min(ttlMs * 2 ** Math.min(failures, 10), BACK_OFF_LIMIT_MS));

function isOld(at: number | undefined, ttlMs: number, now: number): boolean {
  return at === undefined || now - at >= ttlMs || at > now + CLOCK_SLACK_MS;
}
