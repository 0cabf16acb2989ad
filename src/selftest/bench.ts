/** What the steps work with: a home, an environment and a session of their own, and the program in it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { type StatePaths, statePaths } from "../state/paths.ts";
import type { Ended } from "./ended.ts";
import { Program, type ProgramOptions, type Started, type StartOptions } from "./program.ts";
import { type Session, writeSession } from "./session.ts";

/** What a step works with: all of it private to this run. */
export interface Bench {
  /** A directory of our own, symlinks resolved, to which a step may write. */
  readonly root: string;
  /** The program's own path: the only command that there is. */
  readonly program: string;
  /** Where the program keeps its state during the test. */
  readonly paths: StatePaths;
  /** The session that is shown and counted. */
  readonly session: Session;
  /** How long a command that hangs on purpose waits for our lock, should nobody end it: seconds, as an argument. */
  readonly hangS: string;
  /** Run this program to its end; what it leaves running is ended too. */
  run(args: readonly string[], options?: StartOptions): Promise<Ended>;
  /** Start this program and go on. */
  start(args: readonly string[], options?: StartOptions): Started;
}

/**
 * Make everything that the steps need below a directory of our own.
 * @returns also what ends the program wherever it still runs
 */
export function openBench(
  root: string,
  { path, runTimeoutMs, signal }: Pick<ProgramOptions, "path" | "runTimeoutMs" | "signal">,
): { bench: Bench; end(): Promise<void> } {
  const env = makeHome(root);
  const program = new Program({ path, cwd: env.HOME, env, runTimeoutMs, signal });
  const bench: Bench = {
    root,
    program: path,
    paths: statePaths(env) as StatePaths,
    session: writeSession(env.CLAUDE_CONFIG_DIR, env.HOME),
    hangS: String((0.8 * runTimeoutMs) / 1_000),
    run: (args, options) => program.run(args, options),
    start: (args, options) => program.start(args, options),
  };
  return { bench, end: () => program.end() };
}

/** What each row shows, so that the test does not depend on what a user's looks like by default. */
const CONFIG = '{ "rows": [["model", "context", "cost", "turns"]] }';

/** @returns the environment that leads there, and to nothing else */
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
