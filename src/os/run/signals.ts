/**
 * Signals by name and number, as `kill -l` lists them.
 *
 * The numbers differ between Linux (the same on x64 and arm64) and macOS. Real-time signals, on Linux only, are named
 * from the nearer end: RTMIN+3, RTMAX-14. glibc and musl reserve 32 and 33 (musl: 34 too).
 */

const ON_MAC = process.platform === "darwin";

/** The signals that the program uses. The others are looked up in `node:os`, which takes 1.5 ms to load. */
export const SIG = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  TTIN: 21,
  TTOU: 22,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  ...(ON_MAC
    ? { STOP: 17, TSTP: 18, CONT: 19, CHLD: 20, USR1: 30, USR2: 31 }
    : { USR1: 10, USR2: 12, CHLD: 17, CONT: 18, STOP: 19, TSTP: 20 }),
} as const;

const LINUX_ONLY = { STKFLT: 16, POLL: 29, PWR: 30 } as const;

/** The signals that people and service managers send: `run` and `lock run` forward them. */
export const COMMONLY_SENT: readonly number[] = [
  SIG.HUP,
  SIG.INT,
  SIG.QUIT,
  SIG.ALRM,
  SIG.TERM,
  SIG.USR1,
  SIG.USR2,
];

/**
 * All signals that terminate a process by default and that a supervisor can forward: `timeout` forwards them. KILL cannot
 * be caught; the faults (SEGV, BUS, ILL, FPE, TRAP, ABRT) and SYS belong to the runtime's crash handling, which also
 * ignores XFSZ.
 */
export const FORWARDED: readonly number[] = [
  ...COMMONLY_SENT,
  SIG.PIPE,
  SIG.XCPU,
  SIG.VTALRM,
  SIG.PROF,
  ...(ON_MAC ? [] : Object.values(LINUX_ONLY)),
];

const used = new Map<string, number>(Object.entries(ON_MAC ? SIG : { ...SIG, ...LINUX_ONLY }));
const ALIASES: Readonly<Record<string, string>> = ON_MAC
  ? { IOT: "ABRT", CLD: "CHLD", POLL: "IO" }
  : { IOT: "ABRT", CLD: "CHLD", IO: "POLL" };
const RTMIN = 34;
const RTMAX = 64;

let all: Map<string, number> | undefined;

/** Every signal by name, without aliases. */
function allSignals(): ReadonlyMap<string, number> {
  if (all) return all;
  const { constants } = require("node:os") as typeof import("node:os");
  const named = Object.entries(constants.signals).map(([name, number]) => [name.slice(3), number] as const);
  all = new Map(named.filter(([name]) => !Object.hasOwn(ALIASES, name)));
  if (ON_MAC) all.set("EMT", 7); // missing in node:os
  return all;
}

/**
 * Parse a signal as `kill -s` does: a name, ignoring case, with or without SIG, or a number.
 * A number may also be a shell's exit status, 128 + n, with the masks of coreutils.
 * @returns the number (0 for "EXIT" and "0"), or undefined for an unknown signal
 */
export function parseSignal(text: string): number | undefined {
  if (/^[0-9]+$/.test(text)) return parseNumber(Number(text));
  const upper = text.toUpperCase().replace(/^SIG/, "");
  if (upper === "EXIT") return 0;
  const name = ALIASES[upper] ?? upper;
  return used.get(name) ?? allSignals().get(name) ?? parseRealTime(name);
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

/** @returns a signal's name without SIG ("TERM", "RTMIN+3"; "EXIT" for 0), or undefined for an unknown number */
export function signalName(signal: number): string | undefined {
  if (signal === 0) return "EXIT";
  const name = nameIn(used, signal) ?? nameIn(allSignals(), signal);
  if (name !== undefined) return name;
  if (ON_MAC || signal < RTMIN || signal > RTMAX) return undefined;
  const [base, from] = signal <= RTMIN + (RTMAX - RTMIN) / 2 ? ["RTMIN", RTMIN] : ["RTMAX", RTMAX];
  const offset = signal - (from as number);
  return `${base}${offset === 0 ? "" : offset > 0 ? `+${offset}` : offset}`;
}

function nameIn(names: ReadonlyMap<string, number>, signal: number): string | undefined {
  for (const [name, number] of names) if (number === signal) return name;
  return undefined;
}

/** @returns a signal's name for messages: "TERM"; "0" for 0, as in coreutils 9.2 and later */
export const shownSignal = (signal: number): string =>
  signal === 0 ? "0" : (signalName(signal) ?? String(signal));
