/**
 * Processes on macOS: proc_pidinfo(3) and sysctlbyname(3).
 *
 * Written from the published structures (bsd/sys/proc_info.h), not run on a Mac. Pure functions decode the layouts, so
 * they are tested on any machine.
 */
import { cString, group } from "./library.ts";

const process_ = group({ proc_pidinfo: { args: ["i32", "i32", "u64", "ptr", "i32"], returns: "i32" } });
const listing = group({ proc_listallpids: { args: ["ptr", "i32"], returns: "i32" } });
const system = group({ sysctlbyname: { args: ["ptr", "ptr", "ptr", "ptr", "u64"], returns: "i32" } });

const PROC_PIDTBSDINFO = 3;
const PROC_PIDUNIQIDENTIFIERINFO = 17;
export const BSD_INFO_BYTES = 136;
export const UNIQUE_INFO_BYTES = 56;

/** Process states of struct proc_bsdinfo (bsd/sys/proc.h). */
const STATES: Readonly<Record<number, string>> = { 1: "I", 2: "R", 3: "S", 4: "T", 5: "Z" };

/** The fields of struct proc_bsdinfo that are used. */
export interface BsdInfo {
  /** One letter, as on Linux: R, S, T (stopped), Z. */
  readonly state: string;
  readonly parent: number;
  /** The process group's id. */
  readonly group: number;
  readonly name: string;
  /** Seconds and microseconds since 1970, as "S.UUUUUU". */
  readonly start: string;
}

export function decodeBsdInfo(bytes: Uint8Array): BsdInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = bytes.subarray(48, 64);
  const end = name.indexOf(0);
  return {
    state: STATES[view.getUint32(4, true)] ?? "?",
    parent: view.getUint32(16, true),
    group: view.getUint32(100, true),
    name: new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)),
    start: `${view.getBigUint64(120, true)}.${String(view.getBigUint64(128, true)).padStart(6, "0")}`,
  };
}

/** `p_uniqueid` of a struct proc_uniqidentifierinfo: a 64-bit counter, never reused before the next boot. */
export const decodeUniqueId = (bytes: Uint8Array): string =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(16, true).toString();

/** @returns undefined when the process does not exist or is not visible */
export function bsdInfo(pid: number): BsdInfo | undefined {
  const bytes = new Uint8Array(BSD_INFO_BYTES);
  const got = process_().proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, bytes, bytes.length);
  return got === bytes.length ? decodeBsdInfo(bytes) : undefined;
}

/** proc_listallpids(3). @returns the pids of all processes */
export function processIds(): number[] {
  const room = listing().proc_listallpids(null, 0) + 64;
  const pids = new Int32Array(room);
  const count = listing().proc_listallpids(pids, pids.byteLength);
  return [...pids.subarray(0, Math.max(0, count))].filter((pid) => pid > 0);
}

/** @returns the unique id of a process, or undefined */
export function uniqueId(pid: number): string | undefined {
  const bytes = new Uint8Array(UNIQUE_INFO_BYTES);
  const got = process_().proc_pidinfo(pid, PROC_PIDUNIQIDENTIFIERINFO, 1, bytes, bytes.length);
  return got === bytes.length ? decodeUniqueId(bytes) : undefined;
}

/** sysctlbyname(3) of a string. @returns undefined when it is unknown */
export function systemString(name: string): string | undefined {
  const value = new Uint8Array(256);
  const length = new BigUint64Array([BigInt(value.length)]);
  if (system().sysctlbyname(cString(name), value, length, null, 0) !== 0) return undefined;
  return new TextDecoder().decode(value.subarray(0, Math.max(0, Number(length[0]) - 1)));
}
