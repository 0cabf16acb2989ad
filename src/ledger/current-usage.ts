/** The figures of the status line: a session's sum, and the account's day, week and active block. */
import type { Database } from "bun:sqlite";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { AccountUsage, BlockUsage, SessionUsage } from "../state/parts.ts";
import { burn, clientWindow, findBlocks, isActive } from "./blocks.ts";
import { LedgerError } from "./errors.ts";
import { newestModelBills } from "./model-bills.ts";
import { SLOT_MS, slotOf, slotStart } from "./slots.ts";
import { loadRollups, type Pricing, type Rollup, sumMessages } from "./sums.ts";
import { Tally } from "./tally.ts";
import { type Settlement, settle } from "./unattributed.ts";
import { DAY_MS, dayName, dayOf, dayStart, localZone, namedZone, type Zone } from "./zones.ts";

export interface AccountQuery {
  /** Unix milliseconds. */
  readonly now: number;
  /** A zone or its name; default: the local one. */
  readonly timezone?: string | Zone | undefined;
  /** End of the client's five-hour window (`rate_limits.five_hour.resets_at`). Unix milliseconds. */
  readonly fiveHourResetsAt?: number | undefined;
  /** The account's Claude Code directories: sessions of others do not count. Default: all. */
  readonly directories?: readonly string[];
}

/** One session's sum, including subagents; zero for an unknown session. */
export function sessionUsage(db: Database, pricing: Pricing, sessionId: string): SessionUsage {
  const id = db.query("select id from sessions where name = ?").values(sessionId)[0]?.[0] as
    | number
    | undefined;
  if (id === undefined) return new Tally().spend();
  const rollups = loadRollups(db, "session = ?", id);
  const settlement = settle(db, rollups, pricing, { only: id }).get(id);
  const tally = new Tally();
  for (const rollup of rollups) tally.add(rollup, pricing.cost(rollup));
  if (!settlement) return tally.spend();
  for (const booking of settlement.bookings) tally.addUnattributed(booking);
  // The client's own figure is not an estimate.
  if (settlement.settled) tally.priced = "exact";
  const { billUsd, inheritedUsd } = settlement;
  const countedAt = newestModelBills(db, id)[0]?.at;
  return {
    ...tally.spend(),
    billUsd,
    ...(inheritedUsd > 0 ? { inheritedUsd } : {}),
    ...(countedAt === undefined ? {} : { tokensCountedAt: countedAt }),
  };
}

/** Today, the last seven days, and the active block. @throws LedgerError for an unknown time zone */
export function accountUsage(db: Database, pricing: Pricing, query: AccountQuery): AccountUsage {
  const { now } = query;
  const zone = zoneOf(query.timezone);
  const day = dayOf(now, zone);
  const todayAt = dayStart(day, zone);
  const weekAt = dayStart(day - 6, zone);
  const tomorrowAt = dayStart(day + 1, zone);
  // Blocks without a gap between them depend on each other: the chain may begin before the week.
  const from = slotOf(Math.min(weekAt, now - 8 * DAY_MS));
  const others = sessionsElsewhere(db, query.directories, slotStart(from));
  const isOurs = ({ session }: { readonly session: number }) => !others.has(session);
  const rollups = loadRollups(
    db,
    "slot >= ? or session in (select session from bills where at >= ?)",
    from,
    weekAt,
  ).filter(isOurs);
  const settlements = settle(db, rollups, pricing, {
    splitAt: clientWindow(query.fiveHourResetsAt, now)?.startAt,
  });
  for (const session of others) settlements.delete(session);
  const sum: SumSpan = (startAt, endAt, parts) => sumSpan(startAt, endAt, parts, settlements, pricing);
  const recent = rollups.filter((rollup) => rollup.slot >= from);
  const block = activeBlock(recent, query, sum, (startAt, endAt) =>
    sumMessages(db, startAt, endAt).filter(isOurs),
  );
  return {
    day: dayName(day),
    today: sum(todayAt, tomorrowAt, within(recent, todayAt, tomorrowAt)).spend(),
    ...(block ? { block } : {}),
    week: sum(weekAt, tomorrowAt, within(recent, weekAt, tomorrowAt)).spend(),
  };
}

type SumSpan = (startAt: number, endAt: number, parts: readonly Rollup[]) => Tally;

