/** localtime_r(3) and setitimer(2). */
import { group } from "./library.ts";

const calls = group({
  setitimer: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  localtime_r: { args: ["ptr", "ptr"], returns: "ptr" },
});

/** setitimer(2), ITIMER_REAL, once: SIGALRM after `ms`, which ends the process unless it is handled. 0 disarms. */
export function setAlarm(ms: number): void {
  const microseconds = Math.max(0, Math.round(ms * 1000));
  const value = new BigInt64Array(4);
  value[2] = BigInt(Math.floor(microseconds / 1_000_000));
  value[3] = BigInt(microseconds % 1_000_000);
  calls().setitimer(0, value, null);
}

/** localtime_r(3), which costs a hundredth of what the first use of a local `Date` does. */
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

/** @returns the wall-clock reading at `epochMs` in the process's time zone, or undefined where there is none */
export function localTime(epochMs: number): LocalTime | undefined {
  const seconds = Math.floor(epochMs / 1000);
  if (!Number.isSafeInteger(seconds)) return undefined;
  const bytes = new Uint8Array(64);
  if (calls().localtime_r(new BigInt64Array([BigInt(seconds)]), bytes) === null) return undefined;
  const tm = new DataView(bytes.buffer);
  const field = (index: number) => tm.getInt32(index * 4, true);
  return {
    second: field(0),
    minute: field(1),
    hour: field(2),
    day: field(3),
    month: field(4) + 1,
    year: field(5) + 1900,
    offsetSeconds: Number(tm.getBigInt64(40, true)),
  };
}
