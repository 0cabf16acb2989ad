/** What the line shows of the ledger: a session's sum, and the account's today, week and running block. */
import type { Database } from "bun:sqlite";
import type { AccountUsage, BlockUsage, SessionUsage } from "../state/parts.ts";
import { newestModelBills } from "./bills.ts";
import { burn, clientWindow, findBlocks, isActive } from "./blocks.ts";
import { sessionsElsewhere } from "./elsewhere.ts";
import { LedgerError } from "./errors.ts";
import { SLOT_MS, slotOf, slotStart } from "./slots.ts";
import { loadRollups, type Pricing, type Rollup, sumMessages } from "./sums.ts";
import { Tally } from "./tally.ts";
import { type Settlement, settle } from "./unattributed.ts";
import { DAY_MS, dayName, dayOf, dayStart, localZone, namedZone, type Zone } from "./zones.ts";

/** What the account's figures are asked for. */
export interface AccountQuery {
  /** Unix milliseconds. */
  readonly now: number;
  /** Days are those of this zone: a name, or one that was looked up; the process's own when absent. */
  readonly timezone?: string | Zone | undefined;
  /** When the client's five-hour window ends (`rate_limits.five_hour.resets_at`). Unix milliseconds. */
  readonly fiveHourResetsAt?: number | undefined;
  /** The account's Claude Code directories: what sessions in others cost is not its own. All when absent. */
  readonly directories?: readonly string[];
}

/** What one session has cost, subagents included. A session that the ledger does not know has cost nothing. */
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
  // A figure that the client itself gives is no estimate.
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

/**
 * Today, the seven days up to it, and the block that runs.
 * @throws LedgerError when there is no such time zone
 */
export function accountUsage(db: Database, pricing: Pricing, query: AccountQuery): AccountUsage {
  const { now } = query;
  const zone = zoneOf(query.timezone);
  const day = dayOf(now, zone);
  const todayAt = dayStart(day, zone);
  const weekAt = dayStart(day - 6, zone);
  const tomorrowAt = dayStart(day + 1, zone);
  // A block that runs now may have begun, by an unbroken chain of others, before the week did.
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
  const sum: Sum = (startAt, endAt, parts) => tallyUp(startAt, endAt, parts, settlements, pricing);
  const recent = rollups.filter((rollup) => rollup.slot >= from);
  const block = runningBlock(recent, query, sum, (startAt, endAt) =>
    sumMessages(db, startAt, endAt).filter(isOurs),
  );
  return {
    day: dayName(day),
    today: sum(todayAt, tomorrowAt, within(recent, todayAt, tomorrowAt)).spend(),
    ...(block ? { block } : {}),
    week: sum(weekAt, tomorrowAt, within(recent, weekAt, tomorrowAt)).spend(),
  };
}

type Sum = (startAt: number, endAt: number, parts: readonly Rollup[]) => Tally;

/**
 * The block that runs: the client's own window where it is known, else inferred from when messages were sent.
 * @param messagesOf what was sent in a span that need not begin or end with a slot
 */
function runningBlock(
  rollups: readonly Rollup[],
  query: AccountQuery,
  sum: Sum,
  messagesOf: (startAt: number, endAt: number) => readonly Rollup[],
): BlockUsage | undefined {
  const { now } = query;
  const told = clientWindow(query.fiveHourResetsAt, now);
  let startAt: number;
  let endAt: number;
  let parts: readonly Rollup[];
  if (told) {
    ({ startAt, endAt } = told);
    parts = messagesOf(startAt, endAt);
    if (parts.length === 0) return undefined;
  } else {
    const last = findBlocks(rollups.filter((rollup) => rollup.firstAt <= now)).at(-1);
    if (!last) return undefined;
    const lastAt = Math.max(...last.rollups.map((rollup) => rollup.lastAt));
    if (!isActive(last, lastAt, now)) return undefined;
    ({ startAt, endAt } = last);
    parts = last.rollups;
  }
  const tally = sum(startAt, endAt, parts);
  const rate = burn(tally, endAt, now);
  return {
    ...tally.spend(),
    startAt,
    endAt,
    endIsKnown: told !== undefined,
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
  if (!zone) throw new LedgerError(`there is no time zone '${timezone}'`);
  return zone;
}

/** Rollups of the slots in a span whose ends are multiples of a slot. */
const within = (rollups: readonly Rollup[], from: number, to: number): Rollup[] => {
  const [first, end] = [slotOf(from), slotOf(Math.ceil(to / SLOT_MS) * SLOT_MS)];
  return rollups.filter((rollup) => rollup.slot >= first && rollup.slot < end);
};

function tallyUp(
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
