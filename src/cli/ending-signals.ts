/** The signals that end a program, while it must restore a terminal first. */
import { isIgnored } from "../os/ffi/signal.ts";
import { SIG } from "../os/run/signals.ts";

const ENDING = ["HUP", "INT", "QUIT", "TERM", "ALRM", "USR1", "USR2", "XCPU", "VTALRM", "PROF"] as const;

/**
 * Call `listener` instead of ending the process. Signals that the process ignores stay ignored.
 * @param listener takes the signal's number
 * @returns a function that restores the default actions
 */
export function onEndingSignals(listener: (signal: number) => void): () => void {
  const listeners = ENDING.filter((name) => !isIgnored(SIG[name])).map(
    (name) => [`SIG${name}`, () => listener(SIG[name])] as const,
  );
  for (const [name, each] of listeners) process.on(name, each);
  return () => {
    for (const [name, each] of listeners) process.off(name, each);
  };
}
