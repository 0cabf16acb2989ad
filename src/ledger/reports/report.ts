/**
 * What every report is made from: the ledger's rollups within a range of local days, priced, with their sessions.
 *
 * Pure data: nothing here knows of terminals or of command lines.
 */

import type { Database } from "bun:sqlite";
import type { Booking } from "../bookings.ts";
import type { Ledger, Source } from "../ledger.ts";
import { slotEnd, slotOf, slotStart } from "../slots.ts";
import { type Cost, loadDays, loadRollups, type Rollup, sumMessages } from "../sums.ts";
import { Tally } from "../tally.ts";
import { settle } from "../unattributed.ts";
import { dayOf, type Zone } from "../zones.ts";

/** What of the ledger a report is about. */
export interface ReportFilter {
  /** Days are those of this zone. */
  readonly zone: Zone;
  /** The first and the last local day: days since 1970-01-01. */
  readonly since?: number;
  readonly until?: number;
  /** A project's slug. */
  readonly project?: string;
  /** A model's name. Cost that no message explains has no model: it is left out then. */
  readonly model?: string;
}

/** Messages of one slot, session and model, with their price. */
export interface Part {
  readonly rollup: Rollup;
  readonly cost: Cost;
  /** Fast messages of a model are a model of their own, as ccusage has it. */
  readonly model: string;
  readonly session: SessionName;
  /** The local day. */
  readonly day: number;
}

/** A booking of the report's range. */
export interface Unattributed {
  readonly booking: Booking;
  readonly session: SessionName;
  readonly day: number;
}

export interface SessionName {
  readonly name: string;
  readonly project: string;
  /** The client's own bill covers every message of it. */
  readonly settled: boolean;
}

export interface Report {
  readonly parts: readonly Part[];
  readonly unattributed: readonly Unattributed[];
  readonly zone: Zone;
}

/** How finely a report's messages are told apart: by day, by day and session, or by slot and session. */
export type Grain = "day" | "session" | "slot";

const NOBODY: SessionName = { name: "", project: "", settled: false };

/**
 * Load a report's data. Blocks need everything before they can be cut to a range: they pass no days.
 * @param splitAt an instant that a block begins at: no part of grain "slot" has messages on both sides of it
 */
export const loadReport = (ledger: Ledger, filter: ReportFilter, grain: Grain, splitAt?: number): Report =>
  ledger.read((source) => readReport(source, filter, grain, splitAt));

function readReport(
  { db, pricing: prices }: Source,
  filter: ReportFilter,
  grain: Grain,
  splitAt: number | undefined,
): Report {
  const pricing = prices();
  const billed = loadRollups(db, "session in (select session from bills)");
  const settlements = settle(db, billed, pricing, { splitAt });
  const rollups =
    grain === "slot"
      ? splitSlot(db, loadRollups(db), splitAt)
      : loadDays(db, filter.zone, { bySession: grain === "session", project: filter.project });
  const sessions = new Map<number, SessionName>([
    [0, filter.project ? { ...NOBODY, project: filter.project } : NOBODY],
  ]);
  const rows = db.query("select id, name, project from sessions").values() as [number, string, string][];
  for (const [id, name, project] of rows)
    sessions.set(id, { name, project, settled: settlements.get(id)?.settled ?? false });
  const sessionOf = (id: number) =>
    sessions.get(id) ?? { name: "unknown", project: "unknown", settled: false };
  const { zone, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
  const inRange = (day: number) => day >= since && day <= until;
  const inProject = ({ project }: SessionName) => filter.project === undefined || project === filter.project;
  const parts: Part[] = [];
  let slot = -1;
  let day = 0;
  for (const rollup of rollups) {
    if (rollup.slot !== slot) {
      slot = rollup.slot;
      day = dayOf(slotStart(slot), zone);
    }
    const session = sessionOf(rollup.session);
    const model = pricing.modelLabel(rollup);
    if (!inRange(day) || !inProject(session) || (filter.model ?? model) !== model) continue;
    parts.push({ rollup, cost: pricing.cost(rollup), model, session, day });
  }
  const unattributed: Unattributed[] = [];
  for (const [id, { bookings }] of filter.model === undefined ? settlements : []) {
    const session = sessionOf(id);
    if (!inProject(session)) continue;
    for (const booking of bookings) {
      const day = dayOf(booking.at, zone);
      if (inRange(day)) unattributed.push({ booking, session, day });
    }
  }
  return { parts, unattributed, zone };
}

/** The rollups, with the slot of an instant in two: what was before it, and the rest. */
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

/** One line of a report. */
export interface Row {
  /** What its parts share: a day, a week's first day, a month, a session. */
  readonly key: string;
  /** With what is unattributed. */
  readonly sum: Tally;
  /** Without it, by model, the dearest first. */
  readonly models: readonly { readonly name: string; readonly sum: Tally }[];
  readonly project: string;
}

/** A row that grows. */
class Group {
  readonly sum = new Tally();
  readonly models = new Map<string, Tally>();
  readonly sessions = new Set<SessionName>();
  project = "";

  add(part: Part): void {
    this.sum.add(part.rollup, part.cost);
    let model = this.models.get(part.model);
    if (!model) {
      model = new Tally();
      this.models.set(part.model, model);
    }
    model.add(part.rollup, part.cost);
    this.sessions.add(part.session);
    this.project = part.session.project;
  }
}

/**
 * Sum a report up by whatever its parts share.
 * @returns one row for each key, in the order of the keys
 */
export function groupBy(report: Report, keyOf: (of: { day: number; session: SessionName }) => string): Row[] {
  const groups = new Map<string, Group>();
  const keysOfSession = new Map<SessionName, Set<string>>();
  const groupOf = (of: { day: number; session: SessionName }): Group => {
    const key = keyOf(of);
    let group = groups.get(key);
    if (!group) {
      group = new Group();
      groups.set(key, group);
    }
    const keys = keysOfSession.get(of.session);
    if (keys) keys.add(key);
    else keysOfSession.set(of.session, new Set([key]));
    return group;
  };
  for (const part of report.parts) groupOf(part).add(part);
  for (const each of report.unattributed) {
    const group = groupOf(each);
    group.sum.addUnattributed(each.booking);
    group.project ||= each.session.project;
  }
  return [...groups]
    .map(([key, group]) => {
      // Where the client's own bill is all there is to a row, the row is no estimate.
      const billed = [...group.sessions].every(
        (session) => session.settled && keysOfSession.get(session)?.size === 1,
      );
      if (billed) group.sum.priced = "exact";
      return {
        key,
        sum: group.sum,
        models: [...group.models]
          .map(([name, sum]) => ({ name, sum }))
          .sort((a, b) => b.sum.costUsd - a.sum.costUsd || a.name.localeCompare(b.name)),
        project: group.project,
      };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The sum of all rows. */
export function totalOf(rows: readonly { readonly sum: Tally }[]): Tally {
  const total = new Tally();
  for (const { sum } of rows) total.merge(sum);
  return total;
}
