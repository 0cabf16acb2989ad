/**
 * timeout(1) of GNU coreutils 9: its grammar, messages, exit codes and signal handling.
 *
 * It becomes the leader of a new process group that the command shares, sends the signal to the command and then to the
 * group (ignoring its own copy), continues stopped processes, and forwards the signals it receives.
 * Newer than in Debian 12: -f and -p, as in POSIX 2024.
 */

import { parseDuration } from "../cli/duration.ts";
import type { OptionSpec } from "../cli/options.ts";
import { printWithConsole } from "../cli/output.ts";
import { rawTail, restoreInherited } from "../os/ffi/inherited.ts";
import { ERRNO, errorText } from "../os/ffi/library.ts";
import { disableCoreFile, keepTerminalModes, leadGroup, localeIsUtf8 } from "../os/ffi/process.ts";
import { defaultSignal, dieOf, ignoreSignal, kill, unblockSignal } from "../os/ffi/signal.ts";
import { spawnCommand, type WaitStatus } from "../os/ffi/spawn.ts";
import { after, childEnd, endedWithParent, onSignals } from "../os/run/children.ts";
import { FORWARDED, parseSignal, SIG, shownSignal } from "../os/run/signals.ts";
import { VERSION } from "../version.ts";
import { type Applet, AppletError, parseAppletOptions, report } from "./applet.ts";

const TIMED_OUT = 124;
const OWN_FAILURE = 125;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

const OPTIONS: readonly OptionSpec[] = [
  { long: ["kill-after"], short: ["k"], value: "DURATION", about: "" },
  { long: ["signal"], short: ["s"], value: "SIGNAL", about: "" },
  { long: ["verbose"], short: ["v"], about: "" },
  { long: ["foreground"], short: ["f"], about: "" },
  { long: ["preserve-status"], short: ["p"], about: "" },
  { long: ["help"], about: "" },
  { long: ["version"], about: "" },
];

const HELP = `Usage: timeout [OPTION]... DURATION COMMAND [ARG]...
Run COMMAND, and end it when it still runs after DURATION.

  -f, --foreground        stay in the group of the caller, so that COMMAND can
                            read from the terminal; only COMMAND is signalled
  -k, --kill-after=DURATION
                          send KILL too when COMMAND still runs this long
                            after the first signal
  -p, --preserve-status   exit as COMMAND did, even after a timeout
  -s, --signal=SIGNAL     what to send on timeout: a name such as HUP, or a
                            number (default TERM)
  -v, --verbose           report on stderr which signal is sent
      --help              show this help
      --version           show the version

DURATION is a floating point number and an optional unit: s (seconds, the
default), m (minutes), h (hours) or d (days). 0 is no limit.

Exit status:
  124  COMMAND timed out, and --preserve-status was not given
  125  timeout itself failed
  126  COMMAND was found and cannot be run
  127  COMMAND was not found
  137  COMMAND or timeout was sent KILL
  else that of COMMAND

This is plimsoll under the name of timeout.`;

/**
 * Handled even when inherited as ignored, as INT and QUIT are in a script after `&`: the command gets their default
 * actions, and the original's tests rely on that.
 */
const ALWAYS_HANDLED = [SIG.ALRM, SIG.INT, SIG.QUIT];

interface TimeoutRequest {
  readonly durationMs: number;
  readonly killAfterMs: number;
  readonly signal: number;
  readonly foreground: boolean;
  readonly preserveStatus: boolean;
  readonly verbose: boolean;
  readonly argv: readonly string[];
}

export const timeoutApplet: Applet = {
  name: "timeout",
  async run(argv) {
    const request = parse(argv);
    if (typeof request === "string") {
      printWithConsole(request);
      return 0;
    }
    return limit(request);
  },
};

/** @returns the request, or a text to print instead */
function parse(argv: readonly string[]): TimeoutRequest | string {
  const options = parseAppletOptions(OPTIONS, argv, OWN_FAILURE);
  if (options.has("help")) return HELP;
  if (options.has("version")) return `timeout (plimsoll) ${VERSION}`;
  const killAfterMs = options.has("kill-after") ? duration(options.get("kill-after") ?? "") : 0;
  const signal = options.has("signal") ? signalNumber(options.get("signal") ?? "") : SIG.TERM;
  const [time, ...command] = options.operands;
  if (time === undefined || command.length === 0) throw new AppletError("", OWN_FAILURE, { tryHelp: true });
  return {
    durationMs: duration(time),
    killAfterMs,
    signal,
    foreground: options.has("foreground"),
    preserveStatus: options.has("preserve-status"),
    verbose: options.has("verbose"),
    argv: command,
  };
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new AppletError(`invalid time interval ${quote(text)}`, OWN_FAILURE, { tryHelp: true });
  return ms;
}

