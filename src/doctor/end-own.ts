/** The fix for processes of ours that do not end by themselves. */

import { errorText } from "../os/ffi/library.ts";
import { endProcesses } from "../os/run/end-processes.ts";
import type { Fix } from "./check.ts";
import type { OwnProcess } from "./own-processes.ts";

/** A pass that gets TERM writes what it has. Milliseconds. */
const GRACE_MS = 3_000;

/** @returns what ends them; nothing when there is none among them that is surely ours */
export function endOwn(processes: readonly OwnProcess[]): { fix?: Fix } {
  const records = processes.flatMap(({ record }) => record ?? []);
  if (records.length === 0) return {};
  const fix: Fix = async (say) => {
    const left = await endProcesses(records, GRACE_MS, ({ pid, signal, errno }) =>
      say(errno === 0 ? `sent ${signal} to pid ${pid}` : `cannot signal pid ${pid}: ${errorText(errno)}`),
    );
    if (left.length > 0) throw new Error(`pid ${left.map(({ pid }) => pid).join(", ")} cannot be ended`);
  };
  return { fix };
}
