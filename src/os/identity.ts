/**
 * Identifying a process by its pid **and** its start, never by a pid alone.
 *
 * A pid is reused as soon as its process was waited for. The start time in clock ticks distinguishes the two unless both
 * started within one tick (10 ms), which a forced reuse once did. So the record also has the inode of the process's
 * pidfd where the kernel has one per process (Linux 6.9); it is never reused before the next boot.
 *
 * Liveness is alive, dead or unknown. A process that is not visible (another pid namespace, /proc with hidepid) is
 * unknown, not dead.
 */
import { readlink, readWhole } from "./ffi/file.ts";
import { ERRNO } from "./ffi/library.ts";
import { bsdInfo, systemString, uniqueId } from "./ffi/macos.ts";
import { pidfdInode } from "./ffi/process.ts";
import { kill } from "./ffi/signal.ts";

const ON_MAC = process.platform === "darwin";

/** What to store about a process to identify it again in this boot. */
export interface ProcessRecord {
  readonly pid: number;
  /** Linux: clock ticks since boot, from /proc/PID/stat. macOS: seconds and microseconds. */
  readonly start: string;
  readonly bootId: string;
  /** A number that the kernel never reuses: a pidfd's inode (Linux 6.9), `p_uniqueid` (macOS). */
  readonly inode?: string;
  /** The pid namespace of `pid` (Linux). */
  readonly namespace?: string;
}

/** The current state of a process. */
interface ProcessFacts extends ProcessRecord {
  /** At most 15 bytes. */
  readonly name: string;
  /** One letter: R running, S sleeping, D waiting, T stopped, t traced, Z zombie. */
  readonly state: string;
}

export type Lookup =
  | { readonly kind: "found"; readonly facts: ProcessFacts }
  | { readonly kind: "gone" }
  | { readonly kind: "unknown"; readonly why: string };

export type Liveness = "alive" | "dead" | "unknown";

/** Lookups of one pass. The caller creates and drops it, so that nothing accumulates. */
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

/** Look up one process: two small reads. */
export const lookUp = (pid: number, cache?: LookupCache): Lookup => cache?.lookup(pid) ?? readProcess(pid);

/** @returns the record of a process that exists and is visible */
export function identify(pid: number, cache?: LookupCache): ProcessRecord | undefined {
  const found = lookUp(pid, cache);
  if (found.kind !== "found") return undefined;
  const { start, bootId: boot, inode, namespace } = found.facts;
  return { pid, start, bootId: boot, ...(inode && { inode }), ...(namespace && { namespace }) };
}

/** @returns the record of this process; undefined only without /proc */
export const identifySelf = (): ProcessRecord | undefined => identify(process.pid);

/** Whether the recorded process still runs. A zombie is dead: it no longer holds anything. */
export function verify(record: ProcessRecord, cache?: LookupCache): Liveness {
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

export const isAlive = (record: ProcessRecord, cache?: LookupCache): boolean =>
  verify(record, cache) === "alive";

/** A record from before start times were stored. */
export interface LegacyRecord {
  readonly pid: number;
  /** What the process's name must contain, ignoring case. */
  readonly expectedName: string;
  /** When the record was written, Unix ms. */
  readonly recordedAtMs: number;
}

const LEGACY_MAX_AGE_MS = 24 * 60 * 60 * 1000;

/**
 * Best effort without a start time: the pid exists, its name matches, and the record is younger than a day (one from the
 * future counts as new). An unreadable name does not match.
 */
export function isLegacyAlive(record: LegacyRecord, nowMs: number, cache?: LookupCache): boolean {
  if (!isPid(record.pid) || !exists(record.pid)) return false;
  const found = lookUp(record.pid, cache);
  if (found.kind !== "found" || found.facts.name === "" || found.facts.state === "Z") return false;
  if (!found.facts.name.toLowerCase().includes(record.expectedName.toLowerCase())) return false;
  return Math.max(0, nowMs - record.recordedAtMs) < LEGACY_MAX_AGE_MS;
}

const isPid = (pid: number): boolean => Number.isSafeInteger(pid) && pid > 0 && pid <= 0x7fffffff;

/** Whether a process with that pid exists. EPERM means that it does. */
export function exists(pid: number): boolean {
  if (!isPid(pid)) return false;
  const error = kill(pid, 0);
  return error === 0 || error === ERRNO.EPERM;
}

let boot: string | undefined;

/** @returns the id of this boot, or "" on a system without one */
export function bootId(): string {
  boot ??= ON_MAC
    ? (systemString("kern.bootsessionuuid") ?? "")
    : (readWhole("/proc/sys/kernel/random/boot_id")?.trim() ?? "");
  return boot;
}

/** The machine's initial pid namespace: PROC_PID_INIT_INO of the kernel. */
const INITIAL_NAMESPACE = "pid:[4026531836]";

/** @returns this process's pid namespace, as "pid:[4026531836]"; undefined on macOS and without /proc */
export const pidNamespace = (): string | undefined => (ON_MAC ? undefined : readlink("/proc/self/ns/pid"));

/** Whether all processes of the machine have a pid here. */
export const inInitialNamespace = (): boolean => ON_MAC || pidNamespace() === INITIAL_NAMESPACE;

function readProcess(pid: number): Lookup {
  if (!isPid(pid)) return { kind: "gone" };
  return ON_MAC ? readOnMac(pid) : readOnLinux(pid);
}

function readOnLinux(pid: number): Lookup {
  const text = readWhole(`/proc/${pid}/stat`);
  if (text === undefined) return unseen(pid, "/proc does not show it");
  const stat = parseStat(text);
  if (!stat) return { kind: "unknown", why: "/proc/PID/stat has an unknown format" };
  const inode = pidfdInode(pid);
  const namespace = pidNamespace();
  const facts = { pid, ...stat, bootId: bootId(), ...(inode && { inode }), ...(namespace && { namespace }) };
  return { kind: "found", facts };
}

/**
 * Parse /proc/PID/stat. The name may contain anything, brackets and spaces too: split after the last bracket.
 * @returns undefined when the text is invalid
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
