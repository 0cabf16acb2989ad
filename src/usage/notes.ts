/** Notes below a report: how certain its figures are, and what its models cost. */
import type { Tally } from "../ledger/tally.ts";
import type { ReportRow } from "./aggregate.ts";
import type { BlockRow } from "./block-rows.ts";
import { counted, type Format, isVisibleUsd, shortModel, shownName } from "./format.ts";
import type { TableNote } from "./listing.ts";
import type { FigureMark } from "./marks.ts";
import { priceLine, type RatesOf } from "./prices.ts";

const MAX_NAMES = 8;

/** Whether an unattributed sum is worth a line in a table. */
export const isVisible = ({ costUsd, tokens }: Tally): boolean => isVisibleUsd(costUsd) || tokens > 0;

/** A row whose figures may have marks. */
type MarkedRow = Pick<ReportRow, "sum" | "models">;

/**
 * What the marks of rows mean; the listing prints the notes whose mark it has drawn.
 * @param breakdown the models have lines of their own
 */
function markNotes(rows: readonly MarkedRow[], breakdown: boolean): TableNote[] {
  const named = (priced: Tally["priced"]) => {
    const shown = breakdown ? rows : rows.filter(({ sum }) => sum.priced === priced);
    const models = shown.flatMap((row) => row.models).filter(({ sum }) => sum.priced === priced);
    return listNames([...new Set(models.map(({ name }) => name))]);
  };
  const [estimated, unpriced] = [named("estimated"), named("unpriced")];
  const ofBill = rows.some(({ sum }) => sum.unattributed?.priced === "estimated");
  return [
    { mark: "atLeast", text: "> at least: the client billed requests whose tokens no transcript has" },
    ...note("estimated", estimated !== "", `~ the price of ${estimated} is an estimate`),
    ...note("estimated", ofBill, "~ a session's bill may lack a part, or have a part of another session's"),
    ...note("unpriced", true, `? no price is known for ${unpriced}; set one in the configuration`),
  ];
}

const note = (mark: FigureMark, isNeeded: boolean, text: string): TableNote[] =>
  isNeeded ? [{ mark, text }] : [];

/** The notes of a report by blocks: also for ends that are inferred, and projections. */
export function blockNotes(rows: readonly BlockRow[]): TableNote[] {
  const isProjected = rows.some(({ burn, sum }) => burn !== undefined && sum.priced !== "unpriced");
  return [
    ...markNotes(rows, false),
    { mark: "inferred", text: "~ left: the end of the block is inferred from its messages" },
    ...note("estimated", isProjected, "~ projected: the cost at the end of the block, at its present rate"),
  ];
}

/** @param total of the rows */
export const sumNotes = (
  rows: readonly ReportRow[],
  total: Tally,
  format: Format,
  breakdown: boolean,
): TableNote[] => [...markNotes(rows, breakdown), ...unattributedNote(total, format)];

function unattributedNote({ unattributed }: Tally, format: Format): TableNote[] {
  if (!unattributed || !isVisible(unattributed)) return [];
  const { costUsd, tokens, priced } = unattributed;
  const usd = format.usd(Math.abs(costUsd), priced);
  const text = !isVisibleUsd(costUsd)
    ? `${counted(tokens, "token", format)} that the client counted and no message explains`
    : costUsd > 0
      ? `${usd} that the client billed and no message explains`
      : `the client billed ${usd} less than its messages cost at their prices`;
  return [{ text: `unattributed: ${text}` }];
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map(shownName).join(", ");
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}

/** What each model costs at its newest message, and the source of that price. */
export function priceNotes(rows: readonly ReportRow[], ratesOf: RatesOf): TableNote[] {
  const lastAt = new Map<string, number>();
  for (const { name, sum } of rows.flatMap(({ models }) => models))
    lastAt.set(name, Math.max(sum.lastAt, lastAt.get(name) ?? Number.NEGATIVE_INFINITY));
  // A set: two names of a model may be the same when shortened.
  const lines = new Set(
    [...lastAt].sort().map(([name, at]) => `${shortModel(name)}: ${priceLine(ratesOf(name, at))}`),
  );
  return ["USD per million tokens:", ...lines].map((text) => ({ text }));
}
