/** One render, from stdin to stdout, inside of its deadline. */

import { printWithConsole } from "../cli/output.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { tidy } from "../line/layout/clean.ts";
import { renderLine } from "../line/layout/line.ts";
import { writeText } from "../os/io/stdio.ts";
import { armDeadline } from "../os/run/deadline.ts";
import { configPath, statePaths } from "../state/paths.ts";
import { resolveInputs } from "./context.ts";
import { passIsDue, startPass } from "./handover.ts";
import type { Environment } from "./terminal.ts";

declare const PLIMSOLL_TEST_HANG: boolean | undefined;

/** When the kernel ends a render, however busy it is. A payload is waited for 200 ms at most, so 500 ms are plenty. */
const DEADLINE_MS = 550;
const STDOUT = 1;

/**
 * Draw the line, then start a background pass if one is due.
 * @param env the process's environment
 */
export function drawLine(env: Environment): void | Promise<void> {
  armDeadline(DEADLINE_MS);
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
  const scene = resolveInputs(env, found, Date.now());
  writeText(STDOUT, `${renderLine(scene.context).join("\n")}\n`);
  if (env.PLIMSOLL_NO_GATHER || !passIsDue(scene)) return;
  try {
    startPass(scene, env);
  } catch {
    // No process to be had. The row is drawn; its figures grow old visibly, and the next render tries again.
  }
}

/** Draw a row that names what went wrong, by Bun's own means: ours may be what went wrong. */
export function drawFailure(message: string): void {
  printWithConsole(tidy(`plimsoll: ${message}`).slice(0, 200));
}
