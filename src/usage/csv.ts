/** Reports as comma-separated values (RFC 4180), one line a row, with the names that the JSON has. */

import { csvLine } from "../cli/csv.ts";
import type { BlockRow } from "../ledger/reports/block-rows.ts";
import type { Row } from "../ledger/reports/report.ts";
import type { Tally } from "../ledger/tally.ts";

const TOKENS = [
  "inputTokens",
  "outputTokens",
  "cacheCreation5mTokens",
  "cacheCreation1hTokens",
  "cacheReadTokens",
  "totalTokens",
  "totalCost",
  "unattributedCost",
  "priced",
] as const;

/** Last, so that the columns before it keep their places. */
const INCOMPLETE = "tokensIncomplete";

const values = (sum: Tally, unattributedUsd = sum.unattributedUsd) => [
  sum.counts.input,
  sum.counts.output,
  sum.counts.cacheWrite5m,
  sum.counts.cacheWrite1h,
  sum.counts.cacheRead,
  sum.tokens,
  sum.costUsd,
  unattributedUsd,
  sum.priced,
];

/**
 * @param session the rows are sessions, which have a project
 * @param breakdown a row for each model, and one for what is unattributed, follow each
 */
export function rowsCsv(rows: readonly Row[], session: boolean, breakdown: boolean): string[] {
  const lines = [csvLine(["period", ...(session ? ["project"] : []), "models", ...TOKENS, INCOMPLETE])];
  for (const { key, project, models, sum } of rows) {
    const names = [key, ...(session ? [project] : [])];
    lines.push(
      csvLine([...names, models.map(({ name }) => name).join(" "), ...values(sum), sum.tokensMissing]),
    );
    if (!breakdown) continue;
    for (const { name, sum: own } of models)
      lines.push(csvLine([...names, name, ...values(own), own.tokensMissing]));
    const { unattributed } = sum;
    if (unattributed && (unattributed.costUsd !== 0 || unattributed.tokens > 0))
      lines.push(
        csvLine([
          ...names,
          "unattributed",
          ...values(unattributed, unattributed.costUsd),
          unattributed.tokensMissing,
        ]),
      );
  }
  return lines;
}

export function blocksCsv(rows: readonly BlockRow[]): string[] {
  return [
    csvLine([
      "startTime",
      "endTime",
      "isActive",
      "isGap",
      "models",
      "entries",
      ...TOKENS,
      "endIsKnown",
      INCOMPLETE,
    ]),
    ...rows.map(({ startAt, endAt, isActive, isGap, endIsKnown, models, sum }) =>
      csvLine([
        new Date(startAt).toISOString(),
        new Date(endAt).toISOString(),
        isActive,
        isGap,
        models.join(" "),
        sum.messages,
        ...values(sum),
        endIsKnown,
        sum.tokensMissing,
      ]),
    ),
  ];
}
