/**
 * Rate limits of the accounts in a Claude Code directory, from the reports of its sessions. Pure.
 *
 * Every render of every session carries limits, most of them old: a session repeats those of its last reply. Reports
 * are kept in groups, one for each account (`state/limit-windows.ts`). Within a window use only grows, so the higher of
 * two reports is the newer one. A session whose figure falls below what others of its group reported belongs to another
 * account, or its limit was lowered: either way it gets its own group, and the others keep their figures.
 */
import type { Limit } from "../claude/payload.ts";
import type { PassRequest } from "../state/handover.ts";
import {
  compareWindows,
  isPossibleReset,
  isSameWindow,
  sourceOf,
  type WindowName,
} from "../state/limit-windows.ts";
import type { AccountLimits, LimitsFacts, LimitWindow } from "../state/parts.ts";
import { extend, predict } from "./limit-series.ts";

const NAMES: readonly WindowName[] = ["fiveHour", "sevenDay"];

const MOST_SOURCES = 32;
/** Accounts besides the newest one, and points of each: the state file has a size limit. */
const MOST_OTHERS = 3;
const MOST_POINTS_OF_OTHERS = 24;

/** Concurrent replies may be reported out of order by this much. Percent. */
const REORDER_PERCENT = 1;

/** What one session reports. */
export interface Report {
  readonly sessionId?: string | undefined;
  readonly fiveHour?: Limit | undefined;
  readonly sevenDay?: Limit | undefined;
}

/** The session's report of its account's limits: nothing when it pays by API key. */
export const reportOf = ({ payload: { sessionId, limits }, apiKey }: PassRequest): Report =>
  apiKey ? { sessionId } : { sessionId, fiveHour: limits?.fiveHour, sevenDay: limits?.sevenDay };

/** Whether the report differs from the session's last one. */
export function isNewReport(known: LimitsFacts | null | undefined, report: Report): boolean {
  if (report.fiveHour === undefined && report.sevenDay === undefined) return false;
  for (const group of groupsOf(known)) if (isRepeat(group, report)) return false;
  return true;
}

/**
 * @param known the directory's accounts so far; dropped when another account has logged in
 * @param report empty when the session pays otherwise or has had no reply yet
 * @param accountId who is logged in, if known
 */
export function updateLimits(
  known: LimitsFacts | null | undefined,
  report: Report,
  { accountId = known?.accountId, now }: { accountId?: string | undefined; now: number },
): LimitsFacts {
  const differs = known?.accountId !== undefined && accountId !== known.accountId;
  const before = differs ? [] : groupsOf(known);
  const groups = isEmpty(report) ? before : assign(before, possible(report, now), now);
  const [first = { series: [] }, ...others] = newestFirst(groups, now).map((group) => settle(group, now));
  return {
    ...(accountId === undefined ? {} : { accountId }),
    ...first,
    ...(others.length === 0 ? {} : { others: others.map(shorten) }),
  };
}

const groupsOf = (known: LimitsFacts | null | undefined): AccountLimits[] => {
  if (!known) return [];
  const { accountId: _, others = [], ...first } = known;
  return [first, ...others];
};

const isEmpty = ({ sessionId, fiveHour, sevenDay }: Report): boolean =>
  sessionId === undefined && fiveHour === undefined && sevenDay === undefined;

function isRepeat(group: AccountLimits, { sessionId, fiveHour, sevenDay }: Report): boolean {
  const source = sourceOf(group, sessionId);
  return (
    source !== undefined &&
    source.fiveHour === fiveHour?.usedPercent &&
    source.sevenDay === sevenDay?.usedPercent
  );
}

/** The report without windows that have ended, or that only a wrong clock explains. */
function possible(report: Report, now: number): Report {
  const live = (name: WindowName) => {
    const at = report[name]?.resetsAt;
    return at !== undefined && at > now && isPossibleReset(name, at, now) ? report[name] : undefined;
  };
  return { sessionId: report.sessionId, fiveHour: live("fiveHour"), sevenDay: live("sevenDay") };
}

/** Move the session's report to the group of its account. */
function assign(groups: readonly AccountLimits[], report: Report, now: number): AccountLimits[] {
  const own = groupFor(groups, report, now);
  const kept = groups.filter((group) => group !== own).flatMap((group) => without(group, report.sessionId));
  return [merge(own ?? { series: [] }, report, now), ...kept];
}

