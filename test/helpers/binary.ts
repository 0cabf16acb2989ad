/** The compiled binary as a user meets it: a temporary HOME, a scrubbed environment, real pipes. */
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAN_SEE_PROCESSES, executable, type Process, processesOf } from "./processes.ts";

const ROOT = join(import.meta.dir, "../..");

/** What `bun run build` makes, or `PLIMSOLL_TEST_BINARY` names. */
export const BUILT = process.env.PLIMSOLL_TEST_BINARY ?? join(ROOT, "dist/plimsoll");
if (!existsSync(BUILT)) throw new Error(`${BUILT} does not exist: run 'bun run build'`);

/** The binary under test, by a path that needs no quoting in a shell: tests write it into command lines. */
export const BINARY = /^[\w./-]+$/.test(BUILT) ? BUILT : underPlainName(BUILT);

/** A link to a file, shared by the test files that run at the same time. A new build gets a new one. */
function underPlainName(path: string): string {
  const { ino, mtimeMs } = statSync(path);
  const folder = join(realpathSync(tmpdir()), `plimsoll-test-binary-${ino}-${Math.round(mtimeMs)}`);
  const name = join(folder, "plimsoll");
  mkdirSync(folder, { recursive: true });
  if (existsSync(name)) return name;
  const half = `${name}.${process.pid}`;
  try {
    linkSync(path, half);
  } catch {
    // The temporary directory is on another disk, or its links are restricted.
    copyFileSync(path, half);
  }
  renameSync(half, name);
  return name;
}

/** A temporary home directory, and the environment that refers to it. */
export interface Sandbox extends Disposable {
  /** The sandbox's directory, symlinks resolved; removed when the sandbox is disposed of. */
  readonly root: string;
  readonly home: string;
  /** The state directory: `PLIMSOLL_STATE`. */
  readonly state: string;
  readonly env: Record<string, string>;
  /** A path in the sandbox. */
  path(...parts: string[]): string;
}

/** Make a sandbox: `using box = sandbox()`. */
export function sandbox(): Sandbox {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "plimsoll-test-")));
  const home = join(root, "home");
  const state = join(root, "state");
  mkdirSync(home);
  return {
    root,
    home,
    state,
    env: {
      HOME: home,
      PATH: "/usr/local/bin:/usr/bin:/bin",
      LANG: "C.UTF-8",
      TZ: "UTC",
      TERM: "xterm-256color",
      PLIMSOLL_STATE: state,
    },
    path: (...parts) => join(root, ...parts),
    [Symbol.dispose]: () => {
      awaitPasses(root);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Wait for background passes that renders have started: they would write into a removed directory. */
function awaitPasses(root: string): void {
  const deadline = performance.now() + 35_000;
  const isPass = ({ pid, parent, state }: Process) =>
    parent !== process.pid && state !== "T" && executable(pid) === BINARY;
  while (CAN_SEE_PROCESSES && processesOf(root).some(isPass) && performance.now() < deadline)
    Bun.sleepSync(5);
}

/** The outcome of a run of the binary. */
export interface Finished {
  readonly code: number | null;
  readonly signal: string | number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

/** How the binary is started. `env` is the whole environment. */
export interface RunOptions {
  readonly env: Record<string, string>;
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  /** Another name for the binary, as argv[0]. */
  readonly argv0?: string;
  /** Kill the process after this long; `signal` then is SIGKILL. Default 20 000. */
  readonly timeoutMs?: number;
}

/** Run the binary to its end. */
export async function run(args: readonly string[], options: RunOptions): Promise<Finished> {
  const started = performance.now();
  const child = Bun.spawn([BINARY, ...args], {
    env: options.env,
    cwd: options.cwd ?? options.env.HOME ?? "/",
    ...(options.argv0 === undefined ? {} : { argv0: options.argv0 }),
    stdin:
      options.stdin === undefined
        ? "ignore"
        : typeof options.stdin === "string"
          ? Buffer.from(options.stdin)
          : options.stdin,
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.timeoutMs ?? 20_000,
    killSignal: "SIGKILL",
  });
  return { ...(await endOf(child)), elapsedMs: performance.now() - started };
}

/** Wait for a child to end. @returns its exit code or signal, and its whole output */
export async function endOf(
  child: Bun.Subprocess<Bun.SpawnOptions.Writable, "pipe", "pipe">,
): Promise<Omit<Finished, "elapsedMs">> {
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  await child.exited;
  return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
}

/** Wait until `condition` holds. Throws an error that names it after `timeoutMs`. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`timeout after ${timeoutMs} ms: ${what}`);
    await Bun.sleep(5);
  }
}
