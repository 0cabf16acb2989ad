/** What the steps of a selftest work with: a home directory, an environment, a session, and the program. */
import { mkdirSync, writeFileSync } from "node:fs";
import { type StatePaths, statePaths } from "../state/paths.ts";
import {
  Program,
  type ProgramOptions,
  type RunEnd,
  type RunningProgram,
  type RunOptions,
} from "./program.ts";
import { type TestSession, writeSession } from "./session.ts";

/** Everything is private to this test. */
export interface StepContext {
  /** A directory that steps may write to, symlinks resolved. */
  readonly root: string;
  /** The program's own path: the only command that exists. */
  readonly program: string;
  /** The program's state during the test. */
  readonly paths: StatePaths;
  readonly session: TestSession;
  /** Seconds, as an argument: how long a command that hangs on purpose waits for our lock if it is not killed. */
  readonly hangS: string;
  /** Run the program to its end, and kill what it leaves running. */
  run(args: readonly string[], options?: RunOptions): Promise<RunEnd>;
  /** Start the program. */
  start(args: readonly string[], options?: RunOptions): RunningProgram;
}

/** @returns the context, and a function that ends the program wherever it still runs */
export function openContext(
  root: string,
  { path, timeoutMs, signal }: Pick<ProgramOptions, "path" | "timeoutMs" | "signal">,
): { context: StepContext; end(): Promise<void> } {
  const env = makeHome(root);
  const program = new Program({ path, cwd: env.HOME, env, timeoutMs, signal });
  const context: StepContext = {
    root,
    program: path,
    paths: statePaths(env) as StatePaths,
    session: writeSession(env.CLAUDE_CONFIG_DIR, env.HOME),
    hangS: String((0.8 * timeoutMs) / 1_000),
    run: (args, options) => program.run(args, options),
    start: (args, options) => program.start(args, options),
  };
  return { context, end: () => program.end() };
}

/** Explicit, so that the test does not depend on the default rows. */
const CONFIG = '{ "rows": [["model", "context", "cost", "turns"]] }';

/** @returns the whole environment of the program */
function makeHome(path: string) {
  const env = {
    HOME: `${path}/home`,
    CLAUDE_CONFIG_DIR: `${path}/home/.claude`,
    PLIMSOLL_STATE: `${path}/state`,
    PLIMSOLL_CONFIG: `${path}/config.json`,
    TMPDIR: path,
    TZ: "UTC",
    COLUMNS: "100",
    NO_COLOR: "1",
  };
  mkdirSync(env.HOME, { mode: 0o700 });
  writeFileSync(env.PLIMSOLL_CONFIG, CONFIG, { mode: 0o600 });
  return env;
}

/** The exit code of a command that hangs if it is not killed. */
const NOT_KILLED = "99";

/** A command that waits for a lock of ours. */
export const hangingCommand = ({ program, hangS }: StepContext, lock: string): string[] => [
  program,
  "lock",
  "run",
  "-w",
  hangS,
  "-E",
  NOT_KILLED,
  lock,
  "--",
  program,
  "--version",
];
