/**
 * flock(1) of util-linux 2.38: its grammar, its messages, its exit codes.
 *
 * From later versions: --fcntl, --start and --length. One thing it does better: after locking, the path is compared with what was locked, so that a waiter does not enter
 * on a file that was deleted meanwhile.
 */

import { printable } from "../cli/characters.ts";
import { leadingNumber } from "../cli/duration.ts";
import type { OptionSpec, ParsedOptions } from "../cli/options.ts";
import { sayByConsole } from "../cli/say.ts";
import { close, OPEN, openFile } from "../os/ffi/file.ts";
import { flock, LOCK, lockRecord, lockWithin } from "../os/ffi/flock.ts";
import { rawTail, restoreInherited } from "../os/ffi/inherited.ts";
import { ERRNO, errorText, showWord, type Word } from "../os/ffi/library.ts";
import { keepTerminalModes } from "../os/ffi/process.ts";
import { defaultSignal, RUNTIME_IGNORES } from "../os/ffi/signal.ts";
import { execute, spawnCommand, waitFor } from "../os/ffi/spawn.ts";
import { leadsTo } from "../os/io/file.ts";
import { SIG } from "../os/run/signals.ts";
import { VERSION } from "../version.ts";
import { type Applet, PersonaError, parsePersonaOptions, say } from "./applet.ts";

/** sysexits.h, and flock(1)'s own. */
const EX = {
  conflict: 1,
  usage: 64,
  data: 65,
  noInput: 66,
  unavailable: 69,
  os: 71,
  cantCreate: 73,
} as const;

