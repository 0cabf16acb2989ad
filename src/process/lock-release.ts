/**
 * Make a lock free by ending who holds it. A lock is never taken from a living holder: the kernel has no way to, and
 * whatever pretends to (deleting the file) lets two in at once.
 */
import { identify, isAlive, type ProcessRecord } from "./identity.ts";
import { kill } from "./libc/signal.ts";
import { statPath } from "./libc/stat.ts";
import { cWord } from "./libc/word.ts";
import { lockingDescriptors } from "./lock-descriptors.ts";
import { type LockStatus, lockStatus } from "./lock-status.ts";
import { SIG } from "./signals.ts";

/** One signal that was sent. */
export interface SentSignal {
  readonly pid: number;
  readonly signal: "TERM" | "KILL";
}

/**
 * TERM to all that have a share in the lock, KILL to those left after the grace, until it is free. Each is known by pid
 * and start time before it is signalled: a pid that was used again in between is left alone.
 * @param onSend is told of each signal
 * @returns how the lock stands after that: "free", or whose it is now
 */
export async function endHolders(
  path: string,
  graceMs: number,
  onSend: (sent: SentSignal) => void,
): Promise<LockStatus> {
  const holders = holdersOf(path);
  signalAll(holders, "TERM", onSend);
  if (await gone(holders, path, graceMs)) return lockStatus(path);
  // Those that TERM left, and what they had started, which has inherited the lock.
  const left = [...holders.filter((each) => isAlive(each)), ...holdersOf(path)];
  const distinct = [...new Map(left.map((each) => [each.pid, each])).values()];
  signalAll(distinct, "KILL", onSend);
  await gone(distinct, path, KILL_TAKES_MS);
  return lockStatus(path);
}

const KILL_TAKES_MS = 2_000;

function holdersOf(path: string): ProcessRecord[] {
  const facts = statPath(cWord(path));
  const status = lockStatus(path);
  const verified = (status.state === "held" || status.state === "stopped") && status.note?.process;
  const pids = facts ? lockingDescriptors(facts).filter((pid) => pid !== process.pid) : [];
  const records = pids.flatMap((pid) => identify(pid) ?? []);
  return verified && !pids.includes(verified.pid) ? [verified, ...records] : records;
}

function signalAll(
  holders: readonly ProcessRecord[],
  signal: SentSignal["signal"],
  onSend: (sent: SentSignal) => void,
): void {
  for (const holder of holders) {
    if (!isAlive(holder)) continue;
    onSend({ pid: holder.pid, signal });
    kill(holder.pid, SIG[signal]);
    if (signal === "TERM") kill(holder.pid, SIG.CONT); // a stopped process does not act on TERM
  }
}

async function gone(holders: readonly ProcessRecord[], path: string, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (holders.some((each) => isAlive(each)) || lockStatus(path).state === "inherited") {
    if (performance.now() >= deadline) return false;
    await Bun.sleep(20);
  }
  return true;
}
