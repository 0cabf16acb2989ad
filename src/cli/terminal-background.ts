/**
 * Asking a terminal for its background colour: OSC 11 of xterm, which most terminals answer.
 *
 * A request for the terminal's type (DA1) follows, which practically all of them answer, in order: its answer means that
 * no other one follows. Answers are read here, without echo, so that none of them reaches the shell.
 */

import { POLL, poll, read } from "../os/ffi/file.ts";
import { ownGroup } from "../os/ffi/process.ts";
import { foregroundGroup, makeRaw, setTerminalModes, terminalModes } from "../os/ffi/terminal.ts";
import { writeText } from "../os/io/stdio.ts";

const QUESTION = "\x1b]11;?\x1b\\\x1b[c";

/** A terminal that has not answered in time is listened to for this many times the timeout: the answer may be late. */
const LATE_FACTOR = 3;

/** A standard stream: `process.stdin`, `process.stdout`. */
interface StandardStream {
  readonly isTTY?: boolean;
  readonly fd: number;
}

/**
 * Ask the terminal for its background. Nothing is written unless both streams are a terminal, this process is in its
 * foreground, and no typed input is waiting.
 * @param timeoutMs how long an answer counts; a late one is read and dropped
 * @returns undefined when the terminal does not answer
 */
export async function askBackground(
  stdin: StandardStream,
  stdout: StandardStream,
  timeoutMs: number,
): Promise<"dark" | "light" | undefined> {
  if (!stdin.isTTY || !stdout.isTTY || foregroundGroup(stdin.fd) !== ownGroup()) return undefined;
  if (poll(stdin.fd, POLL.IN, 0) !== 0) return undefined;
  const modes = terminalModes(stdin.fd);
  if (!modes || !setTerminalModes(stdin.fd, makeRaw(modes))) return undefined;
  let answer: Answer;
  try {
    if (writeText(stdout.fd, QUESTION) !== 0) return undefined;
    answer = readAnswer(stdin.fd, timeoutMs);
  } finally {
    setTerminalModes(stdin.fd, modes);
  }
  if (answer.interrupted) process.kill(process.pid, "SIGINT");
  return answer.background;
}

interface Answer {
  readonly background?: "dark" | "light" | undefined;
  /** The user pressed ctrl-c, which raw mode passes on as a byte. */
  readonly interrupted: boolean;
}

/** Read until the last answer, or until none is expected any more. */
function readAnswer(fd: number, timeoutMs: number): Answer {
  const started = Bun.nanoseconds();
  const elapsed = () => (Bun.nanoseconds() - started) / 1e6;
  const chunk = new Uint8Array(256);
  let received = "";
  let background: Answer["background"];
  while (received.length < 4096 && !isComplete(received)) {
    const left = timeoutMs * LATE_FACTOR - elapsed();
    if (left <= 0 || poll(fd, POLL.IN, Math.ceil(left)) <= 0) break;
    const length = read(fd, chunk);
    if (length <= 0) break;
    received += String.fromCharCode(...chunk.subarray(0, length));
    if (elapsed() <= timeoutMs) background = backgroundIn(received);
  }
  return { background, interrupted: received.includes("\x03") };
}

/** DA1's answer: CSI ? numbers c. */
const isComplete = (received: string): boolean =>
  received.split("\x1b").some((sequence) => /^\[\?[\d;]*c/.test(sequence));

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