/**
 * The active block: the client's own window if it is known, else inferred from the times of messages.
 * @param messagesOf the messages of any span
 */
function activeBlock(
  rollups: readonly Rollup[],
  query: AccountQuery,
  sum: SumSpan,
  messagesOf: (startAt: number, endAt: number) => readonly Rollup[],
): BlockUsage | undefined {
  const { now } = query;
  const window = clientWindow(query.fiveHourResetsAt, now);
  const block = window
    ? { ...window, rollups: messagesOf(window.startAt, window.endAt) }
    : findBlocks(rollups.filter(({ firstAt }) => firstAt <= now)).at(-1);
  if (!block || block.rollups.length === 0) return undefined;
  const { startAt, endAt } = block;
  const tally = sum(startAt, endAt, block.rollups);
  const lastAt = Math.max(...block.rollups.map((rollup) => rollup.lastAt));
  if (!window && !isActive(block, lastAt, now)) return undefined;
  const rate = burn(tally, endAt, now);
  return {
    ...tally.spend(),
    startAt,
    endAt,
    endIsKnown: window !== undefined,
    ...(rate
      ? {
          burnUsdPerHour: rate.usdPerHour,
          tokensPerMinute: rate.tokensPerMinute,
          projectedUsd: rate.projectedUsd,
        }
      : {}),
  };
}

function zoneOf(timezone: string | Zone | undefined): Zone {
  if (timezone === undefined) return localZone();
  if (typeof timezone !== "string") return timezone;
  const zone = namedZone(timezone);
  if (!zone) throw new LedgerError(`unknown time zone '${timezone}'`);
  return zone;
}

/** The rollups of a span that begins and ends with a slot. */
const within = (rollups: readonly Rollup[], from: number, to: number): Rollup[] => {
  const [first, end] = [slotOf(from), slotOf(Math.ceil(to / SLOT_MS) * SLOT_MS)];
  return rollups.filter((rollup) => rollup.slot >= first && rollup.slot < end);
};

function sumSpan(
  startAt: number,
  endAt: number,
  parts: readonly Rollup[],
  settlements: ReadonlyMap<number, Settlement>,
  pricing: Pricing,
): Tally {
  const tally = new Tally();
  for (const rollup of parts) tally.add(rollup, pricing.cost(rollup));
  for (const { bookings } of settlements.values()) {
    for (const booking of bookings)
      if (booking.at >= startAt && booking.at < endAt) tally.addUnattributed(booking);
  }
  return tally;
}

/**
 * Sessions with messages since `from`, all of them from transcripts outside the directories.
 * @param directories undefined for all
 * @param from Unix milliseconds
 */
function sessionsElsewhere(
  db: Database,
  directories: readonly string[] | undefined,
  from: number,
): Set<number> {
  const others = new Set<number>();
  if (directories === undefined) return others;
  const foreign = filesElsewhere(db, directories);
  if (foreign.size === 0) return others;
  const pairs = db.query("select distinct session, file from messages where at >= ?").values(from) as [
    number,
    number,
  ][];
  for (const [session, file] of pairs) if (foreign.has(file)) others.add(session);
  for (const [session, file] of pairs) if (!foreign.has(file)) others.delete(session);
  return others;
}

/** Examines one path of each `projects` folder: the index of paths leads from one to the next. */
function filesElsewhere(db: Database, directories: readonly string[]): Set<number> {
  const ours = new Set(directories.map((directory) => real(join(directory, "projects"))));
  const files = new Set<number>();
  const next = db.query("select path from files where path >= ? order by path limit 1");
  for (let from = ""; ; ) {
    const path = next.values(from)[0]?.[0] as string | undefined;
    if (path === undefined) return files;
    const at = path.indexOf(PROJECTS);
    const projects = at < 0 ? path : path.slice(0, at + PROJECTS.length - 1);
    // "0" is the character after "/".
    const end = `${projects}0`;
    if (!ours.has(projects) && !ours.has(real(projects)))
      for (const [id] of db
        .query("select id from files where path >= ? and path < ?")
        .values(`${projects}/`, end) as [number][])
        files.add(id);
    from = end;
  }
}

const PROJECTS = "/projects/";

/** Directories that share transcripts by a link count as one. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It does not exist: compare its name.
    return path;
  }
}
