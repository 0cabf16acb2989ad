/** The rows of the report by five-hour blocks. */
import {
  type Burn,
  burn,
  type ClientWindow,
  type FiveHourBlock,
  findBlocks,
  findBlocksBefore,
  isActive,
} from "../ledger/blocks.ts";
import type { ReportData } from "../ledger/report-data.ts";
import { Tally } from "../ledger/tally.ts";
import { byModel, type ModelSum } from "./aggregate.ts";

export interface BlockRow {
  /** Unix milliseconds. */
  readonly startAt: number;
  readonly endAt: number;
  readonly isGap: boolean;
  readonly isActive: boolean;
  /** The end is the client's reset; otherwise it is inferred from the times of messages. */
  readonly endIsKnown: boolean;
  /** Includes unattributed usage. */
  readonly sum: Tally;
  /** Without unattributed usage, most expensive first. */
  readonly models: readonly ModelSum[];
  /** In order of their first message, as ccusage lists them. */
  readonly modelsByTime: readonly string[];
  /** Only for the active block. */
  readonly burn?: Burn;
}

/**
 * All blocks and the gaps between them, in order of their start.
 * @param report of all days, because a date range would cut blocks in two
 * @param window the client's own, at whose start the report was split; no other block is active then
 */
export function blockRows(
  { parts, unattributed, zone }: ReportData,
  now: number,
  window?: ClientWindow,
): BlockRow[] {
  const byRollup = new Map(parts.map((part) => [part.rollup, part]));
  const rollups = parts.map(({ rollup }) => rollup);
  const found = window ? findBlocksBefore(rollups, window) : findBlocks(rollups);
  // A gap may begin within the hour that the block after it starts at.
  const blocks = found.sort((a, b) => a.startAt - b.startAt);
  const bookings = Map.groupBy(unattributed, ({ booking }) => blockOf(blocks, booking.at));
  return blocks.map((block) => {
    const { startAt, endAt } = block;
    const own = block.rollups.flatMap((rollup) => byRollup.get(rollup) ?? []);
    const sum = new Tally();
    for (const { rollup, cost } of own) sum.add(rollup, cost);
    for (const { booking } of bookings.get(block) ?? []) sum.addUnattributed(booking);
    const endIsKnown = startAt === window?.startAt && endAt === window.endAt && own.length > 0;
    const active = window ? endIsKnown : own.length > 0 && isActive(block, sum.lastAt, now);
    const rate = active ? burn(sum, endAt, now) : undefined;
    const byTime = own.toSorted((a, b) => a.rollup.firstAt - b.rollup.firstAt);
    return {
      startAt,
      endAt,
      isGap: own.length === 0,
      isActive: active,
      endIsKnown,
      sum,
      models: byModel({ parts: own, unattributed: [], zone }),
      modelsByTime: [...new Set(byTime.map(({ model }) => model))],
      ...(rate ? { burn: rate } : {}),
    };
  });
}

/** The block at an instant, or the last one before it: a bill may arrive after its messages' block has ended. */
const blockOf = (blocks: readonly FiveHourBlock[], at: number): FiveHourBlock | undefined =>
  blocks.findLast(({ startAt, rollups }) => startAt <= at && rollups.length > 0) ?? blocks[0];
