/** Notes below a report: how certain its figures are, and what its models cost. */
import type { Tally } from "../ledger/tally.ts";
import type { ReportRow } from "./aggregate.ts";
import { counted, type Format, isVisibleUsd, shortModel, shownName } from "./format.ts";
import type { TableNote } from "./listing.ts";
import { priceLine, type RatesOf } from "./prices.ts";

const MAX_NAMES = 8;

/** Whether an unattributed sum is worth a line in a table. */
export const isVisible = ({ costUsd, tokens }: Tally): boolean => isVisibleUsd(costUsd) || tokens > 0;

/** @returns a note if a count of tokens is a lower bound */
export const missingTokens = (rows: readonly { readonly sum: Tally }[]): TableNote[] =>
  rows.some(({ sum }) => sum.tokensMissing)
    ? [{ sign: ">", text: "> at least: the client billed requests whose tokens no transcript has" }]
    : [];

export function sumNotes(rows: readonly ReportRow[], total: Tally, format: Format): TableNote[] {
  const models = rows.flatMap((row) => row.models);
  const named = (priced: Tally["priced"]) =>
    listNames([...new Set(models.filter(({ sum }) => sum.priced === priced).map(({ name }) => name))]);
  const [estimated, unpriced] = [named("estimated"), named("unpriced")];
  const unknown = `? no price is known for ${unpriced}; set one in the configuration`;
  return [
    ...missingTokens(rows),
    ...(estimated === "" ? [] : [{ sign: "~", text: `~ the price of ${estimated} is an estimate` } as const]),
    ...(unpriced === "" ? [] : [{ sign: "?", text: unknown } as const]),
    ...unattributedNote(total, format),
  ];
}

function unattributedNote({ unattributed }: Tally, format: Format): TableNote[] {
  if (!unattributed || !isVisible(unattributed)) return [];
  const { costUsd, tokens } = unattributed;
  const usd = format.usd(Math.abs(costUsd));
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