const OPTIONS: readonly OptionSpec[] = [
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

const HELP = `
Usage:
 flock [options] <file>|<directory> <command> [<argument>...]
 flock [options] <file>|<directory> -c <command>
 flock [options] <file descriptor number>

Run a command under an advisory lock.

Options:
 -s, --shared             share the lock with others who share it
 -x, -e, --exclusive      share it with nobody (default)
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
     --verbose            say what happens

 -h, --help               show this help
 -V, --version            show the version

This is plimsoll under the name of flock.`;

interface Request {
  readonly operation: number;
  readonly nonBlocking: boolean;
  /** Absent: for ever. */
  readonly waitMs?: number;
  readonly conflictCode: number;
  readonly close: boolean;
  readonly noFork: boolean;
  readonly verbose: boolean;
  /** The bytes to lock with fcntl(2); absent: the file, with flock(2). */
  readonly range?: { readonly start: bigint; readonly length: bigint };
}

export const flockPersona: Applet = {
  name: "flock",
  run(argv) {
    if (argv.length === 0) throw new PersonaError("not enough arguments", EX.usage, { tryHelp: true });
    const options = parsePersonaOptions(OPTIONS, argv, EX.usage);
    if (options.has("help")) return print(HELP);
    if (options.has("version")) return print(`flock (plimsoll) ${VERSION}`);
    const request = readRequest(options);
    const [target, ...rest] = rawTail(options.operands);
    if (target === undefined) throw new PersonaError("requires file descriptor, file or directory", EX.usage);
    const [first, ...others] = rest;
    if (first === undefined) return lockDescriptor(options.operands[0] ?? "", request);
    return lockAndRun(target, options.operands[0] ?? "", commandOf([first, ...others]), request);
  },
};

function print(text: string): number {
  sayByConsole(text);
  return 0;
}

function readRequest(options: ParsedOptions): Request {
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
    throw new PersonaError("the --no-fork and --close options are incompatible", EX.usage);
  return request;
}

function rangeOf(options: ParsedOptions): Pick<Request, "range"> {
  if (options.lastOf("fcntl", "start", "length") === undefined) return {};
  const start = readSize(options.get("start") ?? "0", "start offset");
  return { range: { start, length: readSize(options.get("length") ?? "0", "length of the locked range") } };
}

/** A number of bytes: with K, M, G, T, P or E (and iB) for powers of 1024, with KB and so on for those of 1000. */
function readSize(text: string, what: string): bigint {
  const match = /^\s*\+?(0x[0-9a-f]+|\d+)(?:([KMGTPE])(iB|B)?)?$/i.exec(text);
  if (!match) throw new PersonaError(`invalid ${what}: '${text}'`, EX.usage);
  const [, number = "", unit = "", kind] = match;
  const power = unit === "" ? 0 : "KMGTPE".indexOf(unit.toUpperCase()) + 1;
  const bytes = BigInt(number) * (kind?.toUpperCase() === "B" ? 1000n : 1024n) ** BigInt(power);
  if (bytes !== BigInt.asUintN(64, bytes))
    throw new PersonaError(`invalid ${what}: '${text}': ${errorText(ERRNO.ERANGE)}`, EX.usage);
  return BigInt.asIntN(64, bytes);
}

const OPERATIONS = { shared: LOCK.SH, exclusive: LOCK.EX, unlock: LOCK.UN } as const;

const operationOf = (options: ParsedOptions): number =>
  OPERATIONS[options.lastOf("shared", "exclusive", "unlock") ?? "exclusive"];

/** Whether a whole number is one that a C `int` can hold. */
const isInt = (value: number): boolean => value === (value | 0);

/** Seconds are a signed number of 64 bits for the kernel. */
const TIME_LIMIT = 2 ** 63;

function waitTime(text: string): number {
  const number = leadingNumber(text);
  if (/^\s*nan$/i.test(text)) throw new PersonaError("cannot set up timer: Invalid argument", EX.os);
  if (number?.rest !== "") throw new PersonaError(`invalid timeout value: '${text}'`, EX.usage);
  if (number.value < 0 || number.value >= TIME_LIMIT)
    throw new PersonaError("cannot set up timer: Invalid argument", EX.os);
  return number.value * 1000;
}

function conflictCode(text: string): number {
  if (!/^\s*[+-]?\d+$/.test(text)) throw new PersonaError(`invalid exit code: '${text}'`, EX.usage);
  const code = Number(text);
  if (!isInt(code))
    throw new PersonaError(`invalid exit code: '${text}': ${errorText(ERRNO.ERANGE)}`, EX.usage);
  if (code < 0 || code > 255) throw new PersonaError("exit code out of range (expected 0 to 255)", EX.usage);
  return code;
}

function commandOf([first, ...rest]: readonly [Word, ...Word[]]): readonly Word[] {
  const option = showWord(first);
  if (option !== "-c" && option !== "--command") return [first, ...rest];
  const [line] = rest;
  if (line === undefined || rest.length !== 1)
    throw new PersonaError(`${option} requires exactly one command argument`, EX.usage);
  return [process.env.SHELL || "/bin/sh", "-c", line];
}

/** The form without a command: lock a descriptor that the caller has open, and leave it locked. */
function lockDescriptor(text: string, request: Request): number {
  if (!/^\s*[+-]?\d+$/.test(text)) throw new PersonaError(`bad file descriptor: '${text}'`, EX.usage);
  const fd = Number(text);
  if (!isInt(fd))
    throw new PersonaError(`bad file descriptor: '${text}': ${errorText(ERRNO.ERANGE)}`, EX.usage);
  const error = take(fd, request);
  return error === 0 ? 0 : refuse(error, String(fd), request);
}

function lockAndRun(path: Word, name: string, command: readonly Word[], request: Request): number {
  restoreInherited();
  for (;;) {
    const fd = open(path, name, request);
    const error = take(fd, request);
    if (error !== 0) return refuse(error, name, request);
    if (request.operation === LOCK.UN || leadsTo(path, fd)) return runCommand(command, request);
    close(fd); // deleted or replaced while we waited: others cannot see this lock
  }
}

function open(path: Word, name: string, request: Request): number {
  const flags = OPEN.NOCTTY | (request.close ? OPEN.CLOEXEC : 0);
  // fcntl(2) gives an exclusive lock only to who may write.
  const access = request.range && request.operation === LOCK.EX ? OPEN.WRONLY : OPEN.RDONLY;
  const created = openFile(path, access | OPEN.CREAT | flags, 0o666);
  const fd = created === -ERRNO.EISDIR ? openFile(path, OPEN.RDONLY | flags, 0) : created;
  if (fd >= 0) return fd;
  const noResources = [ERRNO.ENOMEM, ERRNO.EMFILE, ERRNO.ENFILE].includes(-fd);
  const noPlace = [ERRNO.EROFS, ERRNO.ENOSPC].includes(-fd);
  const code = noResources ? EX.os : noPlace ? EX.cantCreate : EX.noInput;
  throw new PersonaError(`cannot open lock file ${name}: ${errorText(-fd)}`, code);
}

/**
 * flock(2), waiting as told in the kernel: first come, first served. A signal ends us as it would end flock(1).
 * @returns 0, or an errno: EAGAIN when the lock is held
 */
function take(fd: number, { operation, nonBlocking, waitMs, verbose, range }: Request): number {
  const started = performance.now();
  const error = lockWithin(nonBlocking ? 0 : waitMs, (flags) =>
    range ? lockRecord(fd, operation | flags, range.start, range.length) : flock(fd, operation | flags),
  );
  if (error === 0 && verbose)
    sayByConsole(`flock: getting lock took ${((performance.now() - started) / 1000).toFixed(6)} seconds`);
  return error;
}

function refuse(error: number, name: string, { nonBlocking, verbose, conflictCode }: Request): number {
  if (error === ERRNO.EAGAIN) {
    if (verbose) say("flock", nonBlocking ? "failed to get lock" : "timeout while waiting to get lock");
    return conflictCode;
  }
  throw new PersonaError(
    `${name}: ${errorText(error)}`,
    error === ERRNO.ENOLCK || error === ERRNO.ENOMEM ? EX.os : EX.data,
  );
}

function runCommand(command: readonly Word[], { noFork, verbose }: Request): number {
  if (verbose) sayByConsole(printable(`flock: executing ${showWord(command[0] ?? "")}`));
  defaultSignal(SIG.CHLD);
  keepTerminalModes();
  const failed = (errno: number) => {
    const code = errno === ERRNO.ENOMEM ? EX.os : EX.unavailable;
    return new PersonaError(`failed to execute ${showWord(command[0] ?? "")}: ${errorText(errno)}`, code);
  };
  if (noFork) {
    for (const signal of RUNTIME_IGNORES) defaultSignal(signal);
    throw failed(execute(command));
  }
  const pid = spawnCommand(command, { place: "same" });
  if (pid < 0) throw failed(-pid);
  const end = waitFor(pid, true);
  if (!end) throw new PersonaError("waitpid failed: No child processes", EX.os);
  return end.status.kind === "exited" ? end.status.code : 128 + end.status.signal;
}
