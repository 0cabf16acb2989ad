/** The processes of this program that this user runs, by name: a search of the process table, for doctor only. */
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { readSmallText } from "../process/small-file.ts";
import { runBounded } from "../process/subprocess.ts";

export interface OwnProcess {
  readonly pid: number;
  readonly parent: number;
  /** One letter: R, S, D, T, Z … */
  readonly state: string;
  readonly ageS: number;
  /** Its command line; for a zombie its name only. */
  readonly words: readonly string[];
}

const NAME = "plimsoll";

/** @returns this user's processes of this program, this one left out */
export async function ownProcesses(): Promise<OwnProcess[]> {
  const all = process.platform === "linux" ? fromProc() : await fromPs();
  return all.filter(({ pid, words }) => pid !== process.pid && basename(words[0] ?? "") === NAME);
}

const PROC_LIMIT = { limit: 64 * 1024 };

/** proc(5). The clock ticks of all Linux systems that Bun runs on are a hundredth of a second. */
function fromProc(): OwnProcess[] {
  const uptime = Number(readSmallText("/proc/uptime", PROC_LIMIT)?.split(" ")[0]);
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const status = readSmallText(`/proc/${name}/status`, PROC_LIMIT);
    const stat = readSmallText(`/proc/${name}/stat`, PROC_LIMIT);
    if (status === undefined || stat === undefined) return [];
    if (Number(status.match(/^Uid:\s+(\d+)/m)?.[1]) !== process.getuid?.()) return [];
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const line = (readSmallText(`/proc/${name}/cmdline`, PROC_LIMIT) ?? "").split("\0").filter(Boolean);
    return {
      pid: Number(name),
      parent: Number(fields[1]),
      state: fields[0] ?? "?",
      ageS: Math.max(0, uptime - Number(fields[19]) / 100),
      words: line.length > 0 ? line : [stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"))],
    };
  });
}

async function fromPs(): Promise<OwnProcess[]> {
  const outcome = await runBounded({
    argv: ["/bin/ps", "-U", String(process.getuid?.()), "-o", "pid=,ppid=,state=,etime=,args="],
    timeoutMs: 3_000,
    utf8: "lossy",
  });
  if (outcome.kind !== "exited" || outcome.code !== 0)
    throw new Error("ps cannot be asked for the processes");
  return outcome.stdout.split("\n").flatMap((line) => {
    const match = line.match(/^\s*(\d+)\s+(\d+)\s+(\S)\S*\s+(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)\s+(.*)$/);
    if (!match) return [];
    const [days, hours, minutes, seconds] = match.slice(4, 8).map((part) => Number(part ?? 0)) as Time;
    return {
      pid: Number(match[1]),
      parent: Number(match[2]),
      state: match[3] as string,
      ageS: ((days * 24 + hours) * 60 + minutes) * 60 + seconds,
      words: (match[8] as string).replace(/^\((.*)\)$/, "$1").split(" "),
    };
  });
}

type Time = [days: number, hours: number, minutes: number, seconds: number];
