/**
 * Signals by name and number: what `kill -l` knows.
 *
 * The numbers differ between Linux (the same on x64 and arm64) and macOS. Real-time signals, on Linux only, are named
 * from the nearer end: RTMIN+3, RTMAX-14. glibc and musl keep 32 and 33 (musl: 34 too) to themselves.
 */

const ON_MAC = process.platform === "darwin";

const LINUX = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG " +
  "XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS"
).split(" ");
const MACOS = (
  "HUP INT QUIT ILL TRAP ABRT EMT FPE KILL BUS SEGV SYS PIPE ALRM TERM URG STOP TSTP CONT CHLD TTIN TTOU IO XCPU " +
  "XFSZ VTALRM PROF WINCH INFO USR1 USR2"
).split(" ");
const NAMES = ON_MAC ? MACOS : LINUX;
const ALIASES: Readonly<Record<string, string>> = ON_MAC
  ? { IOT: "ABRT", CLD: "CHLD", POLL: "IO" }
  : { IOT: "ABRT", CLD: "CHLD", IO: "POLL" };
const RTMIN = 34;
const RTMAX = 64;

const number = (name: string): number => NAMES.indexOf(name) + 1;

/** The signals that the program names itself. */
export const SIG = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  ALRM: 14,
  TERM: 15,
  PIPE: 13,
  XFSZ: 25,
  TTIN: 21,
  TTOU: 22,
  CHLD: number("CHLD"),
  CONT: number("CONT"),
  STOP: number("STOP"),
  TSTP: number("TSTP"),
} as const;

/**
 * Signals that end a process by default and that a supervisor can pass on. KILL cannot be caught; the faults (SEGV,
 * BUS, ILL, FPE, TRAP, ABRT) and SYS belong to the runtime's own crash handling; XFSZ is ignored by the runtime.
 */
export const FORWARDED: readonly number[] = (
  ON_MAC
    ? ["HUP", "INT", "QUIT", "ALRM", "TERM", "PIPE", "USR1", "USR2", "XCPU", "VTALRM", "PROF"]
    : [
        "HUP",
        "INT",
        "QUIT",
        "ALRM",
        "TERM",
        "PIPE",
        "USR1",
        "USR2",
        "XCPU",
        "VTALRM",
        "PROF",
        "STKFLT",
        "POLL",
        "PWR",
      ]
).map(number);

/** Those of them that people and service managers send: what the native commands pass on. */
export const COMMONLY_SENT: readonly number[] = ["HUP", "INT", "QUIT", "ALRM", "TERM", "USR1", "USR2"].map(
  number,
);

/** Dispositions that the runtime changed before any JavaScript ran: what is started gets the defaults back. */
export const RUNTIME_IGNORES: readonly number[] = [SIG.PIPE, SIG.XFSZ];

/**
 * Read a signal as `kill -s` does: a name in any case with or without SIG, or a number.
 * A number may also be a shell's exit status, 128 + n, as in coreutils, whose masks these are.
 * @returns the number (0 for "EXIT" and "0"), or undefined when there is no such signal
 */
export function parseSignal(text: string): number | undefined {
  if (/^[0-9]+$/.test(text)) return parseNumber(Number(text));
  const name = text.toUpperCase().replace(/^SIG/, "");
  if (name === "EXIT") return 0;
  const known = number(ALIASES[name] ?? name);
  return known > 0 ? known : parseRealTime(name);
}

function parseNumber(value: number): number | undefined {
  if (!Number.isSafeInteger(value) || value > 0x7fffffff) return undefined;
  const signal = value & (value >= 0xff ? 0xff : 0x7f);
  return signalName(signal) === undefined ? undefined : signal;
}

function parseRealTime(name: string): number | undefined {
  const match = ON_MAC ? null : /^RT(MIN|MAX)([+-][0-9]+)?$/.exec(name);
  if (!match) return undefined;
  const signal = (match[1] === "MIN" ? RTMIN : RTMAX) + Number(match[2] ?? 0);
  return signal >= RTMIN && signal <= RTMAX ? signal : undefined;
}

/** @returns a signal's name without SIG ("TERM", "RTMIN+3"; "EXIT" for 0), or undefined when there is none */
export function signalName(signal: number): string | undefined {
  if (signal === 0) return "EXIT";
  const name = NAMES[signal - 1];
  if (name !== undefined) return name;
  if (ON_MAC || signal < RTMIN || signal > RTMAX) return undefined;
  const [base, from] = signal <= RTMIN + (RTMAX - RTMIN) / 2 ? ["RTMIN", RTMIN] : ["RTMAX", RTMAX];
  const offset = signal - (from as number);
  return `${base}${offset === 0 ? "" : offset > 0 ? `+${offset}` : offset}`;
}

/** @returns a signal as a message names it: "TERM"; "0" for 0, as coreutils 9.2 and later do */
export const shownSignal = (signal: number): string =>
  signal === 0 ? "0" : (signalName(signal) ?? String(signal));
