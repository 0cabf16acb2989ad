/** The command line of flock(1): its options, their values, and its error messages. */
import { leadingNumber } from "../cli/duration.ts";
import type { OptionSpec, ParsedOptions } from "../cli/options.ts";
import { LOCK } from "../os/ffi/flock.ts";
import { ERRNO, errorText } from "../os/ffi/library.ts";
import { AppletError } from "./applet.ts";

/** Exit codes: sysexits.h, and those of flock(1). */
export const EX = {
  conflict: 1,
  usage: 64,
  data: 65,
  noInput: 66,
  unavailable: 69,
  os: 71,
  cantCreate: 73,
} as const;

export const OPTIONS: readonly OptionSpec[] = [
  { long: ["shared"], short: ["s"], about: "" },
  { long: ["exclusive"], short: ["x", "e"], about: "" },
  { long: ["unlock"], short: ["u"], about: "" },
  { long: ["nonblocking", "nb"], short: ["n"], about: "" },
  { long: ["timeout", "wait"], short: ["w"], value: "SECS", about: "" },
  { long: ["conflict-exit-code"], short: ["E"], value: "NUMBER", about: "" },
  { long: ["close"], short: ["o"], about: "" },
  { long: ["no-fork"], short: ["F"], about: "" },
  { long: ["fcntl"], about: "" },
  { long: ["start"], value: "OFFSET", about: "" },
  { long: ["length"], value: "NUMBER", about: "" },
  { long: ["verbose"], about: "" },
  { long: ["help"], short: ["h"], about: "" },
  { long: ["version"], short: ["V"], about: "" },
];

export const HELP = `
Usage:
 flock [options] <file>|<directory> <command> [<argument>...]
 flock [options] <file>|<directory> -c <command>
 flock [options] <file descriptor number>

Run a command under an advisory lock.

Options:
 -s, --shared             share the lock with others who share it
 -x, -e, --exclusive      share it with no other process (default)
 -u, --unlock             give a lock up
 -n, --nb, --nonblock     fail at once instead of waiting
 -w, --wait, --timeout <secs>
                          wait no longer than this
 -E, --conflict-exit-code <number>
                          exit code when the lock is held (default 1)
 -o, --close              keep the lock's descriptor from the command
 -c, --command <command>  give one line to the shell
 -F, --no-fork            become the command
     --fcntl              take a lock of fcntl(2) (F_OFD_SETLK; Linux)
     --start <offset>     from this byte on (implies --fcntl)
     --length <number>    so many bytes (implies --fcntl; default: all)
     --verbose            report progress

 -h, --help               show this help
 -V, --version            show the version

This is plimsoll under the name of flock.`;

export interface FlockRequest {
  readonly operation: number;
  readonly nonBlocking: boolean;
  /** Absent: no time limit. */
  readonly waitMs?: number;
  readonly conflictCode: number;
  readonly close: boolean;
  readonly noFork: boolean;
  readonly verbose: boolean;
  /** The bytes to lock with fcntl(2); absent: the file, with flock(2). */
  readonly range?: { readonly start: bigint; readonly length: bigint };
}

export function readRequest(options: ParsedOptions): FlockRequest {
  const waitMs = options.has("timeout") ? waitTime(options.get("timeout") ?? "") : undefined;
  const request = {
    operation: operationOf(options),
    nonBlocking: options.has("nonblocking") || waitMs === 0,
    ...(waitMs === undefined ? {} : { waitMs }),
    conflictCode: options.has("conflict-exit-code")
      ? conflictCode(options.get("conflict-exit-code") ?? "")
      : EX.conflict,
    close: options.has("close"),
    noFork: options.has("no-fork"),
    verbose: options.has("verbose"),
    ...rangeOf(options),
  };
  if (request.close && request.noFork)
    throw new AppletError("the --no-fork and --close options are incompatible", EX.usage);
  return request;
}

function rangeOf(options: ParsedOptions): Pick<FlockRequest, "range"> {
  if (options.lastOf("fcntl", "start", "length") === undefined) return {};
  const start = readSize(options.get("start") ?? "0", "start offset");
  return { range: { start, length: readSize(options.get("length") ?? "0", "length of the locked range") } };
}

/** Parse a number of bytes: K, M, G, T, P or E (and iB) are powers of 1024, KB and so on powers of 1000. */
function readSize(text: string, what: string): bigint {
  const match = /^\s*\+?(0x[0-9a-f]+|\d+)(?:([KMGTPE])(iB|B)?)?$/i.exec(text);
  if (!match) throw new AppletError(`invalid ${what}: '${text}'`, EX.usage);
  const [, number = "", unit = "", kind] = match;
  const power = unit === "" ? 0 : "KMGTPE".indexOf(unit.toUpperCase()) + 1;
  const bytes = BigInt(number) * (kind?.toUpperCase() === "B" ? 1000n : 1024n) ** BigInt(power);
  if (bytes !== BigInt.asUintN(64, bytes))
    throw new AppletError(`invalid ${what}: '${text}': ${errorText(ERRNO.ERANGE)}`, EX.usage);
  return BigInt.asIntN(64, bytes);
}

const OPERATIONS = { shared: LOCK.SH, exclusive: LOCK.EX, unlock: LOCK.UN } as const;

const operationOf = (options: ParsedOptions): number =>
  OPERATIONS[options.lastOf("shared", "exclusive", "unlock") ?? "exclusive"];

/** Whether a whole number fits into a C `int`. */
export const isInt = (value: number): boolean => value === (value | 0);

/** The kernel's seconds are signed 64-bit numbers. */
const TIME_LIMIT = 2 ** 63;

function waitTime(text: string): number {
  const number = leadingNumber(text);
  if (/^\s*nan$/i.test(text)) throw new AppletError("cannot set up timer: Invalid argument", EX.os);
  if (number?.rest !== "") throw new AppletError(`invalid timeout value: '${text}'`, EX.usage);
  if (number.value < 0 || number.value >= TIME_LIMIT)
    throw new AppletError("cannot set up timer: Invalid argument", EX.os);
  return number.value * 1000;
}

function conflictCode(text: string): number {
  if (!/^\s*[+-]?\d+$/.test(text)) throw new AppletError(`invalid exit code: '${text}'`, EX.usage);
  const code = Number(text);
  if (!isInt(code))
    throw new AppletError(`invalid exit code: '${text}': ${errorText(ERRNO.ERANGE)}`, EX.usage);
  if (code < 0 || code > 255) throw new AppletError("exit code out of range (expected 0 to 255)", EX.usage);
  return code;
}
