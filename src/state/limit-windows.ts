/**
 * Rate limit windows: how long they are, which reports are about the same one, and which group of reports is a
 * session's own. Shared by `gather`, which keeps the groups, and `display`, which reads them.
 *
 * Nothing names the account of a report: `~/.claude.json` knows the login, but not the token that a session got from
 * its environment. Windows of one account follow each other and never overlap. So two live windows of the same length
 * that end at different times belong to different accounts.
 */
import type { AccountLimits, LimitsFacts } from "./parts.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export type WindowName = "fiveHour" | "sevenDay";

/** How long the windows are (Claude Code 2.1.331). Milliseconds. */
export const WINDOW_MS: Readonly<Record<WindowName, number>> = {
  fiveHour: 5 * HOUR,
  sevenDay: 7 * 24 * HOUR,
};

/**
 * Two reports are about the same window when their resets differ by less than this. The server has one instant for
 * each window: reports of it differ by rounding and by the time a reply takes. Windows of two accounts begin whenever
 * each is first used, so a larger tolerance would mix them up. Milliseconds.
 */
const SAME_WINDOW_MS = 5 * MINUTE;

/** What is needed of a window to tell which one it is. Unix milliseconds. */
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

/** A window cannot end later than one length from now: a reset beyond that says that the clock was set back. */
export const isPossibleReset = (name: WindowName, resetsAt: number, now: number): boolean =>
  resetsAt - now <= WINDOW_MS[name] + SAME_WINDOW_MS;

/** Used percent minus elapsed percent of the window: above 0 is faster than the limit allows. */
export const paceOf = (name: WindowName, usedPercent: number, resetsAt: number, now: number): number =>
  usedPercent - 100 * (1 - Math.max(0, Math.min(1, (resetsAt - now) / WINDOW_MS[name])));

/**
 * Compare the windows that both sides know and that have not ended.
 * @returns "different" when any of them differ, "same" when at least one agrees, "unknown" when none can be compared
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

/** What a session reported last. */
export function sourceOf(group: AccountLimits, sessionId: string | undefined) {
  if (sessionId === undefined || group.sources === undefined) return undefined;
  // A loop: the first use of `find` costs a render more than the search.
  for (const source of group.sources) if (source.sessionId === sessionId) return source;
  return undefined;
}

/**
 * The group of reports that is about a session's account.
 * @param windows what the session's own payload says; absent before its first reply
 * @returns undefined when no group fits, or when several might
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

/** Whether any account of a Claude Code directory has a five-hour window that runs. */
export const hasFiveHour = (facts: LimitsFacts, now: number): boolean =>
  groupsOf(facts).some(({ fiveHour }) => isLive(fiveHour?.resetsAt, now));

/**
 * When the five-hour window of the accounts in a Claude Code directory ends.
 * @returns undefined when no window is live, or when several accounts have one: a block of all of them has no such end
 */
export function fiveHourReset(facts: LimitsFacts | null | undefined, now: number): number | undefined {
  const live = facts ? groupsOf(facts).filter(({ fiveHour }) => isLive(fiveHour?.resetsAt, now)) : [];
  return live.length === 1 ? live[0]?.fiveHour?.resetsAt : undefined;
}
