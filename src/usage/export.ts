/** The messages behind the figures, one a line, and what was billed without one: together they are every sum. */

import type { UsageCounts } from "../claude/token-counts.ts";
import { csvLine } from "../cli/csv.ts";
import { toJson } from "../cli/json.ts";
import { SELECT_COUNTS } from "../ledger/counts.ts";
import { type Ledger, LedgerError } from "../ledger/index.ts";
import { loadReport } from "../ledger/reports/report.ts";
import { CLASS, FLAG } from "../ledger/schema.ts";
import { slotOf } from "../ledger/slots.ts";
import { dayOf, type Zone } from "../ledger/zones.ts";
import type { Query } from "./query.ts";
import { filterOf } from "./reports.ts";

interface Line {
  type: "message" | "unattributed";
  timestamp: string;
  sessionId: string;
  project: string;
  model: string | null;
  messageId: string | null;
  requestId: string | null;
  sidechain: boolean;
  inputTokens: number;
  outputTokens: number;
  cacheCreation5mTokens: number;
  cacheCreation1hTokens: number;
  cacheReadTokens: number;
  webSearches: number;
  cost: number;
  priced: string;
}

interface Message extends UsageCounts {
  seq: number;
  id: string;
  request: string;
  name: string;
  project: string;
  session: number;
  model: number;
  at: number;
  flags: number;
  cost: number | null;
}

/** Every line of an export, in order of time; memory does not grow with their number. */
export function* exportLines(ledger: Ledger, query: Query, zone: Zone): Generator<string> {
  const toText =
    query.output === "csv" ? (line: Line) => csvLine(Object.values(line)) : (line: Line) => toJson(line);
  let header = query.output === "csv";
  for (const line of merged(ledger, query, zone)) {
    if (header) yield csvLine(Object.keys(line));
    header = false;
    yield toText(line);
  }
}

function* merged(ledger: Ledger, query: Query, zone: Zone): Generator<Line> {
  const { unattributed } = loadReport(ledger, filterOf(query, zone), "day");
  const waiting = unattributed.toSorted((a, b) => a.booking.at - b.booking.at);
  for (const [at, line] of messages(ledger, query, zone)) {
    while (waiting[0] && waiting[0].booking.at <= at)
      yield bookingLine(waiting.shift() as (typeof waiting)[number]);
    yield line;
  }
  for (const each of waiting) yield bookingLine(each);
}

function bookingLine({ booking, session }: ReturnType<typeof loadReport>["unattributed"][number]): Line {
  return {
    type: "unattributed",
    timestamp: new Date(booking.at).toISOString(),
    sessionId: session.name,
    project: session.project,
    model: null,
    messageId: null,
    requestId: null,
    sidechain: false,
    inputTokens: booking.tokens?.input ?? 0,
    outputTokens: booking.tokens?.output ?? 0,
    cacheCreation5mTokens: booking.tokens?.cacheWrite5m ?? 0,
    cacheCreation1hTokens: booking.tokens?.cacheWrite1h ?? 0,
    cacheReadTokens: booking.tokens?.cacheRead ?? 0,
    webSearches: 0,
    cost: booking.usd,
    priced: "exact",
  };
}

/** How many messages are held in memory at a time. */
const BATCH = 2_000;

/**
 * Every message, in order of time.
 * @throws LedgerError when the ledger had to be repaired after the first ones: their order may be another now
 */
function* allMessages(ledger: Ledger): Generator<Message> {
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
          .all(at, seq) as Message[],
    );
    if (ledger.repair !== repair && seq > 0)
      throw new LedgerError("the ledger was damaged and has been repaired: export again");
    yield* batch;
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    ({ at, seq } = last);
  }
}

function* messages(ledger: Ledger, query: Query, zone: Zone): Generator<[at: number, line: Line]> {
  const pricing = ledger.pricing();
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = query;
  for (const message of allMessages(ledger)) {
    const day = dayOf(message.at, zone);
    if (day < since || day > until || (query.project ?? message.project) !== message.project) continue;
    const { at, flags } = message;
    const rollup = {
      ...message,
      slot: slotOf(at),
      class: flags & CLASS,
      messages: 1,
      firstAt: at,
      lastAt: at,
      cost: message.cost ?? 0,
    };
    const model = pricing.modelLabel(rollup);
    if ((query.model ?? model) !== model) continue;
    const { usd, priced } = pricing.cost(rollup);
    yield [
      at,
      {
        type: "message",
        timestamp: new Date(at).toISOString(),
        sessionId: message.name,
        project: message.project,
        model,
        messageId: message.id,
        requestId: message.request || null,
        sidechain: (flags & FLAG.sidechain) !== 0,
        inputTokens: message.input,
        outputTokens: message.output,
        cacheCreation5mTokens: message.cacheWrite5m,
        cacheCreation1hTokens: message.cacheWrite1h,
        cacheReadTokens: message.cacheRead,
        webSearches: message.webSearches,
        cost: usd,
        priced,
      },
    ];
  }
}
