/** The data behind reports: priced rollups within a range of local days, and all messages. */
import type { Database } from "bun:sqlite";
import type { Booking } from "./bookings.ts";
import { SELECT_COUNTS } from "./counts.ts";
import { LedgerError } from "./errors.ts";
import type { Ledger, Source } from "./ledger.ts";
import type { Row } from "./message-row.ts";
import { slotEnd, slotOf, slotStart } from "./slots.ts";
import { type Cost, loadDays, loadRollups, type Rollup, sumMessages } from "./sums.ts";
import { settle } from "./unattributed.ts";
import { dayOf, type Zone } from "./zones.ts";

export interface ReportFilter {
  readonly zone: Zone;
  /** First and last local day, inclusive: days since 1970-01-01. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** A project's slug. */
  readonly project?: string | undefined;
  /** A model's label. Unattributed cost has no model: this filter excludes it. */
  readonly model?: string | undefined;
}

/** The messages of one slot (or day), session and model, with their price. */
export interface PricedRollup {
  readonly rollup: Rollup;
  readonly cost: Cost;
  /** The model's label: fast mode is a separate model, as in ccusage. */
  readonly model: string;
  readonly session: SessionName;
  /** The local day. */
  readonly day: number;
}

export interface UnattributedCost {
  readonly booking: Booking;
  readonly session: SessionName;
  readonly day: number;
}

interface SessionName {
  readonly name: string;
  readonly project: string;
  /** The client's own bill covers every message. */
  readonly settled: boolean;
}

export interface ReportData {
  readonly parts: readonly PricedRollup[];
  readonly unattributed: readonly UnattributedCost[];
  readonly zone: Zone;
}

/** What a part covers: a day, a day of a session, or a slot of a session. */
export type Grain = "day" | "session" | "slot";

/**
 * Load a report's data. Blocks are cut to a range after they are found: for them, pass no days.
 * @param splitAt an instant (Unix milliseconds) at which parts of grain "slot" are split
 * @throws LedgerError
 */
export const loadReport = (
  ledger: Ledger,
  filter: ReportFilter,
  grain: Grain,
  splitAt?: number,
): ReportData => ledger.read((source) => readReport(source, filter, grain, splitAt));

/** Whether the ledger has neither a message nor a bill. @throws LedgerError */
export const isEmpty = (ledger: Ledger): boolean =>
  ledger.read(
    ({ db }) =>
      db.query("select 1 where exists (select 1 from rollups) or exists (select 1 from bills)").get() ===
      null,
  );

function readReport(source: Source, filter: ReportFilter, grain: Grain, splitAt?: number): ReportData {
  const { db } = source;
  const { zone, project, model, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
  const pricing = source.pricing();
  const billed = loadRollups(db, "session in (select session from bills)");
  const settlements = settle(db, billed, pricing, { splitAt });
  const rollups =
    grain === "slot"
      ? splitSlot(db, loadRollups(db), splitAt)
      : loadDays(db, zone, { bySession: grain === "session", project });
  // Session 0 represents all sessions without bills, see loadDays.
  const sessions = new Map<number, SessionName>([[0, { name: "", project: project ?? "", settled: false }]]);
  const rows = db.query("select id, name, project from sessions").values() as [number, string, string][];
  for (const [id, name, slug] of rows)
    sessions.set(id, { name, project: slug, settled: settlements.get(id)?.settled ?? false });
  const sessionOf = (id: number) =>
    sessions.get(id) ?? { name: "unknown", project: "unknown", settled: false };
  const matches = (day: number, session: SessionName) =>
    day >= since && day <= until && (project === undefined || project === session.project);
  const parts: PricedRollup[] = [];
  let slot = -1;
  let day = 0;
  for (const rollup of rollups) {
    if (rollup.slot !== slot) {
      slot = rollup.slot;
      day = dayOf(slotStart(slot), zone);
    }
    const session = sessionOf(rollup.session);
    const label = pricing.modelLabel(rollup);
    if (matches(day, session) && (model ?? label) === label)
      parts.push({ rollup, cost: pricing.cost(rollup), model: label, session, day });
  }
  const unattributed: UnattributedCost[] = [];
  for (const [id, { bookings }] of model === undefined ? settlements : []) {
    const session = sessionOf(id);
    for (const booking of bookings) {
      const day = dayOf(booking.at, zone);
      if (matches(day, session)) unattributed.push({ booking, session, day });
    }
  }
  return { parts, unattributed, zone };
}

/** Split the slot that contains an instant: the messages before it, and the rest. */
function splitSlot(db: Database, rollups: readonly Rollup[], at: number | undefined): readonly Rollup[] {
  if (at === undefined || slotStart(slotOf(at)) === at) return rollups;
  const slot = slotOf(at);
  const first = rollups.findIndex((rollup) => rollup.slot === slot);
  if (first < 0) return rollups;
  const halves = [sumMessages(db, slotStart(slot), at), sumMessages(db, at, slotEnd(slot))];
  return [
    ...rollups.slice(0, first),
    ...halves.flat().map((rollup) => ({ ...rollup, slot })),
    ...rollups.slice(first).filter((rollup) => rollup.slot !== slot),
  ];
}

/** A message with the names of its session and project. */
export type NamedMessage = Readonly<Omit<Row, "file"> & { name: string; project: string }>;

/** How many messages are in memory at a time. */
const BATCH = 2_000;

/**
 * All messages, in order of time.
 * @throws LedgerError if the ledger had to be repaired after the first batch: the order may have changed
 */
export function* allMessages(ledger: Ledger): Generator<NamedMessage> {
  const { repair } = ledger;
  for (let [at, seq] = [Number.MIN_SAFE_INTEGER, 0]; ; ) {
    const batch = ledger.read(
      ({ db }) =>
        db
          .query(
            `select messages.id, request, sessions.name, project, session, model, at, flags,
               ${SELECT_COUNTS}, cost, seq
             from messages join sessions on sessions.id = session
             where (at, seq) > (?, ?) order by at, seq limit ${BATCH}`,
          )
          .all(at, seq) as NamedMessage[],
    );
    if (ledger.repair !== repair && seq > 0)
      throw new LedgerError("the ledger was damaged and has been repaired: export again");
    yield* batch;
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    ({ at, seq } = last);
  }
}
