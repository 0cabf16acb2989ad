/**
 * Free a lock by ending its holders. A lock is never taken from a living holder: the kernel has no way to, and substitutes
 * such as deleting the file let two in at once.
 */
import { cWord } from "../ffi/library.ts";
import { statPath } from "../ffi/stat.ts";
import { identify, isAlive, type ProcessRecord } from "../identity.ts";
import { KILL_TAKES_MS, type SentSignal, signalAll } from "../run/end-processes.ts";
import { lockShares } from "./descriptors.ts";
import { type LockStatus, lockStatus } from "./status.ts";

/**
 * Send TERM to all that share the lock, and KILL to those left after the grace. Each is verified by pid and start time
 * before it is signalled, so a reused pid is left alone. So is a process that gets the lock meanwhile.
 * @param notes as for `lockStatus`
 * @param onSend is called for each signal
 * @returns the lock's status afterwards
 */
export async function endHolders(
  path: string,
  notes: string | undefined,
  graceMs: number,
  onSend: (sent: SentSignal) => void,
): Promise<LockStatus> {
  const look = () => lockStatus(path, notes);
  const first = sharesIn(path, look());
  const holders = recordsOf(first);
  signalAll(holders, "TERM", onSend);
  if (await gone(holders, look, graceMs)) return look();
  // Those left after TERM, and the programs they have started meanwhile, which inherited the lock.
  const lockers = new Set([...first.values(), 0]);
  const inheritors = [...sharesIn(path, look())].filter(([, locker]) => lockers.has(locker));
  const left = [...holders.filter((each) => isAlive(each)), ...recordsOf(new Map(inheritors))];
  const distinct = [...new Map(left.map((each) => [each.pid, each])).values()];
  signalAll(distinct, "KILL", onSend);
  await gone(distinct, look, KILL_TAKES_MS);
  return look();
}

/** @returns the pids that share the lock, except ours, each with the pid that locked */
function sharesIn(path: string, status: LockStatus): Map<number, number> {
  const facts = statPath(cWord(path));
  const shares = new Map((facts ? lockShares(facts) : []).map(({ pid, locker }) => [pid, locker]));
  const verified =
    status.state === "held" || status.state === "stopped" ? status.note?.process.pid : undefined;
  if (verified !== undefined && !shares.has(verified)) shares.set(verified, verified);
  shares.delete(process.pid);
  return shares;
}

const recordsOf = (shares: ReadonlyMap<number, number>): ProcessRecord[] =>
  [...shares.keys()].flatMap((pid) => identify(pid) ?? []);

async function gone(
  holders: readonly ProcessRecord[],
  look: () => LockStatus,
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (holders.some((each) => isAlive(each)) || look().state === "inherited") {
    if (performance.now() >= deadline) return false;
    await Bun.sleep(20);
  }
  return true;
}
