/** `plimsoll usage`: today, the active block, thirty days, a year, and the most expensive models and projects. */
import { totalTokens } from "../claude/token-counts.ts";
import { loadReport, type ReportData } from "../ledger/report-data.ts";
import { Tally } from "../ledger/tally.ts";
import { dayName, dayOf } from "../ledger/zones.ts";
import type { AccountUsage } from "../state/parts.ts";
import { byCost, byDay, byModel, byProject, type ModelSum, mondayOf, totalOf } from "./aggregate.ts";
import { bar, columnChart, SHADES, shades } from "./chart.ts";
import { duration, isVisibleUsd, lowerBoundMark, shortModel, shortProject } from "./format.ts";
import type { ReportContext } from "./report-context.ts";
import { fit, pad, type TerminalStyle, wrap } from "./table.ts";

const DAYS = 30;
const WEEKS = 53;
const CHART_HEIGHT = 6;
const MAX_SHARES = 6;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** @returns lines that fit the terminal's width. @throws LedgerError */
export function overview(context: ReportContext): string[] {
  const { ledger, zone, now } = context;
  const style = context.style();
  const today = dayOf(now, zone);
  const account = accountOf(context);
  const days = byDay(loadReport(ledger, { zone, since: today - WEEKS * 7 }, "day"));
  const costs = new Map(days.map(({ key, sum }) => [key, sum.costUsd]));
  const costOf = (day: number): number => costs.get(dayName(day)) ?? 0;
  const month = loadReport(ledger, { zone, since: today - DAYS + 1 }, "session");
  const sections = [
    [...todayLines(account, style), ...blockLines(account, { ...context, style: () => style })],
    monthLines(costOf, today, style),
    yearLines(costOf, today, style),
    shareLines(month, style),
  ];
  return sections
    .flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]))
    .map((line) => fit(line, style.width));
}

/** @throws LedgerError */
export const accountOf = ({ ledger, zone, now, fiveHourResetsAt }: ReportContext): AccountUsage =>
  ledger.accountUsage({ now, timezone: zone, fiveHourResetsAt });

function todayLines({ today, week, day }: AccountUsage, { format, colors }: TerminalStyle): string[] {
  const usd = format.usd(Math.abs(today.unattributedUsd));
  const isLess = today.unattributedUsd < 0;
  const difference = isLess ? `, billed ${usd} less than priced` : `, ${usd} of it unattributed`;
  const unattributed = isVisibleUsd(today.unattributedUsd) ? difference : "";
  const details = `${day}, ${lowerBoundMark(today.tokensMissing)}${format.short(totalTokens(today))} tokens${unattributed}`;
  return [
    `${colors.bold("Today")}   ${colors.bold(format.usd(today.costUsd, today.priced))}  ${colors.dim(details)}`,
    `${colors.bold("7 days")}  ${format.usd(week.costUsd, week.priced)}`,
  ];
}

/** The active block: its cost, how far it is, and its burn rate. */
export function blockLines(
  { block }: AccountUsage,
  { now, style }: Pick<ReportContext, "now" | "style">,
): string[] {
  const { format, colors, width } = style();
  if (!block) return [`${colors.bold("Block")}   ${colors.dim("none active")}`];
  const part = (now - block.startAt) / (block.endAt - block.startAt);
  const cells = Math.max(8, Math.min(30, width - 46));
  const left = duration(block.endAt - now);
  const end = block.endIsKnown ? `${left} until the reset` : `~${left} left`;
  const tokens = lowerBoundMark(block.tokensMissing) + format.short(block.tokensPerMinute ?? 0);
  const rate =
    block.burnUsdPerHour === undefined || block.projectedUsd === undefined
      ? "too young for a projection"
      : `${format.usd(block.burnUsdPerHour)}/h, ${tokens} tokens/min; at that rate ${format.usd(block.projectedUsd, "estimated")} at its end`;
  const progress = `${colors.dim("▕")}${bar(part, cells)}${colors.dim("▏")}`;
  return [
    `${colors.bold("Block")}   ${format.usd(block.costUsd, block.priced)}  ${progress} ${end}`,
    ...wrap(rate, Math.max(12, width - 8)).map((line) => `        ${colors.dim(line)}`),
  ].map((line) => fit(line, width));
}

