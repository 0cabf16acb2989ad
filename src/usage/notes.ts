/** Notes below a report: how certain its figures are, and what its models cost. */
import type { Tally } from "../ledger/tally.ts";
import type { ReportRow } from "./aggregate.ts";
import { type Format, isVisibleUsd, shortModel, shownName } from "./format.ts";
import { priceLine, type RatesOf } from "./prices.ts";

const MAX_NAMES = 8;

/** Whether an unattributed sum is worth a line in a table. */
export const isVisible = ({ costUsd, tokens }: Tally): boolean => isVisibleUsd(costUsd) || tokens > 0;

/** @returns a note if a count of tokens is a lower bound */
export const missingTokens = (rows: readonly { readonly sum: Tally }[]): string[] =>
  rows.some(({ sum }) => sum.tokensMissing)
    ? ["> at least: the client billed requests whose tokens no transcript has"]
    : [];

export function sumNotes(rows: readonly ReportRow[], total: Tally, format: Format): string[] {
  const models = rows.flatMap((row) => row.models);
  const named = (priced: Tally["priced"]) =>
    listNames([...new Set(models.filter(({ sum }) => sum.priced === priced).map(({ name }) => name))]);
  const [estimated, unpriced] = [named("estimated"), named("unpriced")];
  return [
    ...missingTokens(rows),
    ...(estimated === "" ? [] : [`~ the price of ${estimated} is an estimate`]),
    ...(unpriced === "" ? [] : [`? no price is known for ${unpriced}; set one in the configuration`]),
    ...unattributedNote(total, format),
  ];
}

function unattributedNote({ unattributed }: Tally, { usd, count }: Format): string[] {
  if (!unattributed || !isVisible(unattributed)) return [];
  const { costUsd, tokens } = unattributed;
  if (!isVisibleUsd(costUsd))
    return [`unattributed: ${count(tokens)} tokens that the client counted and no message explains`];
  return [
    costUsd > 0
      ? `unattributed: ${usd(costUsd)} that the client billed and no message explains`
      : `unattributed: the client billed ${usd(-costUsd)} less than its messages cost at their prices`,
  ];
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map(shownName).join(", ");
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}

/** What each model costs at its newest message, and the source of that price. */
export function priceNotes(rows: readonly ReportRow[], ratesOf: RatesOf): string[] {
  const lastAt = new Map<string, number>();
  for (const { name, sum } of rows.flatMap(({ models }) => models))
    lastAt.set(name, Math.max(sum.lastAt, lastAt.get(name) ?? Number.NEGATIVE_INFINITY));
  // A set: two names of a model may be the same when shortened.
  const lines = new Set(
    [...lastAt].sort().map(([name, at]) => `${shortModel(name)}: ${priceLine(ratesOf(name, at))}`),
  );
  return ["USD per million tokens:", ...lines];
}
