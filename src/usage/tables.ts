/** Each report as a table, with what a reader has to know of its figures below it. */
import type { BlockRow } from "../ledger/reports/block-rows.ts";
import { type Row, totalOf } from "../ledger/reports/report.ts";
import type { Tally } from "../ledger/tally.ts";
import type { Zone } from "../ledger/zones.ts";
import {
  duration,
  type Format,
  lowerBoundMark,
  shortModel,
  shortProject,
  shortSession,
  shownName,
} from "./format.ts";
import { priceLine, type RatesOf } from "./prices.ts";
import type { ReportName } from "./query.ts";
import { type Column, drawTable, type Paint, type TableRow, wrap } from "./table.ts";

export interface Look {
  readonly format: Format;
  readonly paint: Paint;
  /** Terminal cells. */
  readonly room: number;
  readonly breakdown: boolean;
}

const TITLES = { daily: "Day", weekly: "Week", monthly: "Month", session: "Session" } as const;

const NUMBERS: readonly Column[] = [
  { title: "Input", align: "right", drop: 5 },
  { title: "Output", align: "right", drop: 4 },
  { title: "Cache write", align: "right", drop: 7 },
  { title: "Cache read", align: "right", drop: 6 },
  { title: "Tokens", align: "right", drop: 2 },
  { title: "Cost", align: "right" },
];

/** Numbers are shortened before columns go, if that makes room for all of them. */
function numbers(sum: Tally, format: Pick<Format, "count" | "usd">): string[] {
  const { usd } = format;
  const count = (value: number) => lowerBoundMark(sum.tokensMissing) + format.count(value);
  return [
    count(sum.counts.input),
    count(sum.counts.output),
    count(sum.counts.cacheWrite5m + sum.counts.cacheWrite1h),
    count(sum.counts.cacheRead),
    count(sum.tokens),
    usd(sum.costUsd, sum.priced),
  ];
}

export function rowsTable(
  report: Exclude<ReportName, "blocks">,
  rows: readonly Row[],
  look: Look,
  ratesOf: RatesOf,
): string[] {
  const session = report === "session";
  const columns: Column[] = [
    { title: TITLES[report], align: "left", cut: true },
    ...(session ? [{ title: "Project", align: "left", drop: 3, cut: true } as const] : []),
    ...(look.breakdown ? [] : [{ title: "Models", align: "left", drop: 8, cut: true } as const]),
    ...NUMBERS,
    ...(session ? [{ title: "Last", align: "left", drop: 9 } as const] : []),
  ];
  const total = totalOf(rows);
  const pad = Array.from({ length: columns.findIndex(({ title }) => title === "Input") - 1 }, () => "");
  const draw = (format: Pick<Format, "count" | "usd">): TableRow[] => {
    const body = rows.flatMap(({ key, sum, models, project }): TableRow[] => {
      const names = [...new Set(models.map(({ name }) => shortModel(name)))].join(", ");
      const cells = [
        session ? shortSession(key) : key,
        ...(session ? [shortProject(project)] : []),
        ...(look.breakdown ? [] : [names]),
        ...numbers(sum, format),
        ...(session
          ? [Number.isFinite(sum.lastAt) ? new Date(sum.lastAt).toISOString().slice(0, 10) : ""]
          : []),
      ];
      return look.breakdown ? [{ cells }, ...breakdown(models, sum, pad, format)] : [{ cells }];
    });
    const totals: TableRow = {
      cells: ["Total", ...pad, ...numbers(total, format)],
      style: "bold",
      rule: true,
    };
    return [...body, totals, ...unattributedRow("unattributed", total, pad, format)];
  };
  const prices = look.breakdown ? priceNotes(rows, ratesOf, look) : [];
  return [...fitting(columns, draw, look), ...notes(rows, total, look), ...prices];
}

function breakdown(
  models: Row["models"],
  sum: Tally,
  pad: readonly string[],
  format: Pick<Format, "count" | "usd">,
): TableRow[] {
  const lines = models.map(
    ({ name, sum: own }): TableRow => ({
      cells: [`  ${shortModel(name)}`, ...pad, ...numbers(own, format)],
      style: "dim",
    }),
  );
  return [...lines, ...unattributedRow("  unattributed", sum, pad, format)];
}

/** What no message explains, so that the rows of the models and this one add up; none when there is nothing. */
function unattributedRow(
  title: string,
  { unattributed }: Tally,
  pad: readonly string[],
  format: Pick<Format, "count" | "usd">,
): TableRow[] {
  if (!unattributed || !isShown(unattributed)) return [];
  return [{ cells: [title, ...pad, ...numbers(unattributed, format)], style: "dim" }];
}

/** A smaller cost is rounding, unless tokens come with it. */
const isShown = ({ costUsd, tokens }: Tally): boolean => Math.abs(costUsd) >= 5e-5 || tokens > 0;

