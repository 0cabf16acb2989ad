/** localtime_r(3), which costs a hundredth of the first use of a local `Date`. */
import { common } from "./library.ts";

export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Seconds east of UTC at that instant. */
  readonly offsetSeconds: number;
}

/** @returns the wall-clock time at `epochMs` in the process's time zone, or undefined when out of range */
export function localTime(epochMs: number): LocalTime | undefined {
  const seconds = Math.floor(epochMs / 1000);
  if (!Number.isSafeInteger(seconds)) return undefined;
  const time = new Uint32Array([seconds % 2 ** 32, Math.floor(seconds / 2 ** 32)]);
  // struct tm: nine ints, padding, a long, a pointer.
  const tm = new Uint32Array(16);
  if (common().localtime_r(time, tm) === null) return undefined;
  const field = (index: number) => (tm[index] as number) | 0;
  return {
    second: field(0),
    minute: field(1),
    hour: field(2),
    day: field(3),
    month: field(4) + 1,
    year: field(5) + 1900,
    offsetSeconds: field(10),
  };
}
