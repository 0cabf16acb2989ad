/**
 * Asking a terminal for its background colour: OSC 11 of xterm, which most terminals answer.
 *
 * A request for the terminal's type (DA1) follows, which practically all of them answer, in order: its answer means that
 * no other one follows. Answers are read here, without echo, so that none of them reaches the shell.
 *
 * Input is read byte by byte up to the end of that answer: what is typed after it stays for the next reader. What is
 * typed between the question and the answer cannot be given back, and is dropped.
 */

import { POLL, poll, read } from "../os/ffi/file.ts";
import { ownGroup } from "../os/ffi/process.ts";
import { foregroundGroup, makeRaw, setTerminalModes, terminalModes } from "../os/ffi/terminal.ts";
import { writeText } from "../os/io/stdio.ts";
import { onEndingSignals } from "./ending-signals.ts";

const QUESTION = "\x1b]11;?\x1b\\\x1b[c";

/** An answer that has begun is read to its end unless no byte comes for this long. Milliseconds. */
const IDLE_MS = 1000;
/** Limits of what is read as an answer. Milliseconds, bytes. */
const LONGEST_MS = 5000;
const LONGEST_ANSWER = 1024;

/** A standard stream: `process.stdin`, `process.stdout`. */
interface StandardStream {
  readonly isTTY?: boolean;
  readonly fd: number;
}

/**
 * Ask the terminal for its background. Nothing is written unless both streams are a terminal, this process is in its
 * foreground, and no typed input is waiting. A signal that arrives meanwhile takes effect after the terminal's modes
 * were restored.
 * @param timeoutMs how long to wait for the beginning of an answer; one that has begun is read to its end
 * @returns undefined when the terminal does not answer
 */
export async function askBackground(
  stdin: StandardStream,
  stdout: StandardStream,
  timeoutMs: number,
): Promise<"dark" | "light" | undefined> {
  if (!stdin.isTTY || !stdout.isTTY || foregroundGroup(stdin.fd) !== ownGroup()) return undefined;
  if (isWaiting(stdin.fd)) return undefined;
  const modes = terminalModes(stdin.fd);
  if (!modes) return undefined;
  let received: string | undefined;
  let signal: number | undefined;
  const stopSignals = onEndingSignals((number) => {
    signal ??= number;
  });
  try {
    if (!setTerminalModes(stdin.fd, makeRaw(modes))) return undefined;
    // Raw mode makes a line readable that is only half typed: it stays for the next reader.
    if (!isWaiting(stdin.fd) && writeText(stdout.fd, QUESTION) === 0)
      received = readAnswer(stdin.fd, timeoutMs);
  } finally {
    setTerminalModes(stdin.fd, modes);
    // Reading blocked the event loop, which calls the listeners.
    await new Promise((resolve) => setImmediate(resolve));
    stopSignals();
  }
  if (signal !== undefined) process.kill(process.pid, signal);
  else if (received?.includes("\x03")) process.kill(process.pid, "SIGINT");
  return received === undefined ? undefined : backgroundIn(received);
}

const isWaiting = (fd: number): boolean => poll(fd, POLL.IN, 0) !== 0;

/** Read until the last answer, or until none is expected any more. */
function readAnswer(fd: number, timeoutMs: number): string {
  const started = Bun.nanoseconds();
  const elapsed = () => (Bun.nanoseconds() - started) / 1e6;
  const byte = new Uint8Array(1);
  let received = "";
  let hasBegun = false;
  while (received.length < LONGEST_ANSWER) {
    const left = hasBegun ? Math.min(IDLE_MS, timeoutMs + LONGEST_MS - elapsed()) : timeoutMs - elapsed();
    // A signal interrupts the wait.
    if (left <= 0 || poll(fd, POLL.IN, Math.ceil(left)) <= 0 || read(fd, byte) !== 1) break;
    const character = String.fromCharCode(byte[0] as number);
    received += character;
    hasBegun ||= character === "\x1b";
    if (character === "c" && isComplete(received)) break;
  }
  return received;
}

/** It ends with DA1's answer: CSI ? numbers c. */
const isComplete = (received: string): boolean => /\x1b\[\?[\d;]*c$/.test(received);

/** OSC 11's answer after ESC, and what follows it. */
const ANSWER = /^\]11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})(?:\/[\da-f]{1,4})?(.*)$/is;

/**
 * The answer to OSC 11: "rgb:" or "rgba:" and the channels, each with one to four hexadecimal digits.
 * @returns undefined when it is missing or incomplete
 */
export function backgroundIn(received: string): "dark" | "light" | undefined {
  const sequences = received.split("\x1b");
  const at = sequences.findIndex((sequence) => ANSWER.test(sequence));
  const [, ...channels] = ANSWER.exec(sequences[at] ?? "") ?? [];
  const isEnded = channels[3]?.startsWith("\x07") || sequences[at + 1]?.startsWith("\\");
  if (!isEnded) return undefined;
  const [red, green, blue] = channels
    .slice(0, 3)
    .map((digits) => Number.parseInt(digits, 16) / (16 ** digits.length - 1)) as [number, number, number];
  return 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 ? "dark" : "light";
}
