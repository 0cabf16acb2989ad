/**
 * Make a lock free by ending who holds it. A lock is never taken from a living holder: the kernel has no way to, and
 * whatever pretends to (deleting the file) lets two in at once.
 */

import { statPath } from "../ffi/stat.ts";
import { cWord } from "../ffi/word.ts";
import { identify, isAlive, type ProcessRecord } from "../identity.ts";
import { KILL_TAKES_MS, type SentSignal, signalAll } from "../run/end-processes.ts";
import { lockShares } from "./descriptors.ts";
import { type LockStatus, lockStatus } from "./status.ts";

/**
 * TERM to all that have a share in the lock, KILL to those left after the grace, until it is free. Each is known by pid
 * and start time before it is signalled: a pid that was used again in between is left alone. So is whoever gets the lock
 * meanwhile.
 * @param notes as for `lockStatus`
 * @param onSend is told of each signal
 * @returns how the lock stands after that: "free", or whose it is now
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
  // Those that TERM left, and what they have started meanwhile, which has inherited the lock.
  const lockers = new Set([...first.values(), 0]);
  const heirs = [...sharesIn(path, look())].filter(([, locker]) => lockers.has(locker));
  const left = [...holders.filter((each) => isAlive(each)), ...recordsOf(new Map(heirs))];
  const distinct = [...new Map(left.map((each) => [each.pid, each])).values()];
  signalAll(distinct, "KILL", onSend);
  await gone(distinct, look, KILL_TAKES_MS);
  return look();
}

/** @returns who has a share in the lock, and who took the lock that it is a share of; not ourselves */
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
