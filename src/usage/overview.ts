/** `plimsoll usage`: today, the block that runs, thirty days, a year, and where the money goes. */
import type { Ledger } from "../ledger/index.ts";
import { byDay, byProject } from "../ledger/reports/periods.ts";
import { groupBy, loadReport, type Report, totalOf } from "../ledger/reports/report.ts";
import type { Tally } from "../ledger/tally.ts";
import { dayName, dayOf, type Zone } from "../ledger/zones.ts";
import type { AccountUsage } from "../state/parts.ts";
import { bar, columns, SHADES, shades } from "./chart.ts";
import { duration, lowerBoundMark, shortModel, shortProject } from "./format.ts";
import { fit, pad, wrap } from "./table.ts";
import type { Look } from "./tables.ts";

const DAYS = 30;
const WEEKS = 53;
const CHART_HEIGHT = 6;
const SHARES = 6;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** @param fiveHourResetsAt when the client's five-hour window ends, if it is known. Unix milliseconds */
export function overview(
  ledger: Ledger,
  zone: Zone,
  now: number,
  look: Look,
  fiveHourResetsAt?: number,
): string[] {
  const today = dayOf(now, zone);
  const account = ledger.accountUsage({ now, timezone: zone, ...(fiveHourResetsAt && { fiveHourResetsAt }) });
  const year = loadReport(ledger, { zone, since: today - WEEKS * 7 }, "day");
  const spent = new Map(byDay(year).map(({ key, sum }) => [key, sum.costUsd]));
  const costs = (count: number) =>
    Array.from({ length: count }, (_, index) => spent.get(dayName(today - count + 1 + index)) ?? 0);
  const month = loadReport(ledger, { zone, since: today - DAYS + 1 }, "session");
  const sections = [
    [...todayLines(account, look), ...blockLines(account, now, look)],
    monthLines(costs(DAYS), today, look),
    yearLines(spent, today, look),
    shareLines(month, look),
  ];
  return sections.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

function todayLines({ today, week, day }: AccountUsage, { format, paint, room }: Look): string[] {
  const tokens = today.inputTokens + today.outputTokens + today.cacheReadTokens + today.cacheWriteTokens;
  const usd = format.usd(Math.abs(today.unattributedUsd));
  const unattributed =
    Math.abs(today.unattributedUsd) < 5e-5
      ? ""
      : today.unattributedUsd > 0
        ? `, ${usd} of it unattributed`
        : `, billed ${usd} less than priced`;
  return [
    `${paint.bold("Today")}   ${paint.bold(format.usd(today.costUsd, today.priced))}  ${paint.dim(`${day}, ${lowerBoundMark(today.tokensMissing)}${format.short(tokens)} tokens${unattributed}`)}`,
    `${paint.bold("7 days")}  ${format.usd(week.costUsd, week.priced)}`,
  ].map((line) => fit(line, room));
}

export function blockLines({ block }: AccountUsage, now: number, { format, paint, room }: Look): string[] {
  if (!block) return [`${paint.bold("Block")}   ${paint.dim("none runs")}`];
  const part = (now - block.startAt) / (block.endAt - block.startAt);
  const cells = Math.max(8, Math.min(30, room - 46));
  const left = duration(block.endAt - now);
  const end = block.endIsKnown ? `${left} until the reset` : `~${left} left`;
  const rate =
    block.burnUsdPerHour === undefined || block.projectedUsd === undefined
      ? "too young for a projection"
      : `${format.usd(block.burnUsdPerHour)}/h, ${lowerBoundMark(block.tokensMissing)}${format.short(block.tokensPerMinute ?? 0)} tokens/min; at that rate ${format.usd(block.projectedUsd, "estimated")} at its end`;
  return [
    fit(
      `${paint.bold("Block")}   ${format.usd(block.costUsd, block.priced)}  ${paint.dim("▕")}${bar(part, cells)}${paint.dim("▏")} ${end}`,
      room,
    ),
    ...wrap(rate, Math.max(12, room - 8)).map((line) => fit(`        ${paint.dim(line)}`, room)),
  ];
}

function monthLines(values: readonly number[], today: number, { format, paint, room }: Look): string[] {
  const axis = Math.max(...[0, Math.max(...values)].map((value) => format.usd(value).length));
  const cells = Math.max(1, Math.min(4, Math.floor((room - axis - 3) / DAYS)));
  const chart = columns(values, CHART_HEIGHT, cells);
  const total = values.reduce((sum, value) => sum + value, 0);
  const lines = chart.map((line, row) => {
    const label = row === 0 ? format.usd(Math.max(...values)) : row === CHART_HEIGHT - 1 ? format.usd(0) : "";
    return `${paint.dim(`${label.padStart(axis)} │`)}${line}`;
  });
  const first = dayName(today - DAYS + 1).slice(5);
  const last = dayName(today).slice(5);
  const ruler =
    first + last.padStart(Math.max(last.length + 1, DAYS * cells - (cells > 1 ? 1 : 0) - first.length));
  return [
    `${paint.bold("30 days")}  ${format.usd(total)}  ${paint.dim(`${format.usd(total / DAYS)} a day`)}`,
    ...lines,
    paint.dim(`${" ".repeat(axis)} └${"─".repeat(DAYS * cells)}`),
    paint.dim(`${" ".repeat(axis + 2)}${ruler}`),
  ].map((line) => fit(line, room));
}

/** Weeks from left to right, Monday at the top. */
function yearLines(
  spent: ReadonlyMap<string, number>,
  today: number,
  { format, paint, room }: Look,
): string[] {
  const weeks = Math.min(WEEKS, Math.max(4, Math.floor((room - 4) / (room >= 120 ? 2 : 1))));
  const cells = room >= 4 + weeks * 2 ? 2 : 1;
  const weekday = (((today + 3) % 7) + 7) % 7;
  const firstMonday = today - weekday - (weeks - 1) * 7;
  const days = Array.from({ length: weeks * 7 }, (_, index) => firstMonday + index);
  const dark = shades(days.map((day) => spent.get(dayName(day)) ?? 0));
  const rows = ["Mon", "", "Wed", "", "Fri", "", "Sun"].map((label, row) => {
    const line = Array.from({ length: weeks }, (_, week) => {
      const index = week * 7 + row;
      if ((days[index] as number) > today) return " ".repeat(cells);
      return SHADES[dark[index] as number]?.repeat(cells);
    }).join("");
    return paint.dim(label.padEnd(4)) + line.trimEnd();
  });
  let months = "";
  for (let week = 0; week < weeks; week++) {
    const first = dayName(firstMonday + week * 7);
    const at = week * cells;
    if (Number(first.slice(8)) <= 7 && months.length <= at && at + 3 <= weeks * cells)
      months = months.padEnd(at) + (MONTHS[Number(first.slice(5, 7)) - 1] as string);
  }
  const shown = days.filter((day) => day <= today).map((day) => spent.get(dayName(day)) ?? 0);
  const total = shown.reduce((sum, value) => sum + value, 0);
  const active = shown.filter((value) => value > 0).length;
  return [
    `${paint.bold(weeks >= 52 ? "A year" : `${weeks} weeks`)}  ${format.usd(total)}  ${paint.dim(`${active} days with usage   ${SHADES.slice(1).join(" ")}  less to more`)}`,
    paint.dim(`    ${months}`),
    ...rows,
  ].map((line) => fit(line, room));
}

function shareLines(report: Report, look: Look): string[] {
  const models = mergeDates(groupBy({ ...report, unattributed: [] }, () => "").flatMap((row) => row.models));
  const list = (title: string, shares: { name: string; sum: Tally }[], width: number): string[] => {
    const total = totalOf(shares).costUsd;
    const named = Math.min(26, Math.max(10, width - 28));
    const bars = Math.max(4, Math.min(16, width - named - 16));
    const line = (name: string, usd: string, part: number) =>
      `${pad(fit(name, named), named)} ${bar(part, bars)} ${look.format.percent(part).padStart(4)} ${usd.padStart(9)}`;
    const top = shares
      .slice(0, SHARES)
      .map(({ name, sum }) =>
        line(name, look.format.usd(sum.costUsd, sum.priced), total > 0 ? sum.costUsd / total : 0),
      );
    const rest = shares.slice(SHARES);
    if (rest.length > 0) {
      const { costUsd } = totalOf(rest);
      top.push(line(`${rest.length} more`, look.format.usd(costUsd), total > 0 ? costUsd / total : 0));
    }
    return [look.paint.bold(title), ...top];
  };
  const twoUp = look.room >= 100;
  const width = twoUp ? Math.floor((look.room - 4) / 2) : look.room;
  const left = list(
    "Models, 30 days",
    models.map(({ name, sum }) => ({ name: shortModel(name), sum })),
    width,
  );
  const right = list(
    "Projects, 30 days",
    byProject(report).map(({ key, sum }) => ({ name: shortProject(key), sum })),
    width,
  );
  if (models.length === 0) return [];
  if (!twoUp) return [...left, "", ...right].map((line) => fit(line, look.room));
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const own = left[index] ?? "";
    return fit(
      `${own}${" ".repeat(Math.max(0, width - Bun.stringWidth(own)))}    ${right[index] ?? ""}`.trimEnd(),
      look.room,
    );
  });
}

/** One model under its name with and without a date. */
function mergeDates(models: readonly { name: string; sum: Tally }[]): { name: string; sum: Tally }[] {
  const merged = new Map<string, Tally>();
  for (const { name, sum } of models) {
    const known = merged.get(shortModel(name));
    if (known) known.merge(sum);
    else merged.set(shortModel(name), sum);
  }
  return [...merged].map(([name, sum]) => ({ name, sum })).sort((a, b) => b.sum.costUsd - a.sum.costUsd);
}