function groupFor(groups: readonly AccountLimits[], report: Report, now: number): AccountLimits | undefined {
  const fitting = groups.filter(
    (group) => compareWindows(report, group, now) !== "different" && !contradicts(group, report, now),
  );
  return (
    fitting.find((group) => sourceOf(group, report.sessionId) !== undefined) ??
    fitting.find((group) => compareWindows(report, group, now) === "same") ??
    (groups.length === 1 ? fitting[0] : undefined)
  );
}

/** The session's figure has changed, and is lower than other sessions of the group reported before. */
function contradicts(group: AccountLimits, report: Report, now: number): boolean {
  const source = sourceOf(group, report.sessionId);
  if (source === undefined || isRepeat(group, report) || group.sources?.length === 1) return false;
  return NAMES.some((name) => {
    const [old, next] = [group[name], report[name]];
    if (old === undefined || next?.resetsAt === undefined || old.resetsAt <= now) return false;
    return isSameWindow(old.resetsAt, next.resetsAt) && next.usedPercent < old.usedPercent - REORDER_PERCENT;
  });
}

/** @returns the group without the session; nothing when no session is left in it */
function without(group: AccountLimits, sessionId: string | undefined): AccountLimits[] {
  if (sourceOf(group, sessionId) === undefined) return [group];
  const sources = (group.sources ?? []).filter((source) => source.sessionId !== sessionId);
  return sources.length === 0 ? [] : [{ ...group, sources }];
}

function merge(group: AccountLimits, report: Report, now: number): AccountLimits {
  const fiveHour = newest("fiveHour", group, report, now);
  const sevenDay = newest("sevenDay", group, report, now);
  return {
    ...(fiveHour && { fiveHour }),
    ...(sevenDay && { sevenDay }),
    series: group.series,
    sources: sourcesAfter(group, report, now),
  };
}

function newest(
  name: WindowName,
  group: AccountLimits,
  report: Report,
  now: number,
): LimitWindow | undefined {
  const old = group[name];
  const next = report[name];
  if (next?.resetsAt === undefined) return old;
  const reported: LimitWindow = { usedPercent: next.usedPercent, resetsAt: next.resetsAt, seenAt: now };
  if (old === undefined || old.resetsAt <= now || next.usedPercent > old.usedPercent) return reported;
  // No other session has reported more: the limit was lowered, or starts again.
  const isAlone = group.sources?.length === 1 && sourceOf(group, report.sessionId) !== undefined;
  return isAlone && !isRepeat(group, report) ? reported : old;
}

function sourcesAfter(
  group: AccountLimits,
  report: Report,
  now: number,
): NonNullable<AccountLimits["sources"]> {
  const { sources = [] } = group;
  const { sessionId, fiveHour, sevenDay } = report;
  if (sessionId === undefined) return sources;
  const before = sourceOf(group, sessionId);
  const source = {
    sessionId,
    ...(fiveHour && { fiveHour: fiveHour.usedPercent }),
    ...(sevenDay && { sevenDay: sevenDay.usedPercent }),
    at: isRepeat(group, report) && before?.at !== undefined && before.at <= now ? before.at : now,
  };
  return [source, ...sources.filter((other) => other.sessionId !== sessionId)].slice(0, MOST_SOURCES);
}

/** Most recently reported first. Groups whose windows have all ended are dropped, but one is kept. */
function newestFirst(groups: readonly AccountLimits[], now: number): AccountLimits[] {
  const isLive = (group: AccountLimits) => NAMES.some((name) => (group[name]?.resetsAt ?? 0) > now);
  const live = groups.filter(isLive);
  const seenAt = ({ fiveHour, sevenDay }: AccountLimits) =>
    Math.max(fiveHour?.seenAt ?? 0, sevenDay?.seenAt ?? 0);
  return (live.length > 0 ? live : groups.slice(0, 1))
    .toSorted((a, b) => seenAt(b) - seenAt(a))
    .slice(0, 1 + MOST_OTHERS);
}

/** Update the series and the prediction. */
function settle(group: AccountLimits, now: number): AccountLimits {
  const { fiveHour, sevenDay, sources } = group;
  const series = extend(group.series, fiveHour, sevenDay, now);
  return {
    ...(fiveHour && { fiveHour: predict("fiveHour", fiveHour, series, now) }),
    ...(sevenDay && { sevenDay: predict("sevenDay", sevenDay, series, now) }),
    series,
    ...(sources && { sources }),
  };
}

const shorten = (group: AccountLimits): AccountLimits => ({
  ...group,
  series: group.series.slice(-MOST_POINTS_OF_OTHERS),
});
