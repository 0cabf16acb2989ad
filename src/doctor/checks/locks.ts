/** Locks: free, or held by somebody who is at work. */
import { readdirSync } from "node:fs";
import { LockError } from "../../os/lock/file.ts";
import { type LockStatus, lockStatus } from "../../os/lock/status.ts";
import { bad, type Check, type CheckContext, counted, type Finding, good, note } from "../check.ts";
import { endOwn } from "../end-own.ts";
import { ownProcesses } from "../own-processes.ts";

/** A pass that holds its scope longer than this does not come to its end. Milliseconds. */
const LONG_MS = 32_000;

/** The locks of the program itself; the others are names that users chose for commands of their own. */
const OF_PASSES = /^((session|repo|account)-.+|ledger|sweep|log|setup)\.lock$/;

export const locks: Check = {
  name: "locks",
  about: "every lock is free, or held by somebody who is at work",
  needsState: true,
  run: async (surroundings) => {
    const looks = list(surroundings.paths.locks).map((name) =>
      look(`${surroundings.paths.locks}/${name}`, name),
    );
    const unusable = looks.flatMap((each) => ("error" in each ? [each.error] : []));
    const statuses = looks.flatMap((each) => ("error" in each ? [] : [each]));
    return [
      await judge(statuses, surroundings),
      ...(unusable.length === 0
        ? []
        : [
            bad(`${counted(unusable.length, "lock")} cannot be used`, {
              details: unusable,
              hint: "passes cannot lock what is no file of ours: remove it",
            }),
          ]),
    ];
  },
};

async function judge(statuses: readonly LockStatus[], { paths, now }: CheckContext): Promise<Finding> {
  const held = statuses.filter(({ state }) => state !== "free");
  const text = `${counted(statuses.length, "lock")}, ${held.length} held`;
  if (held.length === 0) return good(text);
  const { running, stopped, overdue, orphans } = await ownProcesses(paths);
  const isAtWork = (status: LockStatus) =>
    now - (status.note?.sinceMs ?? now) <= LONG_MS || running.some(({ pid }) => pid === status.pid);
  const stuck = held.filter(
    (status) =>
      OF_PASSES.test(nameOf(status)) &&
      (status.state === "stopped" || status.state === "inherited" || !isAtWork(status)),
  );
  if (stuck.length === 0) return note(text, { details: held.map(describe) });
  const holders = new Set(stuck.flatMap(({ pid, inheritors = [] }) => [pid, ...inheritors]));
  const stray = [...stopped, ...overdue, ...orphans].filter(({ pid }) => holders.has(pid));
  return bad(`${text}, ${stuck.length} of them by a pass that does not go on`, {
    details: stuck.map(describe),
    hint: `'plimsoll lock release --force ${nameOf(stuck[0] as LockStatus).slice(0, -".lock".length)}' ends the holder`,
    ...endOwn(stray),
  });
}

/** What is no lock file is told by the one who would lock it. */
function look(path: string, name: string): LockStatus | { error: string } {
  try {
    return lockStatus(path);
  } catch (error) {
    if (error instanceof LockError) return { error: `${name}: ${error.message}` };
    throw error;
  }
}

const nameOf = ({ path }: LockStatus): string => path.slice(path.lastIndexOf("/") + 1);

function describe(status: LockStatus): string {
  const { state, pid, inheritors = [], note } = status;
  const who = pid === undefined ? "" : ` by pid ${pid}`;
  const heirs = inheritors.length === 0 ? "" : `, kept by pid ${inheritors.join(", ")}`;
  const since = note ? ` since ${new Date(note.sinceMs).toISOString()} (${note.command})` : "";
  return `${nameOf(status)}: ${state}${who}${heirs}${since}`;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".lock"));
  } catch {
    // No pass has been here yet: there are no locks.
    return [];
  }
}
