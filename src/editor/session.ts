/**
 * The editor in a terminal: raw mode and the alternate screen while it runs; on every way out — saving, leaving, a
 * signal, an error — the terminal is as it was.
 */
import { drawOn } from "../cli/output.ts";
import { type Key, onKeys } from "./keys.ts";
import { type EditorState, press } from "./state.ts";
import { type Screen, view } from "./view.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[0m\x1b[?25h\x1b[?1049l";
/** The exit code when the terminal was closed: 128 and the number of HUP. */
export const HUNG_UP = 129;
/** What ends it from outside, and the exit code that says so. */
const SIGNALS = { SIGHUP: HUNG_UP, SIGINT: 130, SIGTERM: 143 } as const;

/** How the editor ended. */
export interface Ended {
  /** The last state; its outcome says whether to save. */
  readonly state: EditorState;
  /** The exit code of a signal or a closed terminal; undefined when the person saved or left. */
  readonly exitCode: number | undefined;
}

/**
 * Run the editor until the person saves or leaves, a signal comes, or the terminal is closed.
 * @param screenOf the screen as it is now: it may change its size
 */
export async function runEditor(first: EditorState, screenOf: () => Screen): Promise<Ended> {
  const { stdin, stdout } = process;
  let state = first;
  let restored = false;
  let exitCode: number | undefined;
  const restore = () => {
    if (restored) return;
    restored = true;
    try {
      drawOn(stdout, LEAVE);
      stdin.setRawMode(false);
      stdin.pause();
    } catch (error) {
      // A terminal that is gone needs no restoring.
      if (exitCode !== HUNG_UP) throw error;
    }
  };
  const draw = () => {
    const lines = view(state, screenOf());
    drawOn(stdout, `\x1b[H${lines.map((line) => `${line}\x1b[0m\x1b[K`).join("\r\n")}\x1b[J`);
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  const onKey = (key: Key) => {
    if (state.outcome) return;
    state = press(state, key);
    if (state.outcome) resolve();
    else draw();
  };
  const end = (code: number) => {
    if (state.outcome) return;
    exitCode = code;
    state = { ...state, outcome: "left" };
    resolve();
  };
  const onHangUp = () => end(HUNG_UP);
  const onSignals = Object.entries(SIGNALS).map(([signal, code]) => [signal, () => end(code)] as const);

  stdin.setRawMode(true);
  drawOn(stdout, ENTER);
  const stopKeys = onKeys(stdin, onKey);
  for (const event of ["end", "error"]) stdin.on(event, onHangUp);
  stdout.on("error", onHangUp);
  stdout.on("resize", draw);
  for (const [signal, listener] of onSignals) process.on(signal, listener);
  try {
    draw();
    await promise;
    return { state, exitCode };
  } finally {
    for (const [signal, listener] of onSignals) process.off(signal, listener);
    stopKeys();
    stdout.off("resize", draw);
    restore();
  }
}
