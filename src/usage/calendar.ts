/** The last thirty days as columns, and the last year as a heat map. */
import { dayName } from "../ledger/zones.ts";
import { mondayOf } from "./aggregate.ts";
import { CHART_ROLE, columnChart, SHADES, shades } from "./chart.ts";
import type { ReportColors } from "./colors.ts";
import { counted } from "./format.ts";
import type { TerminalStyle } from "./table.ts";
import type { UsageDays } from "./usage-days.ts";

export const DAYS = 30;
export const WEEKS = 53;
/** A younger history has a chart of this many days. */
const LEAST_DAYS = 7;
const CHART_HEIGHT = 6;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The sum of thirty days, and a chart from the first day with usage on, if it has more than one. */
export function monthLines(days: UsageDays, today: number, style: TerminalStyle): string[] {
  const { format, colors } = style;
  const from = today - DAYS + 1;
  const { costUsd, priced } = days.sum(from, today);
  const used = days.count(from, today);
  const length = today - Math.max(from, days.first ?? from) + 1;
  const usd = format.usd(costUsd, priced);
  const about =
    used < 2 ? `${counted(used, "day")} with usage` : `${format.usd(costUsd / length, priced)} a day`;
  return [
    `${colors.bold("30 days")}  ${usd}  ${colors.dim(about)}`,
    ...(used < 2 ? [] : monthChart(days, Math.max(LEAST_DAYS, length), today, style)),
  ];
}

function monthChart(
  days: UsageDays,
  length: number,
  today: number,
  { format, colors, width }: TerminalStyle,
): string[] {
  const sums = Array.from({ length }, (_, index) => days.on(today - length + 1 + index));
  const values = sums.map((sum) => sum?.costUsd ?? 0);
  const most = sums.reduce((a, b) => ((b?.costUsd ?? 0) > (a?.costUsd ?? 0) ? b : a));
  const [top, bottom] = [format.usd(most?.costUsd ?? 0, most?.priced), format.usd(0)];
  const axis = Math.max(top.length, bottom.length);
  const cells = Math.max(1, Math.min(4, Math.floor((width - axis - 3) / length)));
  const chart = columnChart(values, CHART_HEIGHT, cells).map((line, row) => {
    const label = row === 0 ? top : row === CHART_HEIGHT - 1 ? bottom : "";
    return `${colors.dim(`${label.padStart(axis)} │`)}${colors.paint(CHART_ROLE, line)}`;
  });
  const first = dayName(today - length + 1).slice(5);
  const last = dayName(today).slice(5);
  const space = length * cells - (cells > 1 ? 1 : 0) - first.length;
  return [
    ...chart,
    colors.dim(`${" ".repeat(axis)} └${"─".repeat(length * cells)}`),
    colors.dim(`${" ".repeat(axis + 2)}${first}${last.padStart(Math.max(last.length + 1, space))}`),
  ];
}

/**
 * A heat map: weeks from left to right, Monday at the top, from the week of the first usage on.
 * @returns nothing for a history that the chart of thirty days shows
 */
export function yearLines(days: UsageDays, today: number, style: TerminalStyle): string[] {
  const { format, colors, width } = style;
  if (days.first === undefined || days.first > today - DAYS) return [];
  const room = Math.min(WEEKS, Math.max(4, Math.floor((width - 4) / (width >= 120 ? 2 : 1))));
  const weeks = Math.min(room, (mondayOf(today) - mondayOf(days.first)) / 7 + 1);
  const cells = width >= 4 + weeks * 2 ? 2 : 1;
  const firstMonday = mondayOf(today) - (weeks - 1) * 7;
  const shadeOf = shades(
    Array.from({ length: today - firstMonday + 1 }, (_, index) => days.on(firstMonday + index)?.costUsd),
  );
  const rows = ["Mon", "", "Wed", "", "Fri", "", "Sun"].map((label, weekday) => {
    const shown = Array.from({ length: weeks }, (_, week) => shadeOf[week * 7 + weekday] ?? "");
    return colors.dim(label.padEnd(4)) + paintShades(shown, cells, colors);
  });
  const { costUsd, priced } = days.sum(firstMonday, today);
  const used = `${counted(days.count(firstMonday, today), "day")} with usage`;
  const title = `${colors.bold(weeks >= 52 ? "A year" : `${weeks} weeks`)}  ${format.usd(costUsd, priced)}  ${colors.dim(used)}`;
  const legend = `   ${colors.paint(CHART_ROLE, SHADES.slice(1).join(" "))}  ${colors.dim("less to more")}`;
  return [
    Bun.stringWidth(title + legend) <= width ? title + legend : title,
    colors.dim(`    ${monthNames(firstMonday, weeks, cells)}`),
    ...rows,
  ];
}

/** Days without usage are dim, and never closer than two cells where there is room. */
function paintShades(shown: readonly string[], cells: number, colors: ReportColors): string {
  const runs: { isUsed: boolean; text: string }[] = [];
  for (const shade of shown) {
    const isUsed = shade !== SHADES[0];
    const text = isUsed ? shade.repeat(cells) : shade.padEnd(cells);
    const run = runs.at(-1);
    if (run?.isUsed === isUsed) run.text += text;
    else runs.push({ isUsed, text });
  }
  const last = runs.at(-1);
  if (last) last.text = last.text.trimEnd();
  return runs
    .map(({ isUsed, text }) => (isUsed ? colors.paint(CHART_ROLE, text) : colors.dim(text)))
    .join("");
}

/** The names of months, above the first week that begins in them, and above the first week if there is room. */
function monthNames(firstMonday: number, weeks: number, cells: number): string {
  const begun = Array.from({ length: weeks }, (_, week) => {
    const [, month = 1, day = 1] = dayName(firstMonday + week * 7)
      .split("-")
      .map(Number);
    return { at: week * cells, name: MONTHS[month - 1] ?? "", isFirst: day <= 7 };
  }).filter(({ isFirst, at }) => isFirst || at === 0);
  const room = weeks * cells;
  return begun.reduce(
    (names, { at, name, isFirst }, index) =>
      at + name.length <= room && (isFirst || at + name.length < (begun[index + 1]?.at ?? room))
        ? names.padEnd(at) + name
        : names,
    "",
  );
}
