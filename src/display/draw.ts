/** One render, from stdin to stdout, inside of its deadline. */
import { tidy } from "../line/clean.ts";
import { renderLine } from "../line/line.ts";
import { setAlarm } from "../process/libc/time.ts";
import { writeText } from "../process/stdout.ts";
import { resolveScene } from "./context.ts";
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
export function drawLine(env: Environment): void {
  setAlarm(DEADLINE_MS);
  if (typeof PLIMSOLL_TEST_HANG === "boolean") for (;;);
  const scene = resolveScene(env, Date.now());
  writeText(STDOUT, `${renderLine(scene.context).join("\n")}\n`);
  if (!passIsDue(scene)) return;
  try {
    startPass(scene, env);
  } catch {
    // No process to be had. The row is drawn; its figures grow old visibly, and the next render tries again.
  }
}

/** Draw a row that names what went wrong. @param message may hold anything */
export function drawFailure(message: string): void {
  const text = tidy(`plimsoll: ${message}`).slice(0, 200);
  try {
    writeText(STDOUT, `${text}\n`);
  } catch {
    // The C library cannot be called, which may be the very failure: Bun's own way out is slower, and needs nothing.
    console.log(text);
  }
}
