/** Locks: free, or held by somebody who is at work. */
import { readdirSync } from "node:fs";
import { type LockStatus, lockStatus } from "../../process/lock-status.ts";
import { bad, type Check, counted, good, warning } from "../check.ts";

/** A pass that holds its scope longer than this does not come to its end. Milliseconds. */
const LONG_MS = 32_000;

export const locks: Check = {
  name: "locks",
  about: "every lock is free, or held by somebody who is at work",
  run: ({ paths, now }) => {
    const statuses = list(paths.locks).map((name) => lockStatus(`${paths.locks}/${name}`));
    const held = statuses.filter(({ state }) => state !== "free");
    const ours = held.filter(({ path }) =>
      /\/(session|repo|account|ledger|sweep|log)[^/]*\.lock$/.test(path),
    );
    const stuck = ours.filter(
      ({ state, note }) =>
        state === "stopped" || state === "inherited" || (note && now - note.sinceMs > LONG_MS),
    );
    const text = `${counted(statuses.length, "lock")}, ${held.length} held`;
    const details = held.map(describe);
    if (stuck.length > 0)
      return bad(`${text}, ${stuck.length} of them by a pass that does not go on`, {
        details: stuck.map(describe),
        hint: "'plimsoll lock status' says who; a stopped process goes on with 'kill -CONT PID'",
      });
    return held.length > 0 ? warning(text, { details }) : good(text);
  },
};

function describe({ path, state, pid, note }: LockStatus): string {
  const who = pid === undefined ? "" : ` by pid ${pid}`;
  const since = note ? ` since ${new Date(note.sinceMs).toISOString()} (${note.command})` : "";
  return `${path.slice(path.lastIndexOf("/") + 1)}: ${state}${who}${since}`;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".lock"));
  } catch {
    // No pass has been here yet: there are no locks.
    return [];
  }
}