/** With whole numbers if they fit, else with short ones. */
function fitting(
  columns: readonly Column[],
  draw: (format: Pick<Format, "count" | "usd">) => readonly TableRow[],
  { format, paint, room }: Look,
): string[] {
  const plain: Paint = { dim: String, bold: String };
  const whole = draw(format);
  const wide = drawTable(columns, whole, Number.MAX_SAFE_INTEGER > room ? 10_000 : room, plain);
  if (Math.max(...wide.map((line) => Bun.stringWidth(line))) <= room)
    return drawTable(columns, whole, room, paint);
  return drawTable(columns, draw({ count: format.short, usd: format.usd }), room, paint);
}

const MOST_NAMES = 8;

function list(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(shownName).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

const MISSING_NOTE = "> at least: the client billed requests whose tokens no transcript has";

/** What is to be known of the figures. */
function notes(rows: readonly Row[], total: Tally, { format, paint, room }: Look): string[] {
  const named = (priced: "estimated" | "unpriced") => [
    ...new Set(
      rows.flatMap(({ models }) => models.filter(({ sum }) => sum.priced === priced).map(({ name }) => name)),
    ),
  ];
  const lines: string[] = total.tokensMissing ? [MISSING_NOTE] : [];
  const [estimated, unpriced] = [named("estimated"), named("unpriced")];
  if (estimated.length > 0) lines.push(`~ the price of ${list(estimated)} is an estimate`);
  if (unpriced.length > 0)
    lines.push(`? no price is known for ${list(unpriced)}; set one in the configuration`);
  if (Math.abs(total.unattributedUsd) >= 5e-5)
    lines.push(
      total.unattributedUsd > 0
        ? `unattributed: ${format.usd(total.unattributedUsd)} that the client billed and no message explains`
        : `unattributed: the client billed ${format.usd(-total.unattributedUsd)} less than its messages cost at their prices`,
    );
  else if (total.unattributed && isShown(total.unattributed))
    lines.push(
      `unattributed: ${format.count(total.unattributed.tokens)} tokens that the client counted and no message explains`,
    );
  return lines.length === 0
    ? []
    : ["", ...lines.flatMap((line) => wrap(line, room)).map((line) => paint.dim(line))];
}

/** What each model costs now, and where that comes from. */
function priceNotes(rows: readonly Row[], ratesOf: RatesOf, { paint, room }: Look): string[] {
  const lastAt = new Map<string, number>();
  for (const { models } of rows)
    for (const { name, sum } of models)
      lastAt.set(name, Math.max(sum.lastAt, lastAt.get(name) ?? Number.NEGATIVE_INFINITY));
  // Two names of one model may be the same when shortened.
  const lines = new Set(
    [...lastAt].sort().map(([name, at]) => `${shortModel(name)}: ${priceLine(ratesOf(name, at))}`),
  );
  return ["", "USD per million tokens:", ...lines]
    .flatMap((line) => (line === "" ? [line] : wrap(line, room)))
    .map((line) => (line === "" ? line : paint.dim(line)));
}

export function blocksTable(rows: readonly BlockRow[], look: Look, zone: Zone, now: number): string[] {
  const columns: Column[] = [
    { title: "Block", align: "left", cut: true },
    { title: "", align: "left", drop: 3 },
    { title: "Models", align: "left", drop: 9, cut: true },
    ...NUMBERS,
  ];
  const local = (at: number) => new Date(at + zone.offsetMs(at)).toISOString().slice(0, 16).replace("T", " ");
  const draw = (format: Pick<Format, "count" | "usd">): TableRow[] =>
    rows.flatMap((row): TableRow[] => {
      const { startAt, endAt, isGap, isActive, endIsKnown, sum, models, burn } = row;
      if (isGap) return [{ cells: [local(startAt), `idle ${duration(endAt - startAt)}`], style: "dim" }];
      const state = isActive
        ? `runs, ${endIsKnown ? "" : "~"}${duration(endAt - now)} left`
        : duration(sum.lastAt - startAt);
      const block: TableRow = {
        cells: [local(startAt), state, models.map(shortModel).join(", "), ...numbers(sum, format)],
        ...(isActive ? { style: "bold" as const } : {}),
      };
      if (!burn) return [block];
      const projection: TableRow = {
        cells: [
          "  projected",
          `${look.format.usd(burn.usdPerHour)}/h`,
          "",
          "",
          "",
          "",
          "",
          lowerBoundMark(sum.tokensMissing) + format.count(Math.round(burn.projectedTokens)),
          format.usd(burn.projectedUsd, sum.priced === "exact" ? "estimated" : sum.priced),
        ],
        style: "dim",
      };
      return [block, projection];
    });
  const isMissing = rows.some(({ sum }) => sum.tokensMissing);
  const noted = isMissing ? ["", ...wrap(MISSING_NOTE, look.room).map((line) => look.paint.dim(line))] : [];
  return [...fitting(columns, draw, look), ...noted];
}