function monthLines(
  costOf: (day: number) => number,
  today: number,
  { format, colors, width }: TerminalStyle,
): string[] {
  const values = Array.from({ length: DAYS }, (_, index) => costOf(today - DAYS + 1 + index));
  const [most, none] = [format.usd(Math.max(...values)), format.usd(0)];
  const axis = Math.max(most.length, none.length);
  const cells = Math.max(1, Math.min(4, Math.floor((width - axis - 3) / DAYS)));
  const total = sumOf(values);
  const chart = columnChart(values, CHART_HEIGHT, cells).map((line, row) => {
    const label = row === 0 ? most : row === CHART_HEIGHT - 1 ? none : "";
    return `${colors.dim(`${label.padStart(axis)} │`)}${line}`;
  });
  const first = dayName(today - DAYS + 1).slice(5);
  const last = dayName(today).slice(5);
  const space = DAYS * cells - (cells > 1 ? 1 : 0) - first.length;
  return [
    `${colors.bold("30 days")}  ${format.usd(total)}  ${colors.dim(`${format.usd(total / DAYS)} a day`)}`,
    ...chart,
    colors.dim(`${" ".repeat(axis)} └${"─".repeat(DAYS * cells)}`),
    colors.dim(`${" ".repeat(axis + 2)}${first}${last.padStart(Math.max(last.length + 1, space))}`),
  ];
}

/** A heat map: weeks from left to right, Monday at the top. */
function yearLines(
  costOf: (day: number) => number,
  today: number,
  { format, colors, width }: TerminalStyle,
): string[] {
  const weeks = Math.min(WEEKS, Math.max(4, Math.floor((width - 4) / (width >= 120 ? 2 : 1))));
  const cells = width >= 4 + weeks * 2 ? 2 : 1;
  const firstMonday = mondayOf(today) - (weeks - 1) * 7;
  const days = Array.from({ length: today - firstMonday + 1 }, (_, index) => firstMonday + index);
  const costs = days.map(costOf);
  const shadeOf = shades(costs);
  const rows = ["Mon", "", "Wed", "", "Fri", "", "Sun"].map((label, weekday) => {
    const line = Array.from({ length: weeks }, (_, week) => shadeOf[week * 7 + weekday]?.repeat(cells) ?? "");
    return colors.dim(label.padEnd(4)) + line.join("");
  });
  let months = "";
  for (let week = 0; week < weeks; week++) {
    const [, month, day] = dayName(firstMonday + week * 7)
      .split("-")
      .map(Number);
    const at = week * cells;
    if (month && day && day <= 7 && months.length <= at && at + 3 <= weeks * cells)
      months = months.padEnd(at) + MONTHS[month - 1];
  }
  const active = costs.filter((cost) => cost > 0).length;
  const legend = `${active} days with usage   ${SHADES.slice(1).join(" ")}  less to more`;
  return [
    `${colors.bold(weeks >= 52 ? "A year" : `${weeks} weeks`)}  ${format.usd(sumOf(costs))}  ${colors.dim(legend)}`,
    colors.dim(`    ${months}`),
    ...rows,
  ];
}

/** The most expensive models and projects, side by side if they fit. */
function shareLines(report: ReportData, style: TerminalStyle): string[] {
  const models = byShortName(byModel(report));
  if (models.length === 0) return [];
  const projects = byProject(report).map(({ key, sum }) => ({ name: shortProject(key), sum }));
  const isTwoUp = style.width >= 100;
  const width = isTwoUp ? Math.floor((style.width - 4) / 2) : style.width;
  const left = shareList("Models, 30 days", models, { ...style, width });
  const right = shareList("Projects, 30 days", projects, { ...style, width });
  if (!isTwoUp) return [...left, "", ...right];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
    `${pad(left[index] ?? "", width)}    ${right[index] ?? ""}`.trimEnd(),
  );
}

function shareList(
  title: string,
  shares: readonly ModelSum[],
  { format, colors, width }: TerminalStyle,
): string[] {
  const total = totalOf(shares).costUsd;
  const nameWidth = Math.min(26, Math.max(10, width - 28));
  const barWidth = Math.max(4, Math.min(16, width - nameWidth - 16));
  const line = (name: string, { costUsd }: Tally, usd: string) => {
    const part = total > 0 ? costUsd / total : 0;
    return `${pad(fit(name, nameWidth), nameWidth)} ${bar(part, barWidth)} ${format.percent(part).padStart(4)} ${usd.padStart(9)}`;
  };
  const rest = shares.slice(MAX_SHARES);
  const restSum = totalOf(rest);
  return [
    colors.bold(title),
    ...shares
      .slice(0, MAX_SHARES)
      .map(({ name, sum }) => line(name, sum, format.usd(sum.costUsd, sum.priced))),
    ...(rest.length > 0 ? [line(`${rest.length} more`, restSum, format.usd(restSum.costUsd))] : []),
  ];
}

/** Merges the names of a model with and without a date. */
function byShortName(models: readonly ModelSum[]): ModelSum[] {
  const merged = new Map<string, Tally>();
  for (const { name, sum } of models)
    merged.getOrInsertComputed(shortModel(name), () => new Tally()).merge(sum);
  return [...merged].map(([name, sum]) => ({ name, sum })).sort(byCost);
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
