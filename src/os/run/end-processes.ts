/** Ending processes by their records. Each process is verified immediately before it is signalled. */
import { kill } from "../ffi/signal.ts";
import { isAlive, type ProcessRecord } from "../identity.ts";
import { SIG } from "./signals.ts";

export interface SentSignal {
  readonly pid: number;
  readonly signal: "TERM" | "KILL";
  /** 0, or why it was not sent. */
  readonly errno: number;
}

/** How long a killed process may take to end. Milliseconds. */
export const KILL_TAKES_MS = 2_000;

/** Signal those that still run. @param onSend called for each signal */
export function signalAll(
  records: readonly ProcessRecord[],
  signal: SentSignal["signal"],
  onSend: (sent: SentSignal) => void,
): void {
  for (const record of records) {
    if (!isAlive(record)) continue;
    onSend({ pid: record.pid, signal, errno: kill(record.pid, SIG[signal]) });
    if (signal === "TERM") kill(record.pid, SIG.CONT); // a stopped process does not handle TERM
  }
}

/** Send TERM, and KILL to those left after the grace. @returns those that still run */
export async function endProcesses(
  records: readonly ProcessRecord[],
  graceMs: number,
  onSend: (sent: SentSignal) => void,
): Promise<ProcessRecord[]> {
  const left = () => records.filter((record) => isAlive(record));
  const ended = async (withinMs: number) => {
    const deadline = performance.now() + withinMs;
    while (left().length > 0) {
      if (performance.now() >= deadline) return false;
      await Bun.sleep(20);
    }
    return true;
  };
  signalAll(records, "TERM", onSend);
  if (await ended(graceMs)) return [];
  signalAll(left(), "KILL", onSend);
  await ended(KILL_TAKES_MS);
  return left();
}
