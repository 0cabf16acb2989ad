/**
 * flock(1) of util-linux 2.38: its grammar, messages and exit codes, and --fcntl, --start and --length of later versions.
 *
 * One improvement: after locking, the path is compared with the locked file, so that a waiter does not proceed with a
 * file that was deleted meanwhile.
 */

import { printable } from "../cli/characters.ts";
import { printWithConsole } from "../cli/output.ts";
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
import { type Applet, AppletError, parseAppletOptions, report } from "./applet.ts";
import { EX, type FlockRequest, HELP, isInt, OPTIONS, readRequest } from "./flock-options.ts";

export const flockApplet: Applet = {
  name: "flock",
  run(argv) {
    if (argv.length === 0) throw new AppletError("not enough arguments", EX.usage, { tryHelp: true });
    const options = parseAppletOptions(OPTIONS, argv, EX.usage);
    if (options.has("help")) return print(HELP);
    if (options.has("version")) return print(`flock (plimsoll) ${VERSION}`);
    const request = readRequest(options);
    const [target, ...rest] = rawTail(options.operands);
    if (target === undefined) throw new AppletError("requires file descriptor, file or directory", EX.usage);
    const [first, ...others] = rest;
    if (first === undefined) return lockDescriptor(options.operands[0] ?? "", request);
    return lockAndRun(target, options.operands[0] ?? "", commandOf([first, ...others]), request);
  },
};

function print(text: string): number {
  printWithConsole(text);
  return 0;
}

function commandOf([first, ...rest]: readonly [Word, ...Word[]]): readonly Word[] {
  const option = showWord(first);
  if (option !== "-c" && option !== "--command") return [first, ...rest];
  const [line] = rest;
  if (line === undefined || rest.length !== 1)
    throw new AppletError(`${option} requires exactly one command argument`, EX.usage);
  return [process.env.SHELL || "/bin/sh", "-c", line];
}

/** The form without a command: lock a descriptor of the caller, and leave it locked. */
function lockDescriptor(text: string, request: FlockRequest): number {
  if (!/^\s*[+-]?\d+$/.test(text)) throw new AppletError(`bad file descriptor: '${text}'`, EX.usage);
  const fd = Number(text);
  if (!isInt(fd))
    throw new AppletError(`bad file descriptor: '${text}': ${errorText(ERRNO.ERANGE)}`, EX.usage);
  const error = take(fd, request);
  return error === 0 ? 0 : refuse(error, String(fd), request);
}

function lockAndRun(path: Word, name: string, command: readonly Word[], request: FlockRequest): number {
  restoreInherited();
  for (;;) {
    const fd = open(path, name, request);
    const error = take(fd, request);
    if (error !== 0) return refuse(error, name, request);
    if (request.operation === LOCK.UN || leadsTo(path, fd)) return runCommand(command, request);
    close(fd); // deleted or replaced while we waited: others cannot see this lock
  }
}

function open(path: Word, name: string, request: FlockRequest): number {
  const flags = OPEN.NOCTTY | (request.close ? OPEN.CLOEXEC : 0);
  // fcntl(2) requires write access for an exclusive lock.
  const access = request.range && request.operation === LOCK.EX ? OPEN.WRONLY : OPEN.RDONLY;
  const created = openFile(path, access | OPEN.CREAT | flags, 0o666);
  const fd = created === -ERRNO.EISDIR ? openFile(path, OPEN.RDONLY | flags, 0) : created;
  if (fd >= 0) return fd;
  const noResources = [ERRNO.ENOMEM, ERRNO.EMFILE, ERRNO.ENFILE].includes(-fd);
  const noPlace = [ERRNO.EROFS, ERRNO.ENOSPC].includes(-fd);
  const code = noResources ? EX.os : noPlace ? EX.cantCreate : EX.noInput;
  throw new AppletError(`cannot open lock file ${name}: ${errorText(-fd)}`, code);
}

/** Lock, waiting in the kernel; signals have their default actions. @returns 0, or an errno: EAGAIN when it is held */
function take(fd: number, { operation, nonBlocking, waitMs, verbose, range }: FlockRequest): number {
  const started = performance.now();
  const error = lockWithin(nonBlocking ? 0 : waitMs, (flags) =>
    range ? lockRecord(fd, operation | flags, range.start, range.length) : flock(fd, operation | flags),
  );
  if (error === 0 && verbose)
    printWithConsole(`flock: getting lock took ${((performance.now() - started) / 1000).toFixed(6)} seconds`);
  return error;
}

function refuse(error: number, name: string, { nonBlocking, verbose, conflictCode }: FlockRequest): number {
  if (error === ERRNO.EAGAIN) {
    if (verbose) report("flock", nonBlocking ? "failed to get lock" : "timeout while waiting to get lock");
    return conflictCode;
  }
  throw new AppletError(
    `${name}: ${errorText(error)}`,
    error === ERRNO.ENOLCK || error === ERRNO.ENOMEM ? EX.os : EX.data,
  );
}

function runCommand(command: readonly Word[], { noFork, verbose }: FlockRequest): number {
  if (verbose) printWithConsole(printable(`flock: executing ${showWord(command[0] ?? "")}`));
  defaultSignal(SIG.CHLD);
  keepTerminalModes();
  const failed = (errno: number) => {
    const code = errno === ERRNO.ENOMEM ? EX.os : EX.unavailable;
    return new AppletError(`failed to execute ${showWord(command[0] ?? "")}: ${errorText(errno)}`, code);
  };
  if (noFork) {
    for (const signal of RUNTIME_IGNORES) defaultSignal(signal);
    throw failed(execute(command));
  }
  const pid = spawnCommand(command, { place: "same" });
  if (pid < 0) throw failed(-pid);
  const end = waitFor(pid, true);
  if (!end) throw new AppletError("waitpid failed: No child processes", EX.os);
  return end.status.kind === "exited" ? end.status.code : 128 + end.status.signal;
}
