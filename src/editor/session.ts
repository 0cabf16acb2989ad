/**
 * The editor in a terminal, in raw mode and on the alternate screen. However it ends (saved, left, signal, error), the
 * terminal is restored.
 */
import { constants } from "node:os";
import { onEndingSignals } from "../cli/ending-signals.ts";
import { drawOn } from "../cli/output.ts";
import type { EditorServices } from "./effects.ts";
import { onKeys } from "./key-stream.ts";
import type { Key } from "./keys.ts";
import { press } from "./modes/index.ts";
import { settle } from "./settle.ts";
import type { EditorState } from "./state.ts";
import { type Screen, view } from "./view/index.ts";

/** Alternate screen, no cursor, pasted text in brackets. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?2004h";
const LEAVE = "\x1b[0m\x1b[?2004l\x1b[?25h\x1b[?1049l";

/** The exit code when the terminal was closed. */
export const HUNG_UP = 128 + constants.signals.SIGHUP;

export interface EditorResult {
  /** Its report names what was written. */
  readonly state: EditorState;
  /** After a signal or a closed terminal; undefined when the user left. */
  readonly exitCode: number | undefined;
}

/**
 * Run the editor until the user leaves, a signal arrives, or the terminal is closed.
 * @param screenOf the current screen: its size may change
 */
export async function runEditor(
  first: EditorState,
  screenOf: () => Screen,
  services: EditorServices,
): Promise<EditorResult> {
  const { stdin, stdout } = process;
  let state = first;
  let restored = false;
  let exitCode: number | undefined;
  const enter = () => {
    stdin.setRawMode(true);
    drawOn(stdout, ENTER);
  };
  const leave = () => {
    drawOn(stdout, LEAVE);
    stdin.setRawMode(false);
  };
  const restore = () => {
    if (restored) return;
    restored = true;
    try {
      leave();
      stdin.pause();
    } catch (error) {
      // A closed terminal cannot be restored.
      if (exitCode !== HUNG_UP) throw error;
    }
  };
  const draw = () => {
    if (state.outcome) return;
    const lines = view(state, screenOf());
    drawOn(stdout, `\x1b[H${lines.map((line) => `${line}\x1b[0m\x1b[K`).join("\r\n")}\x1b[J`);
  };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const queue: Key[] = [];
  let working = false;
  /** Take all keys that came, then draw once: a pasted text would otherwise keep the editor busy for long. */
  const work = async () => {
    working = true;
    for (let key = queue.shift(); key !== undefined && !state.outcome; key = queue.shift()) {
      state = press(state, key);
      while (state.effect && !state.outcome) {
        const settled = await settle(state, services);
        // A signal may have ended it meanwhile.
        if (!state.outcome) state = settled;
      }
    }
    working = false;
    if (state.outcome) resolve();
    else draw();
  };
  const onKey = (key: Key) => {
    if (key === "ctrl-z") {
      suspend(leave, () => {
        if (restored) return;
        enter();
        draw();
      });
      return;
    }
    queue.push(key);
    if (working) return;
    working = true;
    queueMicrotask(() => void work().catch(reject));
  };
  const end = (code: number) => {
    if (state.outcome) return;
    exitCode = code;
    state = { ...state, outcome: "left" };
    resolve();
  };
  const onHangUp = () => end(HUNG_UP);

  const stopSignals = onEndingSignals((signal) => end(128 + signal));
  enter();
  const stopKeys = onKeys(stdin, onKey);
  for (const event of ["end", "error"]) stdin.on(event, onHangUp);
  stdout.on("error", onHangUp);
  stdout.on("resize", draw);
  try {
    draw();
    await promise;
    return { state, exitCode };
  } finally {
    stopKeys();
    stdout.off("resize", draw);
    restore();
    stopSignals();
  }
}

/** How long to wait for the stop. A shell without job control does not stop the process. ms. */
const STOP_MS = 100;

/** Stop the process, as the terminal does at ctrl-z, until the shell continues it. */
function suspend(leave: () => void, enter: () => void): void {
  let isOver = false;
  const resume = () => {
    if (isOver) return;
    isOver = true;
    process.off("SIGCONT", resume);
    enter();
  };
  process.on("SIGCONT", resume);
  leave();
  process.kill(process.pid, "SIGTSTP");
  setTimeout(resume, STOP_MS);
}
