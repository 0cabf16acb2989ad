/** The most expensive models and projects, each with its share of the whole. */
import type { ReportData } from "../ledger/report-data.ts";
import { Tally } from "../ledger/tally.ts";
import { byCost, byModel, byProject, type ModelSum, totalOf } from "./aggregate.ts";
import { CHART_ROLE, filledBar } from "./chart.ts";
import { projectName, shortModel } from "./format.ts";
import type { ReportContext } from "./report-context.ts";
import { fitPath, pad, type TerminalStyle } from "./table.ts";

const MAX_SHARES = 6;
/** The cells of a name, at most and at least. */
const [LONGEST_NAME, SHORTEST_NAME] = [32, 10];
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
  const longest = Math.max(...[...models, ...projects].map(({ name }) => Bun.stringWidth(name)));
  const room = Math.max(SHORTEST_NAME, Math.min(LONGEST_NAME, width - 30));
  const drawn = { ...style, width, nameWidth: Math.min(longest, room) };
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
  /** The line stands for several. */
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

function shareList(
  title: string,
  shares: readonly ShareLine[],
  { format, colors, width, bar, nameWidth }: TerminalStyle & { readonly nameWidth: number },
): string[] {
  const costs = shares.map(({ sum }) => format.usd(sum.costUsd, sum.priced));
  const costWidth = Math.max(9, ...costs.map((cost) => cost.length));
  const barWidth = Math.max(4, Math.min(16, width - nameWidth - costWidth - 10));
  const lines = shares.map(({ name, sum, totalUsd, isRest }, index) => {
    const part = totalUsd > 0 ? sum.costUsd / totalUsd : 0;
    const filled = isRest ? "" : filledBar(part, barWidth, bar);
    const space = " ".repeat(barWidth - Bun.stringWidth(filled));
    const figures = `${format.percent(part).padStart(4)}  ${(costs[index] ?? "").padStart(costWidth)}`;
    const label = pad(fitPath(name, nameWidth), nameWidth);
    return `${isRest ? colors.dim(label) : label}  ${colors.paint(CHART_ROLE, filled)}${space}  ${figures}`;
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
