/** Locks: free, or held by a running process. */
import { LockError } from "../../os/lock/file.ts";
import { type LockStatus, lockStatus } from "../../os/lock/status.ts";
import { namesIn } from "../../state/directory.ts";
import { PASS_HANGS_MS } from "../../state/timeouts.ts";
import { type Check, type CheckContext, counted, error, type Finding, info, ok } from "../check.ts";
import { endingFix, ownProcesses } from "../own-processes.ts";

/** The program's own locks; other names were chosen by users for their commands. */
const OWN = /^((session|repo|account)-.+|ledger|sweep|log|setup)\.lock$/;

export const locks: Check = {
  name: "locks",
  about: "every lock is free, or held by a running process",
  needsState: true,
  run: async (context) => {
    const statuses: LockStatus[] = [];
    const unusable: string[] = [];
    for (const name of namesIn(context.paths.locks).filter((each) => each.endsWith(".lock"))) {
      try {
        statuses.push(lockStatus(`${context.paths.locks}/${name}`));
      } catch (thrown) {
        if (!(thrown instanceof LockError)) throw thrown;
        unusable.push(`${name}: ${thrown.message}`);
      }
    }
    const held = await heldFinding(statuses, context);
    if (unusable.length === 0) return held;
    return [
      held,
      error(`${counted(unusable.length, "lock")} cannot be used`, {
        details: unusable,
        hint: "remove everything that is not your lock file",
      }),
    ];
  },
};

async function heldFinding(statuses: readonly LockStatus[], { paths, now }: CheckContext): Promise<Finding> {
  const held = statuses.filter(({ state }) => state !== "free");
  const text = `${counted(statuses.length, "lock")}, ${held.length} held`;
  if (held.length === 0) return ok(text);
  const { running, stopped, overdue, orphans } = await ownProcesses(paths);
  const isAtWork = (status: LockStatus) =>
    now - (status.note?.sinceMs ?? now) <= PASS_HANGS_MS || running.some(({ pid }) => pid === status.pid);
  const stuck = held.filter(
    (status) =>
      OWN.test(nameOf(status)) &&
      (status.state === "stopped" || status.state === "inherited" || !isAtWork(status)),
  );
  if (stuck.length === 0) return info(text, { details: held.map(describe) });
  const holders = new Set(stuck.flatMap(({ pid, inheritors = [] }) => [pid, ...inheritors]));
  const stray = [...stopped, ...overdue, ...orphans].filter(({ pid }) => holders.has(pid));
  return error(`${text}, ${stuck.length} of them by a stuck pass`, {
    details: stuck.map(describe),
    hint: `'plimsoll lock release --force ${nameOf(stuck[0] as LockStatus).slice(0, -".lock".length)}' ends the holder`,
    ...endingFix(stray),
  });
}

const nameOf = ({ path }: LockStatus): string => path.slice(path.lastIndexOf("/") + 1);

function describe(status: LockStatus): string {
  const { state, pid, inheritors = [], note } = status;
  const holder = pid === undefined ? "" : ` by pid ${pid}`;
  const heirs = inheritors.length === 0 ? "" : `, kept by pid ${inheritors.join(", ")}`;
  const since = note ? ` since ${new Date(note.sinceMs).toISOString()} (${note.command})` : "";
  return `${nameOf(status)}: ${state}${holder}${heirs}${since}`;
}
