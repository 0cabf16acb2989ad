/**
 * Which process a pid meant: its pid **and** when it started, never a pid alone.
 *
 * A pid is used again as soon as its process was waited for. The start time in clock ticks tells the two apart, if they
 * did not start within one tick (10 ms): a forced reuse once did. So the record also carries the inode of the process's
 * pidfd where the kernel gives each process its own (Linux 6.9), which is never used again before the next boot.
 *
 * Three answers: alive, dead, unknown. A process that cannot be seen (another pid namespace, /proc with hidepid) is
 * unknown, not dead.
 */
import { ERRNO } from "./ffi/library.ts";
import { bsdInfo, systemString, uniqueId } from "./ffi/macos.ts";
import { pidfdInode } from "./ffi/pidfd.ts";
import { readlink, readWhole } from "./ffi/read-whole.ts";
import { kill } from "./ffi/signal.ts";

const ON_MAC = process.platform === "darwin";

/** A process as it is written down: enough to know it again, in this boot. */
export interface ProcessRecord {
  readonly pid: number;
  /** Linux: start time in clock ticks since boot, as /proc/PID/stat has it. macOS: seconds and microseconds. */
  readonly start: string;
  readonly bootId: string;
  /** What the kernel never uses twice: a pidfd's inode (Linux 6.9), `p_uniqueid` (macOS). Absent where there is none. */
  readonly inode?: string;
  /** The pid namespace that `pid` is of (Linux). */
  readonly namespace?: string;
}

/** What can be seen of a process now. */
export interface ProcessFacts extends ProcessRecord {
  /** The kernel's name of it: at most 15 bytes. */
  readonly name: string;
  /** One letter: R running, S sleeping, D waiting, T stopped, t traced, Z zombie. */
  readonly state: string;
}

export type Lookup =
  | { readonly kind: "found"; readonly facts: ProcessFacts }
  | { readonly kind: "gone" }
  | { readonly kind: "unknown"; readonly why: string };

export type Verdict = "alive" | "dead" | "unknown";

/** Look-ups of one pass. The caller makes it, passes it on and drops it: nothing accumulates. */
export class LookupCache {
  readonly #lookups = new Map<number, Lookup>();

  lookup(pid: number): Lookup {
    let found = this.#lookups.get(pid);
    if (!found) {
      found = readProcess(pid);
      this.#lookups.set(pid, found);
    }
    return found;
  }
}

/** Look one process up: two small reads, whatever else is running. */
export const lookUp = (pid: number, cache?: LookupCache): Lookup => cache?.lookup(pid) ?? readProcess(pid);

/** @returns the record of a process that exists and can be seen */
export function identify(pid: number, cache?: LookupCache): ProcessRecord | undefined {
  const found = lookUp(pid, cache);
  if (found.kind !== "found") return undefined;
  const { start, bootId: boot, inode, namespace } = found.facts;
  return { pid, start, bootId: boot, ...(inode && { inode }), ...(namespace && { namespace }) };
}

/** @returns the record of this process; undefined only where the system tells nothing (no /proc) */
export const identifySelf = (): ProcessRecord | undefined => identify(process.pid);

/**
 * Whether the recorded process still runs. A zombie does not: it has ended, and holds nothing.
 */
export function verify(record: ProcessRecord, cache?: LookupCache): Verdict {
  if (!isPid(record.pid)) return "dead";
  if (record.bootId !== "" && bootId() !== "" && record.bootId !== bootId()) return "dead";
  const here = pidNamespace();
  if (record.namespace !== undefined && here !== undefined && record.namespace !== here) return "unknown";
  const found = lookUp(record.pid, cache);
  if (found.kind !== "found") return found.kind === "gone" ? "dead" : "unknown";
  const { facts } = found;
  if (facts.state === "Z" || facts.start !== record.start) return "dead";
  const differ = facts.inode !== undefined && record.inode !== undefined && facts.inode !== record.inode;
  return differ ? "dead" : "alive";
}

/** Whether the recorded process surely still runs. */
export const isAlive = (record: ProcessRecord, cache?: LookupCache): boolean =>
  verify(record, cache) === "alive";

