/** This user's part of the process table. */
import { readdirSync } from "node:fs";
import { readlink, readWhole } from "../os/ffi/file.ts";
import { identify, type ProcessRecord, pidNamespace } from "../os/identity.ts";
import { runBounded } from "../os/run/subprocess.ts";

export interface UserProcess {
  readonly pid: number;
  readonly parent: number;
  /** Process group. */
  readonly group: number;
  /** One letter: R, S, D, T, Z … */
  readonly state: string;
  readonly ageS: number;
  /** Start time, as from `identify` (Linux). */
  readonly start?: string;
  /** The command line; for a zombie only its name. */
  readonly words: readonly string[];
  /** The executable, also if replaced since; absent where not visible. */
  readonly executable?: string;
}

/** @returns this user's other processes in this pid namespace */
export async function userProcesses(): Promise<UserProcess[]> {
  const all = process.platform === "linux" ? fromProc() : await fromPs();
  return all.filter(({ pid }) => pid !== process.pid);
}

/** @returns its identity; undefined when the pid was reused, or start times are not available (macOS) */
export function recordOf({ pid, start }: UserProcess): ProcessRecord | undefined {
  const record = identify(pid);
  return record !== undefined && record.start === start ? record : undefined;
}

/** @returns a process's initial environment; undefined where not visible, and for zombies */
export function environmentOf(pid: number): Readonly<Record<string, string>> | undefined {
  const text = readWhole(`/proc/${pid}/environ`);
  if (text === undefined || text === "") return undefined;
  return Object.fromEntries(
    text.split("\0").flatMap((entry) => {
      const equals = entry.indexOf("=");
      return equals > 0 ? [[entry.slice(0, equals), entry.slice(equals + 1)]] : [];
    }),
  );
}

/** proc(5). All Linux systems that Bun supports have 100 clock ticks per second. */
function fromProc(): UserProcess[] {
  const uptime = Number(readWhole("/proc/uptime")?.split(" ")[0]);
  const here = pidNamespace();
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const status = readWhole(`/proc/${name}/status`);
    const stat = readWhole(`/proc/${name}/stat`);
    if (status === undefined || stat === undefined) return [];
    if (Number(status.match(/^Uid:\s+(\d+)/m)?.[1]) !== process.getuid?.()) return [];
    if ((readlink(`/proc/${name}/ns/pid`) ?? here) !== here) return [];
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const line = (readWhole(`/proc/${name}/cmdline`) ?? "").split("\0").filter(Boolean);
    const executable = readlink(`/proc/${name}/exe`)?.replace(/ \(deleted\)$/, "");
    return {
      pid: Number(name),
      parent: Number(fields[1]),
      group: Number(fields[2]),
      state: fields[0] ?? "?",
      ageS: Math.max(0, uptime - Number(fields[19]) / 100),
      start: fields[19] ?? "",
      words: line.length > 0 ? line : [stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"))],
      ...(executable === undefined ? {} : { executable }),
    };
  });
}

async function fromPs(): Promise<UserProcess[]> {
  const outcome = await runBounded({
    argv: ["/bin/ps", "-U", String(process.getuid?.()), "-o", "pid=,ppid=,pgid=,state=,etime=,args="],
    timeoutMs: 3_000,
    utf8: "lossy",
  });
  if (outcome.kind !== "exited" || outcome.code !== 0) throw new Error("ps failed");
  return outcome.stdout.split("\n").flatMap((line) => {
    const match = line.match(
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S)\S*\s+(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)\s+(.*)$/,
    );
    if (!match) return [];
    const [days, hours, minutes, seconds] = match.slice(5, 9).map((part) => Number(part ?? 0)) as Time;
    return {
      pid: Number(match[1]),
      parent: Number(match[2]),
      group: Number(match[3]),
      state: match[4] as string,
      ageS: ((days * 24 + hours) * 60 + minutes) * 60 + seconds,
      words: (match[9] as string).replace(/^\((.*)\)$/, "$1").split(" "),
    };
  });
}

type Time = [days: number, hours: number, minutes: number, seconds: number];
