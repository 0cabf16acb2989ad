/** One render, from stdin to stdout, within its deadline. */

import { printWithConsole } from "../cli/output.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { tidy } from "../line/layout/clean.ts";
import { renderLine } from "../line/layout/line.ts";
import type { Environment } from "../os/environment.ts";
import { writeText } from "../os/io/stdio.ts";
import { armDeadline } from "../os/run/deadline.ts";
import { configPath, statePaths } from "../state/paths.ts";
import { DISPLAY_DEADLINE_MS } from "../state/timeouts.ts";
import { resolveInputs } from "./context.ts";
import { passIsDue, spawnPass } from "./handover.ts";

declare const PLIMSOLL_TEST_HANG: boolean | undefined;

const STDOUT = 1;

/**
 * Draw the line, then start a background pass if one is due.
 * @param env the process's environment
 */
export function drawLine(env: Environment): void | Promise<void> {
  armDeadline(DISPLAY_DEADLINE_MS);
  if (typeof PLIMSOLL_TEST_HANG === "boolean") for (;;);
  const found = loadConfig(configPath(env), statePaths(env)?.configCache);
  if (!found.changed) return draw(env, found);
  return drawFresh(env, found);
}

/** The configuration changed: this render checks it, which takes a little longer. */
async function drawFresh(env: Environment, found: LoadedConfig): Promise<void> {
  const { checkChanged } = await import("../config-file/refresh.ts");
  draw(env, await checkChanged(found));
}

function draw(env: Environment, found: LoadedConfig): void {
  const inputs = resolveInputs(env, found, Date.now());
  writeText(STDOUT, `${renderLine(inputs.context).join("\n")}\n`);
  if (env.PLIMSOLL_NO_GATHER || !passIsDue(inputs)) return;
  try {
    spawnPass(inputs, env);
  } catch {
    // The system cannot start a process. The line is drawn; its figures visibly grow old, and the next render retries.
  }
}

/** Draw a row with an error. Through Bun's console: our own output code may be what failed. */
export function drawFailure(message: string): void {
  printWithConsole(tidy(`plimsoll: ${message}`).slice(0, 200));
}
