/** `plimsoll usage`: today, the active block, thirty days, a year, and the most expensive models and projects. */
import { totalTokens } from "../claude/token-counts.ts";
import { isEmpty, loadReport } from "../ledger/report-data.ts";
import { dayOf } from "../ledger/zones.ts";
import { LEVEL_MARKS, levelOf } from "../line/level.ts";
import { bar } from "../line/look/bar.ts";
import { duration } from "../line/look/format.ts";
import type { AccountUsage } from "../state/parts.ts";
import type { Priced } from "../state/spend.ts";
import { byDay } from "./aggregate.ts";
import { DAYS, monthLines, WEEKS, yearLines } from "./calendar.ts";
import { firstDayLines } from "./first-day.ts";
import { isVisibleUsd, lowerBoundMark } from "./format.ts";
import { legend } from "./marks.ts";
import type { ReportContext } from "./report-context.ts";
import { shareLines } from "./shares.ts";
import { fit, notesBelow, type TerminalStyle, wrap } from "./table.ts";
import { UsageDays } from "./usage-days.ts";

/** Below the labels of the first lines. */
const INDENT = "        ";

/** @returns lines that fit the terminal's width. @throws LedgerError */
export function overview(context: ReportContext): string[] {
  const { ledger, zone, now } = context;
  const style = context.style();
  const fitted = (lines: readonly string[]) => lines.map((line) => fit(line, style.width));
  if (isEmpty(ledger)) return fitted(firstDayLines({ ...context, style: () => style }));
  const today = dayOf(now, zone);
  const account = accountOf(context);
  const days = new UsageDays(byDay(loadReport(ledger, { zone, since: today - WEEKS * 7 }, "day")));
  const month = loadReport(ledger, { zone, since: today - DAYS + 1 }, "session");
  const sections = [
    [
      ...todayLines(account, days.on(today)?.unattributed?.priced, style),
      ...blockLines(account, { ...context, style: () => style }),
    ],
    monthLines(days, today, style),
    yearLines(days, today, style),
    shareLines(month, context, style),
  ].filter((lines) => lines.length > 0);
  const drawn = fitted(sections.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines])));
  return [...drawn, ...legendLines(drawn, style)];
}

/** What the marks in drawn lines mean, below an empty line. @returns nothing if they have none */
export function legendLines(drawn: readonly string[], style: TerminalStyle): string[] {
  const text = legend(drawn);
  return notesBelow(text === undefined ? [] : [text], style);
}

/** @throws LedgerError */
export const accountOf = ({ ledger, zone, now, fiveHourResetsAt }: ReportContext): AccountUsage =>
  ledger.accountUsage({ now, timezone: zone, fiveHourResetsAt });

/** @param certainty that of today's unattributed cost */
function todayLines(
  { today, week, day }: AccountUsage,
  certainty: Priced | undefined,
  { format, colors, width }: TerminalStyle,
): string[] {
  const tokens = totalTokens(today);
  const count = `${lowerBoundMark(today.tokensMissing)}${format.short(tokens)} ${tokens === 1 ? "token" : "tokens"}`;
  const unattributed = unattributedText(today.unattributedUsd, certainty, format);
  const usd = colors.bold(format.usd(today.costUsd, today.priced));
  const first = (details: string) => `${colors.bold("Today")}   ${usd}  ${colors.dim(details)}`;
  const whole = first([`${day}, ${count}`, ...unattributed].join(", "));
  return [
    ...(Bun.stringWidth(whole) <= width
      ? [whole]
      : [first(`${day}, ${count}`), ...unattributed.map((text) => `${INDENT}${colors.dim(text)}`)]),
    `${colors.bold("7 days")}  ${format.usd(week.costUsd, week.priced)}`,
  ];
}

function unattributedText(
  usd: number,
  certainty: Priced | undefined,
  format: TerminalStyle["format"],
): string[] {
  if (!isVisibleUsd(usd)) return [];
  const size = format.usd(Math.abs(usd), certainty);
  return [usd < 0 ? `billed ${size} less than priced` : `${size} of it unattributed`];
}

/** The active block: its cost, how far it is, and its burn rate. */
export function blockLines(
  { block }: AccountUsage,
  { now, style }: Pick<ReportContext, "now" | "style">,
): string[] {
  const { format, colors, width, blockLevels, bar: shape } = style();
  if (!block) return [`${colors.bold("Block")}   ${colors.dim("none active")}`];
  const level = levelOf(block.costUsd, blockLevels);
  const role = level === "normal" ? "limit" : level;
  const cells = Math.max(8, Math.min(30, width - 46));
  const percent = (100 * (now - block.startAt)) / (block.endAt - block.startAt);
  const { filled, rest } = bar(percent, cells, shape);
  const left = duration(block.endAt - now);
  const end = block.endIsKnown ? `${left} until the reset` : `~${left} left`;
  const cost = `${format.usd(block.costUsd, block.priced)}${LEVEL_MARKS[level]}`;
  return [
    `${colors.bold("Block")}   ${level === "normal" ? cost : colors.paint(level, cost)}  ${colors.paint(role, filled)}${colors.dim(rest)} ${end}`,
    ...wrap(rateText(block, format), Math.max(12, width - INDENT.length)).map(
      (line) => `${INDENT}${colors.dim(line)}`,
    ),
  ].map((line) => fit(line, width));
}

function rateText(block: NonNullable<AccountUsage["block"]>, format: TerminalStyle["format"]): string {
  const { burnUsdPerHour, projectedUsd, tokensPerMinute, tokensMissing, priced } = block;
  if (burnUsdPerHour === undefined || projectedUsd === undefined) return "too young for a projection";
  const tokens = lowerBoundMark(tokensMissing) + format.short(tokensPerMinute ?? 0);
  const projected = format.usd(projectedUsd, priced === "unpriced" ? priced : "estimated");
  return `${format.usd(burnUsdPerHour, priced)}/h, ${tokens} tokens/min; at that rate ${projected} at its end`;
}
