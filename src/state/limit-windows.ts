/**
 * Rate limit windows: their lengths, which reports are about the same window, and which group of reports belongs to a
 * session. Shared by `gather`, which keeps the groups, and `display`, which reads them.
 *
 * A report does not name its account: `~/.claude.json` knows the login, but not the token that a session got from its
 * environment. Windows of one account never overlap, so two live windows of the same length that end at different times
 * belong to different accounts.
 */
import type { AccountLimits, LimitsFacts } from "./parts.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export type WindowName = "fiveHour" | "sevenDay";

/** Lengths of the windows (Claude Code 2.1.331). Milliseconds. */
export const WINDOW_MS: Readonly<Record<WindowName, number>> = {
  fiveHour: 5 * HOUR,
  sevenDay: 7 * 24 * HOUR,
};

/**
 * Two reports are about the same window when their resets differ by at most this. Reports of one window differ by
 * rounding and by the time a reply takes; a larger tolerance would confuse windows of two accounts. Milliseconds.
 */
const SAME_WINDOW_MS = 5 * MINUTE;

/** Identifies a window. Unix milliseconds. */
interface WindowEnd {
  readonly resetsAt?: number | undefined;
}

/** The windows of one report or of one group of reports. */
export interface WindowEnds {
  readonly fiveHour?: WindowEnd | undefined;
  readonly sevenDay?: WindowEnd | undefined;
}

export const isSameWindow = (resetsAt: number, other: number): boolean =>
  Math.abs(resetsAt - other) <= SAME_WINDOW_MS;

/** A window ends at most one length from now: a later reset means that the clock was set back. */
export const isPossibleReset = (name: WindowName, resetsAt: number, now: number): boolean =>
  resetsAt - now <= WINDOW_MS[name] + SAME_WINDOW_MS;

/** Used percent minus elapsed percent of the window: above 0, the limit runs out before the reset. */
export const paceOf = (name: WindowName, usedPercent: number, resetsAt: number, now: number): number =>
  usedPercent - 100 * (1 - Math.max(0, Math.min(1, (resetsAt - now) / WINDOW_MS[name])));

/**
 * Compare the windows that both sides know and that have not ended.
 * @returns "different" when any differ, "same" when at least one agrees, "unknown" when none can be compared
 */
export function compareWindows(
  one: WindowEnds,
  other: WindowEnds,
  now: number,
): "same" | "different" | "unknown" {
  const fiveHour = compareEnds(one.fiveHour?.resetsAt, other.fiveHour?.resetsAt, now);
  const sevenDay = compareEnds(one.sevenDay?.resetsAt, other.sevenDay?.resetsAt, now);
  if (fiveHour === false || sevenDay === false) return "different";
  return fiveHour || sevenDay ? "same" : "unknown";
}

function compareEnds(one: number | undefined, other: number | undefined, now: number): boolean | undefined {
  if (one === undefined || other === undefined || one <= now || other <= now) return undefined;
  return isSameWindow(one, other);
}

/** A session's last report. */
export function sourceOf(group: AccountLimits, sessionId: string | undefined) {
  if (sessionId === undefined || group.sources === undefined) return undefined;
  // A loop: the first use of `find` costs a render more than the search.
  for (const source of group.sources) if (source.sessionId === sessionId) return source;
  return undefined;
}

/**
 * The group of reports of a session's account.
 * @param windows from the session's own payload; undefined before its first reply
 * @returns undefined when no group matches, or several might
 */
export function groupOfSession(
  facts: LimitsFacts,
  sessionId: string | undefined,
  windows: WindowEnds | undefined,
  now: number,
): AccountLimits | undefined {
  const groups: AccountLimits[] = facts.others === undefined ? [facts] : [facts, ...facts.others];
  let known: AccountLimits | undefined;
  let same: AccountLimits | undefined;
  for (const group of groups) {
    const relation = windows === undefined ? "unknown" : compareWindows(windows, group, now);
    if (relation === "different") continue;
    if (sourceOf(group, sessionId) !== undefined) known ??= group;
    if (relation === "same") same ??= group;
  }
  const only =
    groups.length === 1 && (windows === undefined || compareWindows(windows, facts, now) !== "different");
  return known ?? same ?? (only ? facts : undefined);
}

const groupsOf = (facts: LimitsFacts): readonly AccountLimits[] => [facts, ...(facts.others ?? [])];

const isLive = (resetsAt: number | undefined, now: number): boolean =>
  resetsAt !== undefined && resetsAt > now && isPossibleReset("fiveHour", resetsAt, now);

/** Whether any account of a Claude Code directory has a live five-hour window. */
export const hasFiveHour = (facts: LimitsFacts, now: number): boolean =>
  groupsOf(facts).some(({ fiveHour }) => isLive(fiveHour?.resetsAt, now));

/**
 * When the five-hour window of the accounts in a Claude Code directory ends.
 * @returns undefined when no window is live, or several accounts have one: their common block has no such end
 */
export function fiveHourReset(facts: LimitsFacts | null | undefined, now: number): number | undefined {
  const live = facts ? groupsOf(facts).filter(({ fiveHour }) => isLive(fiveHour?.resetsAt, now)) : [];
  return live.length === 1 ? live[0]?.fiveHour?.resetsAt : undefined;
}