function signalNumber(text: string): number {
  const signal = parseSignal(text);
  if (signal === undefined)
    throw new AppletError(`${quote(text)}: invalid signal`, OWN_FAILURE, { tryHelp: true });
  return signal;
}

async function limit(request: TimeoutRequest): Promise<number> {
  restoreInherited();
  keepTerminalModes();
  if (!request.foreground) leadGroup();
  defaultSignal(SIG.CHLD);
  let watch: Watch | undefined;
  onSignals(FORWARDED, (signal) => watch?.receive(signal), [...ALWAYS_HANDLED, request.signal]);
  for (const signal of [SIG.TTIN, SIG.TTOU]) ignoreSignal(signal);
  const pid = spawnCommand(endedWithParent(rawTail(request.argv), request.signal), {
    place: "same",
    defaults: [SIG.TTIN, SIG.TTOU],
  });
  const name = request.argv[0] ?? "";
  if (pid < 0) {
    const code = pid === -ERRNO.ENOENT ? NOT_FOUND : NOT_EXECUTABLE;
    throw new AppletError(`failed to run command ${quote(name)}: ${errorText(-pid)}`, code);
  }
  watch = new Watch(pid, request);
  // The caller may have blocked it. Our deadline does not use it, but another process may send it.
  unblockSignal(SIG.ALRM);
  const { status } = await childEnd(pid);
  watch.disarm();
  return exitCode(status, watch.timedOut, request.preserveStatus);
}

/** The running command. */
class Watch {
  readonly #pid: number;
  readonly #request: TimeoutRequest;
  #signal: number;
  #killAfterMs: number;
  #disarm: () => void = () => {};
  timedOut = false;

  constructor(pid: number, request: TimeoutRequest) {
    this.#pid = pid;
    this.#request = request;
    this.#signal = request.signal;
    this.#killAfterMs = request.killAfterMs;
    this.#arm(request.durationMs);
  }

  disarm(): void {
    this.#disarm();
  }

  /** Handle a signal sent to us; ALRM acts like the deadline. */
  receive(signal: number): void {
    if (signal === SIG.ALRM) this.#expire();
    else this.#end(signal);
  }

  #arm(ms: number): void {
    this.#disarm();
    if (ms > 0 && ms !== Number.POSITIVE_INFINITY) this.#disarm = after(ms, () => this.#expire());
  }

  #expire(): void {
    this.timedOut = true;
    this.#end(this.#signal);
  }

  #end(signal: number): void {
    if (this.#killAfterMs > 0) {
      this.#signal = SIG.KILL;
      this.#arm(this.#killAfterMs);
      this.#killAfterMs = 0;
    }
    const { verbose, argv, foreground } = this.#request;
    if (verbose)
      report("timeout", `sending signal ${shownSignal(signal)} to command ${quote(argv[0] ?? "")}`);
    kill(this.#pid, signal);
    if (foreground) return;
    this.#sendToGroup(signal);
    if (signal === SIG.KILL || signal === SIG.CONT) return;
    kill(this.#pid, SIG.CONT);
    this.#sendToGroup(SIG.CONT);
  }

  /** Ignores our own copy of the signal. KILL cannot be ignored: that is the exit code 137 of timeout(1). */
  #sendToGroup(signal: number): void {
    if (signal !== 0) ignoreSignal(signal);
    kill(0, signal);
  }
}

function exitCode(status: WaitStatus, timedOut: boolean, preserveStatus: boolean): number {
  if (status.kind === "exited") return timedOut && !preserveStatus ? TIMED_OUT : status.code;
  const { signal, core } = status;
  if (core) report("timeout", "the monitored command dumped core");
  if (!timedOut) {
    disableCoreFile();
    dieOf(signal);
  }
  return timedOut && !preserveStatus && signal !== SIG.KILL ? TIMED_OUT : 128 + signal;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

/** Quote as GNU messages do: ‘text’ in a UTF-8 locale, else 'text'; with C escapes for unprintable characters. */
function quote(text: string): string {
  const utf8 = localeIsUtf8();
  const [open, close] = utf8 ? ["‘", "’"] : ["'", "'"];
  const controlled = text.replace(/[\x00-\x1f\x7f\\]/g, (char) => ESCAPES[char] ?? octal(char.charCodeAt(0)));
  const escaped = controlled.replaceAll(close, `\\${close}`);
  return open + (utf8 ? escaped : escaped.replace(/[^\x00-\x7f]+/g, inOctal)) + close;
}

const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, "0")}`;

const inOctal = (text: string): string => [...new TextEncoder().encode(text)].map(octal).join("");
