/** The progress of a long index: one line on standard error, removed at the end. */
import type { IndexProgress } from "../ledger/index.ts";

/** Less is indexed before anyone can read the line. Bytes. */
const MIN_BYTES = 64 << 20;
const EVERY_MS = 100;
const BAR_CELLS = 24;

export interface Progress {
  update(progress: IndexProgress): void;
  /** Remove the line. */
  end(): void;
}

/**
 * @param width of the terminal
 * @param clock milliseconds
 */
export function showProgress(
  write: (text: string) => void,
  width: number,
  clock = () => performance.now(),
): Progress {
  const began = clock();
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    update({ bytesRead, bytesTotal }) {
      const now = clock();
      if (bytesTotal < MIN_BYTES || now - drawnAt < EVERY_MS) return;
      drawnAt = now;
      write(`\r${progressLine(bytesRead, bytesTotal, now - began).slice(0, width - 1)}\x1b[K`);
    },
    end() {
      if (drawnAt > Number.NEGATIVE_INFINITY) write("\r\x1b[K");
    },
  };
}

/** @param elapsedMs since the index began */
export function progressLine(bytesRead: number, bytesTotal: number, elapsedMs: number): string {
  const part = Math.min(1, bytesTotal > 0 ? bytesRead / bytesTotal : 1);
  const full = Math.round(part * BAR_CELLS);
  const rate = bytesRead / Math.max(1, elapsedMs);
  const left = rate > 0 ? Math.ceil((bytesTotal - bytesRead) / rate / 1000) : 0;
  const bar = "█".repeat(full) + "░".repeat(BAR_CELLS - full);
  return `Reading the history  ${bar}  ${Math.floor(part * 100)}%  ${Math.round(rate / 1e3)} MB/s  ${left}s left`;
}
