/** How far a first index is: one line on a terminal's standard error, gone when it is done. */
import type { IndexProgress } from "../ledger/index.ts";

/** Shorter reading is over before anybody has read the line. Bytes. */
const WORTH_SHOWING = 64 << 20;
const EVERY_MS = 100;
const BAR = 24;

export interface Progress {
  note(progress: IndexProgress): void;
  /** Remove the line. */
  end(): void;
}

/**
 * @param write where the line goes
 * @param room terminal cells a line may take
 * @param clock milliseconds
 */
export function showProgress(
  write: (text: string) => void,
  room: number,
  clock = () => performance.now(),
): Progress {
  const began = clock();
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    note({ bytesRead, bytesTotal }) {
      const now = clock();
      if (bytesTotal < WORTH_SHOWING || now - drawnAt < EVERY_MS) return;
      drawnAt = now;
      write(`\r${progressLine(bytesRead, bytesTotal, now - began).slice(0, room - 1)}\x1b[K`);
    },
    end() {
      if (drawnAt > Number.NEGATIVE_INFINITY) write("\r\x1b[K");
    },
  };
}

/** @param elapsedMs since the reading began */
export function progressLine(bytesRead: number, bytesTotal: number, elapsedMs: number): string {
  const part = Math.min(1, bytesTotal > 0 ? bytesRead / bytesTotal : 1);
  const full = Math.round(part * BAR);
  const rate = bytesRead / Math.max(1, elapsedMs);
  const left = rate > 0 ? Math.ceil((bytesTotal - bytesRead) / rate / 1000) : 0;
  const bar = "█".repeat(full) + "░".repeat(BAR - full);
  return `Reading the history  ${bar}  ${Math.floor(part * 100)}%  ${Math.round(rate / 1e3)} MB/s  ${left} s left`;
}
