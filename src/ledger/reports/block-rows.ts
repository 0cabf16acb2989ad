/** The report by five-hour blocks. */
import { type Block, type Burn, burn, findBlocks, isActive } from "../blocks.ts";
import type { Booking } from "../bookings.ts";
import { Tally } from "../sums.ts";
import type { Part, Report } from "./report.ts";

export interface BlockRow {
  readonly startAt: number;
  readonly endAt: number;
  readonly isGap: boolean;
  readonly isActive: boolean;
  /** With what is unattributed. */
  readonly sum: Tally;
  /** In the order of their first message. */
  readonly models: readonly string[];
  /** Of the active block. */
  readonly burn?: Burn;
}

/**
 * All blocks and the gaps between them, in order of their start.
 * @param report of all days: a block cut in two would not be one
 */
export function blockRows({ parts, unattributed }: Report, now: number): BlockRow[] {
  const byRollup = new Map(parts.map((part) => [part.rollup, part]));
  // A gap may begin within the hour that the block after it starts at.
  const blocks = findBlocks(parts.map(({ rollup }) => rollup)).sort((a, b) => a.startAt - b.startAt);
  const bookings = new Map<Block, Booking[]>();
  for (const { booking } of unattributed) {
    const block = blockOf(blocks, booking.at);
    if (!block) continue;
    const list = bookings.get(block);
    if (list) list.push(booking);
    else bookings.set(block, [booking]);
  }
  return blocks.map((block) => {
    const sum = new Tally();
    const own = block.rollups.map((rollup) => byRollup.get(rollup) as Part);
    for (const { rollup, cost } of own) sum.add(rollup, cost);
    for (const booking of bookings.get(block) ?? []) sum.addUnattributed(booking);
    const active = own.length > 0 && isActive(block, sum.lastAt, now);
    const rate = active ? burn(sum, block.endAt, now) : undefined;
    return {
      startAt: block.startAt,
      endAt: block.endAt,
      isGap: own.length === 0,
      isActive: active,
      sum,
      models: [
        ...new Set(own.toSorted((a, b) => a.rollup.firstAt - b.rollup.firstAt).map(({ model }) => model)),
      ],
      ...(rate ? { burn: rate } : {}),
    };
  });
}

/** The block that runs at an instant, or that ended last before it: a bill may come after its messages' block. */
const blockOf = (blocks: readonly Block[], at: number): Block | undefined =>
  blocks.findLast(({ startAt, rollups }) => startAt <= at && rollups.length > 0) ?? blocks[0];
