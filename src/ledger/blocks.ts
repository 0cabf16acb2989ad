/**
 * Five-hour blocks: how usage is billed by subscriptions, as far as messages tell.
 *
 * A block starts at the UTC hour of its first message and lasts five hours; it ends early when more than five hours pass
 * between two messages.
 */
import type { Rollup } from "./sums.ts";

const HOUR_MS = 3_600_000;
const BLOCK_MS = 5 * HOUR_MS;

/** The messages of one block, or the time between two blocks. */
export interface FiveHourBlock {
  /** Unix milliseconds. For a gap: five hours after the last message before it. */
  readonly startAt: number;
  /** For a gap: the first message after it. */
  readonly endAt: number;
  /** By slot; empty for a gap. */
  readonly rollups: readonly Rollup[];
}

/**
 * All blocks and the gaps between them, in order.
 * @param rollups by slot; no block of five hours can divide a slot
 */
export function findBlocks(rollups: readonly Rollup[]): FiveHourBlock[] {
  const blocks: FiveHourBlock[] = [];
  let current: Rollup[] = [];
  let startAt = 0;
  let lastAt = 0;
  for (let index = 0; index < rollups.length; ) {
    // All rollups of a slot together: they are of different sessions and models.
    const slot = (rollups[index] as Rollup).slot;
    const together: Rollup[] = [];
    for (; index < rollups.length && (rollups[index] as Rollup).slot === slot; index++)
      together.push(rollups[index] as Rollup);
    const firstAt = Math.min(...together.map((rollup) => rollup.firstAt));
    const idle = current.length > 0 && firstAt - lastAt > BLOCK_MS;
    if (current.length === 0 || idle || firstAt - startAt > BLOCK_MS) {
      if (current.length > 0) blocks.push({ startAt, endAt: startAt + BLOCK_MS, rollups: current });
      if (idle) blocks.push({ startAt: lastAt + BLOCK_MS, endAt: firstAt, rollups: [] });
      current = [];
      startAt = Math.floor(firstAt / HOUR_MS) * HOUR_MS;
      lastAt = firstAt;
    }
    current.push(...together);
    lastAt = Math.max(lastAt, ...together.map((rollup) => rollup.lastAt));
  }
  if (current.length > 0) blocks.push({ startAt, endAt: startAt + BLOCK_MS, rollups: current });
  return blocks;
}

/** The client's own five-hour window. Unix milliseconds. */
export interface ClientWindow {
  readonly startAt: number;
  readonly endAt: number;
}

/** @returns the window that ends at the client's reset; undefined when none does, or the reset cannot be one */
export function clientWindow(resetsAt: number | undefined, now: number): ClientWindow | undefined {
  if (resetsAt === undefined || resetsAt <= now || resetsAt - now > BLOCK_MS) return undefined;
  return { startAt: resetsAt - BLOCK_MS, endAt: resetsAt };
}

/**
 * All blocks as `findBlocks` has them, but the last is the client's window, where that has messages.
 * @param rollups by slot; none of them has messages on both sides of the window's start
 */
export function findBlocksBefore(rollups: readonly Rollup[], window: ClientWindow): FiveHourBlock[] {
  const own = rollups.filter(({ firstAt }) => firstAt >= window.startAt);
  if (own.length === 0) return findBlocks(rollups);
  const earlier = rollups.filter(({ firstAt }) => firstAt < window.startAt);
  const blocks = findBlocks(earlier).map((block) => ({
    ...block,
    endAt: Math.min(block.endAt, window.startAt),
  }));
  const lastAt = Math.max(...earlier.map((rollup) => rollup.lastAt));
  const firstAt = Math.min(...own.map((rollup) => rollup.firstAt));
  const isIdle = earlier.length > 0 && firstAt - lastAt > BLOCK_MS;
  return [
    ...blocks,
    ...(isIdle ? [{ startAt: lastAt + BLOCK_MS, endAt: firstAt, rollups: [] }] : []),
    { ...window, rollups: own },
  ];
}

/** Whether a block that last saw a message at `lastAt` is the one that runs now. */
export const isActive = (block: FiveHourBlock, lastAt: number, now: number): boolean =>
  now - lastAt < BLOCK_MS && now < block.endAt;

/** What a block uses, and what it will have used. */
export interface Burn {
  readonly usdPerHour: number;
  readonly tokensPerMinute: number;
  readonly projectedUsd: number;
  readonly projectedTokens: number;
  readonly minutesLeft: number;
}

/**
 * The rate from the first message to the last, and what it comes to at the block's end.
 * @returns undefined when there is no time between them
 */
export function burn(
  sum: { costUsd: number; tokens: number; firstAt: number; lastAt: number },
  endAt: number,
  now: number,
): Burn | undefined {
  const minutes = (sum.lastAt - sum.firstAt) / 60_000;
  if (!(minutes > 0)) return undefined;
  const minutesLeft = Math.max(0, (endAt - now) / 60_000);
  const usdPerMinute = sum.costUsd / minutes;
  const tokensPerMinute = sum.tokens / minutes;
  return {
    usdPerHour: usdPerMinute * 60,
    tokensPerMinute,
    projectedUsd: sum.costUsd + usdPerMinute * minutesLeft,
    projectedTokens: sum.tokens + tokensPerMinute * minutesLeft,
    minutesLeft,
  };
}
