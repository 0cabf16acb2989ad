/** The messages behind the reports, and what was billed without one: together they add up to every report. */
import { NO_TOKENS, type TokenCounts } from "../claude/token-counts.ts";
import { csvLine } from "../cli/csv.ts";
import { toJson } from "../cli/json.ts";
import { allMessages, loadReport, type NamedMessage, type UnattributedCost } from "../ledger/report-data.ts";
import { CLASS, FLAG } from "../ledger/schema.ts";
import { slotOf } from "../ledger/slots.ts";
import type { Pricing } from "../ledger/sums.ts";
import { dayOf } from "../ledger/zones.ts";
import { filterOf, type Query } from "./query.ts";
import type { ReportContext } from "./report-context.ts";
import { TOKEN_NAMES } from "./sum-columns.ts";

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

function messageLine(message: NamedMessage, pricing: Pricing) {
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
