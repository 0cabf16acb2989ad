/** The most expensive models and projects, each with its share of the whole. */
import type { ReportData } from "../ledger/report-data.ts";
import { Tally } from "../ledger/tally.ts";
import { byCost, byModel, byProject, type ModelSum, totalOf } from "./aggregate.ts";
import { CHART_ROLE, filledBar } from "./chart.ts";
import { projectName, shortModel, UNKNOWN_PROJECT } from "./format.ts";
import type { ReportContext } from "./report-context.ts";
import { fitPath, pad, type TerminalStyle } from "./table.ts";

const MAX_SHARES = 6;
/** The cells of a name, at most and at least. */
const [LONGEST_NAME, SHORTEST_NAME] = [32, 10];
/** The cells of a bar, at most and at least. */
const [LONGEST_BAR, SHORTEST_BAR] = [16, 6];
/** Of the percentage and of all gaps. Cells. */
const FIXED_CELLS = 10;
/** From this width on, the two lists are side by side. */
const TWO_UP = 100;
const GAP = "    ";

/** @returns lines: models and projects, side by side if they fit; nothing without usage */
export function shareLines(
  report: ReportData,
  { projectPath, home }: Pick<ReportContext, "projectPath" | "home">,
  style: TerminalStyle,
): string[] {
  const models = listed(byShortName(byModel(report)));
  if (models.length === 0) return [];
  const projects = listed(
    byProject(report).map(({ key, sum }) => ({ name: key, sum })),
    (slug) => projectName(slug, projectPath(slug), home),
  );
  const isTwoUp = style.width >= TWO_UP;
  const width = isTwoUp ? Math.floor((style.width - GAP.length) / 2) : style.width;
  const all = [...models, ...projects];
  const costWidth = Math.max(...all.map(({ sum }) => costOf(sum, style).length));
  const room = width - costWidth - FIXED_CELLS;
  const longest = Math.max(...all.map(({ name }) => Bun.stringWidth(name)));
  const nameWidth = Math.min(longest, LONGEST_NAME, Math.max(SHORTEST_NAME, room - SHORTEST_BAR));
  const barWidth = Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, room - nameWidth));
  const drawn = { ...style, nameWidth, barWidth, costWidth };
  const left = shareList("Models, 30 days", models, drawn);
  const right = shareList("Projects, 30 days", projects, drawn);
  if (!isTwoUp) return [...left, "", ...right];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
    `${pad(left[index] ?? "", width)}${GAP}${right[index] ?? ""}`.trimEnd(),
  );
}

interface ShareLine extends ModelSum {
  /** The sum of all. USD. */
  readonly totalUsd: number;
  /** The line is the sum of several. */
  readonly isRest: boolean;
}

/** The most expensive ones, and one line for the others. */
function listed(all: readonly ModelSum[], nameOf: (name: string) => string = String): ShareLine[] {
  const totalUsd = totalOf(all).costUsd;
  const shares = all
    .slice(0, MAX_SHARES)
    .map(({ name, sum }) => ({ name: nameOf(name), sum, totalUsd, isRest: false }));
  const rest = all.slice(MAX_SHARES);
  return rest.length === 0
    ? shares
    : [...shares, { name: `${rest.length} more`, sum: totalOf(rest), totalUsd, isRest: true }];
}

const costOf = ({ costUsd, priced }: Tally, { format }: TerminalStyle): string => format.usd(costUsd, priced);

/** Cells of the columns. */
interface ShareWidths {
  readonly nameWidth: number;
  readonly barWidth: number;
  readonly costWidth: number;
}

function shareList(
  title: string,
  shares: readonly ShareLine[],
  style: TerminalStyle & ShareWidths,
): string[] {
  const { format, colors, bar, nameWidth, barWidth, costWidth } = style;
  const lines = shares.map(({ name, sum, totalUsd, isRest }) => {
    const part = totalUsd > 0 ? sum.costUsd / totalUsd : 0;
    const filled = isRest ? "" : filledBar(part, barWidth, bar);
    const space = " ".repeat(barWidth - Bun.stringWidth(filled));
    // Of an unknown cost the share is unknown too.
    const share = sum.priced === "unpriced" && sum.costUsd === 0 ? "" : format.percent(part);
    const figures = `${share.padStart(4)}  ${costOf(sum, style).padStart(costWidth)}`;
    const label = pad(fitPath(name, nameWidth), nameWidth);
    return `${isRest || name === UNKNOWN_PROJECT ? colors.dim(label) : label}  ${colors.paint(CHART_ROLE, filled)}${space}  ${figures}`;
  });
  return [colors.bold(title), ...lines];
}

/** Merges the names of a model with and without a date. */
function byShortName(models: readonly ModelSum[]): ModelSum[] {
  const merged = new Map<string, Tally>();
  for (const { name, sum } of models)
    merged.getOrInsertComputed(shortModel(name), () => new Tally()).merge(sum);
  return [...merged].map(([name, sum]) => ({ name, sum })).sort(byCost);
}
