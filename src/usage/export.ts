/** The messages behind the reports, and what was billed without one: together they add up to every report. */
import { NO_TOKENS, type TokenCounts, type UsageCounts } from "../claude/token-counts.ts";
import { csvLine } from "../cli/csv.ts";
import { toJson } from "../cli/json.ts";
import { SELECT_COUNTS } from "../ledger/counts.ts";
import { type Ledger, LedgerError } from "../ledger/index.ts";
import { loadReport, type UnattributedCost } from "../ledger/report-data.ts";
import { CLASS, FLAG } from "../ledger/schema.ts";
import { slotOf } from "../ledger/slots.ts";
import type { Pricing } from "../ledger/sums.ts";
import { dayOf } from "../ledger/zones.ts";
import { filterOf, type Query } from "./query.ts";
import type { ReportContext } from "./reports.ts";
import { TOKEN_NAMES } from "./sum-columns.ts";

interface ExportedMessage extends UsageCounts {
  readonly seq: number;
  readonly id: string;
  readonly request: string;
  readonly name: string;
  readonly project: string;
  readonly session: number;
  readonly model: number;
  readonly at: number;
  readonly flags: number;
  readonly cost: number | null;
}

/**
 * All lines, in order of time. Memory use does not grow with their number.
 * @throws LedgerError
 */
export function* exportLines(
  query: Query,
  context: Pick<ReportContext, "ledger" | "zone">,
): Generator<string> {
  let isFirst = true;
  for (const line of exported(query, context)) {
    if (query.output !== "csv") yield toJson(line);
    else {
      if (isFirst) yield csvLine(Object.keys(line));
      yield csvLine(Object.values(line));
    }
    isFirst = false;
  }
}

type ExportLine = ReturnType<typeof messageLine> | ReturnType<typeof unattributedLine>;

function* exported(
  query: Query,
  { ledger, zone }: Pick<ReportContext, "ledger" | "zone">,
): Generator<ExportLine> {
  const { unattributed } = loadReport(ledger, filterOf(query, zone), "day");
  const waiting = unattributed.toSorted((a, b) => a.booking.at - b.booking.at);
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = query;
  const pricing = ledger.pricing();
  for (const message of allMessages(ledger)) {
    const day = dayOf(message.at, zone);
    if (day < since || day > until || (query.project ?? message.project) !== message.project) continue;
    const line = messageLine(message, pricing);
    if ((query.model ?? line.model) !== line.model) continue;
    while (waiting[0] && waiting[0].booking.at <= message.at) {
      yield unattributedLine(waiting[0]);
      waiting.shift();
    }
    yield line;
  }
  yield* waiting.map(unattributedLine);
}

/** How many messages are in memory at a time. */
const BATCH = 2_000;

/**
 * All messages, in order of time.
 * @throws LedgerError if the ledger had to be repaired after the first batch: the order may have changed
 */
function* allMessages(ledger: Ledger): Generator<ExportedMessage> {
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
          .all(at, seq) as ExportedMessage[],
    );
    if (ledger.repair !== repair && seq > 0)
      throw new LedgerError("the ledger was damaged and has been repaired: export again");
    yield* batch;
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    ({ at, seq } = last);
  }
}

function messageLine(message: ExportedMessage, pricing: Pricing) {
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
  const { usd, priced } = pricing.cost(rollup);
  return {
    type: "message",
    timestamp: new Date(at).toISOString(),
    sessionId: message.name,
    project: message.project,
    model: pricing.modelLabel(rollup),
    messageId: message.id,
    requestId: message.request || null,
    sidechain: (flags & FLAG.sidechain) !== 0,
    ...tokenFields(message),
    webSearches: message.webSearches,
    cost: usd,
    priced,
  };
}

/** A line with the keys of a message's line, in the same order. */
function unattributedLine({ booking, session }: UnattributedCost) {
  return {
    type: "unattributed",
    timestamp: new Date(booking.at).toISOString(),
    sessionId: session.name,
    project: session.project,
    model: null,
    messageId: null,
    requestId: null,
    sidechain: false,
    ...tokenFields(booking.tokens ?? NO_TOKENS),
    webSearches: 0,
    cost: booking.usd,
    priced: "exact",
  };
}

const tokenFields = (counts: TokenCounts): Record<string, number> =>
  Object.fromEntries(TOKEN_NAMES.map(([kind, name]) => [name, counts[kind]]));
