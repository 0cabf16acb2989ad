/** The report by five-hour blocks. */
import {
  type Block,
  type Burn,
  burn,
  type ClientWindow,
  findBlocks,
  findBlocksBefore,
  isActive,
} from "../blocks.ts";
import type { Booking } from "../bookings.ts";
import { Tally } from "../tally.ts";
import type { Part, Report } from "./report.ts";

export interface BlockRow {
  readonly startAt: number;
  readonly endAt: number;
  readonly isGap: boolean;
  readonly isActive: boolean;
  /** The end is the client's reset; otherwise it is inferred from when messages were sent. */
  readonly endIsKnown: boolean;
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
 * @param window the client's own, which the report was split at; then no other block is active
 */
export function blockRows({ parts, unattributed }: Report, now: number, window?: ClientWindow): BlockRow[] {
  const byRollup = new Map(parts.map((part) => [part.rollup, part]));
  // A gap may begin within the hour that the block after it starts at.
  const rollups = parts.map(({ rollup }) => rollup);
  const found = window ? findBlocksBefore(rollups, window) : findBlocks(rollups);
  const blocks = found.sort((a, b) => a.startAt - b.startAt);
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
    const endIsKnown = block.startAt === window?.startAt && block.endAt === window.endAt && own.length > 0;
    const active = window ? endIsKnown : own.length > 0 && isActive(block, sum.lastAt, now);
    const rate = active ? burn(sum, block.endAt, now) : undefined;
    return {
      startAt: block.startAt,
      endAt: block.endAt,
      isGap: own.length === 0,
      isActive: active,
      endIsKnown,
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