/** A record from before start times were written down. */
export interface LegacyRecord {
  readonly pid: number;
  /** What the process's name must contain, in any case. */
  readonly expectedName: string;
  /** When the record was written, Unix ms. */
  readonly recordedAtMs: number;
}

const LEGACY_MAX_AGE_MS = 24 * 60 * 60 * 1000;

/**
 * The most that can be said without a start time: the pid exists, its name fits, and the record is younger than a day
 * (one from the future counts as new). A name that cannot be read does not fit.
 */
export function isLegacyAlive(record: LegacyRecord, nowMs: number, cache?: LookupCache): boolean {
  if (!isPid(record.pid) || !exists(record.pid)) return false;
  const found = lookUp(record.pid, cache);
  if (found.kind !== "found" || found.facts.name === "" || found.facts.state === "Z") return false;
  if (!found.facts.name.toLowerCase().includes(record.expectedName.toLowerCase())) return false;
  return Math.max(0, nowMs - record.recordedAtMs) < LEGACY_MAX_AGE_MS;
}

const isPid = (pid: number): boolean => Number.isSafeInteger(pid) && pid > 0 && pid <= 0x7fffffff;

/** Whether a process of that pid exists. "Not permitted" is an answer of one that does. */
export function exists(pid: number): boolean {
  if (!isPid(pid)) return false;
  const error = kill(pid, 0);
  return error === 0 || error === ERRNO.EPERM;
}

let boot: string | undefined;

/** @returns what tells this boot from others; "" where the system does not say */
export function bootId(): string {
  boot ??= ON_MAC
    ? (systemString("kern.bootsessionuuid") ?? "")
    : (readWhole("/proc/sys/kernel/random/boot_id")?.trim() ?? "");
  return boot;
}

/** The pid namespace of the machine itself: PROC_PID_INIT_INO of the kernel. */
const INITIAL_NAMESPACE = "pid:[4026531836]";

/** @returns this process's pid namespace, as "pid:[4026531836]"; undefined on macOS and without /proc */
export const pidNamespace = (): string | undefined => (ON_MAC ? undefined : readlink("/proc/self/ns/pid"));

/** Whether all processes of the machine can have a pid here. */
export const inInitialNamespace = (): boolean => ON_MAC || pidNamespace() === INITIAL_NAMESPACE;

function readProcess(pid: number): Lookup {
  if (!isPid(pid)) return { kind: "gone" };
  return ON_MAC ? readOnMac(pid) : readOnLinux(pid);
}

function readOnLinux(pid: number): Lookup {
  const text = readWhole(`/proc/${pid}/stat`);
  if (text === undefined) return unseen(pid, "/proc does not show it");
  const stat = parseStat(text);
  if (!stat) return { kind: "unknown", why: "/proc/PID/stat has an unknown form" };
  const inode = pidfdInode(pid);
  const namespace = pidNamespace();
  const facts = { pid, ...stat, bootId: bootId(), ...(inode && { inode }), ...(namespace && { namespace }) };
  return { kind: "found", facts };
}

/**
 * Read /proc/PID/stat. The name is whatever the process likes, brackets and blanks included: split at the last one.
 * @returns undefined when the text is something else
 */
export function parseStat(text: string): { name: string; state: string; start: string } | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const words = text
    .slice(close + 1)
    .trim()
    .split(/\s+/);
  const [state, start] = [words[0], words[19]];
  if (!state || !start || !/^\d+$/.test(start)) return undefined;
  return { name: text.slice(open + 1, close), state, start };
}

function readOnMac(pid: number): Lookup {
  const info = bsdInfo(pid);
  if (!info) return unseen(pid, "proc_pidinfo does not show it");
  const inode = uniqueId(pid);
  const { name, state, start } = info;
  return { kind: "found", facts: { pid, name, state, start, bootId: bootId(), ...(inode && { inode }) } };
}

const unseen = (pid: number, why: string): Lookup =>
  exists(pid) ? { kind: "unknown", why } : { kind: "gone" };
