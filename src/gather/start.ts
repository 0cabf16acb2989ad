/** A pass as the program runs it: bounded by the kernel, ended early by signals. */

import { setLowPriority } from "../os/ffi/process.ts";
import { armDeadline } from "../os/run/deadline.ts";
import type { Handover } from "../state/handover.ts";
import { type PassOptions, type PassReport, runPass } from "./pass.ts";

/** How much later the kernel ends what did not end by itself. Milliseconds. */
const LAST_RESORT_MS = 1_000;

export interface StartOptions extends Omit<PassOptions, "signal" | "request"> {
  /** Works out what the pass is about: within the deadline, because it may read stdin and look for files. */
  request(): Promise<Handover>;
  /** Nobody waits for it: it gives way to everybody else. */
  readonly background: boolean;
}

/**
 * Run a pass in this process, which has nothing else to do.
 * @throws StateDirectoryError when there is no place for state
 */
export async function startPass({ background, ...options }: StartOptions): Promise<PassReport> {
  using _deadline = armDeadline(options.deadlineMs + LAST_RESORT_MS);
  if (background) setLowPriority();
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => stop.abort());
  const request = await options.request();
  // Awaited here: the deadline is disarmed when this function is left.
  return await runPass({ ...options, request, signal: stop.signal });
}
