/**
 * The processor time of everything that a program starts, also of what it leaves running (Linux).
 *
 * A process of its own for each program: it is the subreaper of its descendants (prctl(2)), so a background process
 * whose parent ended becomes its child. It waits for all of them; getrusage(2) then has the sum over its children and,
 * through them, over theirs. Its own time is not part of it.
 */
import { dlopen } from "bun:ffi";
import { readFileSync } from "node:fs";

export interface MeterTask {
  readonly argv: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** Read again at each start. */
  readonly stdinFile: string;
  /** The first start. Unix milliseconds. */
  readonly startAt: number;
  readonly rounds: number;
}

export interface MeterResult {
  /** User and system time of all processes. Milliseconds. */
  readonly cpuMs: number;
  /** The part of the processes that were started directly, without what they left running. Milliseconds. */
  readonly foregroundCpuMs: number;
  /** What was left running by the processes that were started directly. */
  readonly backgroundProcesses: number;
  /** Starts that failed or were killed: on a busy machine a render ends at its deadline. */
  readonly failures: number;
}

const INTERVAL_MS = 1_000;
const PR_SET_CHILD_SUBREAPER = 36;
const RUSAGE_CHILDREN = -1;

/** Start the program once a second in a meter process. */
export async function meter(task: MeterTask): Promise<MeterResult> {
  const child = Bun.spawn([process.execPath, import.meta.path, JSON.stringify(task)], {
    stdin: "ignore",
    stderr: "inherit",
  });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${task.argv.join(" ")}: the meter failed`);
  return JSON.parse(text);
}

async function main(task: MeterTask): Promise<MeterResult> {
  const { symbols: libc } = dlopen("libc.so.6", {
    prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
    waitpid: { args: ["i32", "ptr", "i32"], returns: "i32" },
    getrusage: { args: ["i32", "ptr"], returns: "i32" },
  });
  if (libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) !== 0) throw new Error("prctl failed");
  let foregroundCpuMs = 0;
  let failures = 0;
  for (let round = 0; round < task.rounds; round++) {
    await Bun.sleep(Math.max(0, task.startAt + round * INTERVAL_MS - Date.now()));
    const ended = Bun.spawnSync([...task.argv], {
      env: task.env,
      cwd: task.cwd,
      stdin: readFileSync(task.stdinFile),
      stdout: "ignore",
      stderr: "ignore",
      timeout: 30_000,
    });
    if (ended.exitCode !== 0) failures += 1;
    foregroundCpuMs += Number(ended.resourceUsage?.cpuTime.total ?? 0) / 1_000;
  }
  let backgroundProcesses = 0;
  while (libc.waitpid(-1, null, 0) > 0) backgroundProcesses += 1;
  const usage = new BigInt64Array(18);
  libc.getrusage(RUSAGE_CHILDREN, usage);
  const [userSeconds, userMicros, systemSeconds, systemMicros] = usage;
  const cpuMs = Number((userSeconds ?? 0n) + (systemSeconds ?? 0n)) * 1_000;
  return {
    cpuMs: cpuMs + Number((userMicros ?? 0n) + (systemMicros ?? 0n)) / 1_000,
    foregroundCpuMs,
    backgroundProcesses,
    failures,
  };
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(process.argv[2] ?? ""))));
