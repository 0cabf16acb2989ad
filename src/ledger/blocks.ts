/**
 * Five-hour blocks, the windows of subscription limits, inferred from the times of messages.
 *
 * A block starts at the UTC hour of its first message and lasts five hours. It ends early if more than five hours pass
 * between two messages.
 */
import type { Rollup } from "./sums.ts";

const HOUR_MS = 3_600_000;
const BLOCK_MS = 5 * HOUR_MS;

/** A block, or the gap between two blocks. */
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
 * @param rollups sorted by slot; a block never splits a slot
 */
export function findBlocks(rollups: readonly Rollup[]): FiveHourBlock[] {
  const blocks: FiveHourBlock[] = [];
  let current: Rollup[] = [];
  let startAt = 0;
  let lastAt = 0;
  for (const together of Map.groupBy(rollups, ({ slot }) => slot).values()) {
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

/** @returns the window that ends at the client's reset; undefined if the reset is past, unknown or too far ahead */
export function clientWindow(resetsAt: number | undefined, now: number): ClientWindow | undefined {
  if (resetsAt === undefined || resetsAt <= now || resetsAt - now > BLOCK_MS) return undefined;
  return { startAt: resetsAt - BLOCK_MS, endAt: resetsAt };
}

/**
 * All blocks, as from {@link findBlocks}, but the last one is the client's window, if it has messages.
 * @param rollups sorted by slot, and split at the window's start
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

/** Whether a block whose last message is from `lastAt` is active. */
export const isActive = (block: FiveHourBlock, lastAt: number, now: number): boolean =>
  now - lastAt < BLOCK_MS && now < block.endAt;

/** A block's burn rate, and its projected sum at the block's end. */
export interface Burn {
  readonly usdPerHour: number;
  readonly tokensPerMinute: number;
  readonly projectedUsd: number;
  readonly projectedTokens: number;
  readonly minutesLeft: number;
}

/** A few replies in quick succession do not predict an hour. Milliseconds. */
const LEAST_RATE_SPAN_MS = 10 * 60_000;

/**
 * Whether messages over a span allow a rate and a projection: the rule for the line, every report and JSON.
 * @param spanMs from the first message to the last
 */
export const allowsRate = (spanMs: number): boolean => spanMs >= LEAST_RATE_SPAN_MS;

/** The rate from the first message to the last. @returns undefined if they are too close for one */
export function burn(
  sum: { costUsd: number; tokens: number; firstAt: number; lastAt: number },
  endAt: number,
  now: number,
): Burn | undefined {
  const spanMs = sum.lastAt - sum.firstAt;
  if (!allowsRate(spanMs)) return undefined;
  const minutes = spanMs / 60_000;
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
