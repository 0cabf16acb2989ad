/**
 * The editor in a terminal: raw mode and the alternate screen while it runs; on every way out — saving, leaving, a
 * signal, an error — the terminal is as it was.
 */
import { drawOn } from "../output/write.ts";
import { keysOf } from "./keys.ts";
import { type EditorState, press } from "./state.ts";
import { type Screen, view } from "./view.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[0m\x1b[?25h\x1b[?1049l";
const SIGNALS = ["SIGTERM", "SIGHUP", "SIGINT"] as const;

/**
 * Run the editor until the person saves or leaves.
 * @param screenOf the screen as it is now: it may change its size
 * @returns the last state; its outcome says whether to save
 */
export async function runEditor(first: EditorState, screenOf: () => Screen): Promise<EditorState> {
  const { stdin, stdout } = process;
  let state = first;
  let restored = false;
  const restore = () => {
    if (restored) return;
    restored = true;
    stdin.setRawMode(false);
    stdin.pause();
    drawOn(stdout, LEAVE);
  };
  const draw = () => {
    const lines = view(state, screenOf());
    drawOn(stdout, `\x1b[H${lines.map((line) => `${line}\x1b[0m\x1b[K`).join("\r\n")}\x1b[J`);
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  const onInput = (bytes: Buffer) => {
    for (const key of keysOf(bytes.toString("utf8"))) {
      state = press(state, key);
      if (state.outcome) return resolve();
    }
    draw();
  };
  const onSignal = () => {
    state = { ...state, outcome: "left" };
    resolve();
  };

  stdin.setRawMode(true);
  drawOn(stdout, ENTER);
  stdin.on("data", onInput);
  stdin.on("end", onSignal);
  stdout.on("resize", draw);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    draw();
    await promise;
    return state;
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    stdin.off("data", onInput);
    stdin.off("end", onSignal);
    stdout.off("resize", draw);
    restore();
  }
}
