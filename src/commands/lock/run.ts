import type { Command } from "../../cli/command.ts";
import { CommandError, EXIT, UsageError } from "../../cli/errors.ts";
import type { ParsedOptions } from "../../cli/options.ts";
import { reportError } from "../../cli/output.ts";
import { rawTail, restoreInherited } from "../../os/ffi/inherited.ts";
import { type Lock, type LockOptions, lockBlocking, tryLock } from "../../os/lock/flock.ts";
import { shownSignal } from "../../os/run/signals.ts";
import { supervise } from "../../os/run/supervise.ts";
import { exitAs, readDuration, readEnding, requireStarted, USUAL_SIGNALS } from "../supervised.ts";
import { type LockTarget, lockTarget, NAME_OR_PATH } from "./target.ts";

export const lockRun: Command = {
  name: "lock run",
  usage: ["[options] NAME|PATH [--] CMD [ARG…]"],
  about: "Run a command while holding a lock",
  details: `${NAME_OR_PATH}

The lock is flock(2): the kernel releases it when its holder has ended, however it ended, and flock(1) on the same file
respects it. Processes that the command starts inherit the lock and keep it after the command's end, unless --close.
Signals that end plimsoll are forwarded to the command. A symbolic link at the path is refused. The command may use the
terminal, and Ctrl-Z stops and continues it with plimsoll, as in 'plimsoll run'.

Exit codes: the command's; 75 (or CODE) the lock was held until the wait timed out; 124 the command's deadline passed;
137 the same, and KILL was needed; 125 the lock cannot be taken; 126 the command cannot be executed; 127 it was not
found; 74 the state directory cannot be used for a named lock; 2 usage. If the command dies of a signal, so does
plimsoll.

Example: plimsoll lock run -w 10 backup -- rsync -a src/ dst/`,
  stopAtOperand: true,
  operands: ["lock"],
  moreOperands: "command",
  options: [
    { long: ["shared"], short: ["s"], about: "Take a shared lock" },
    { long: ["exclusive"], short: ["x", "e"], about: "Take an exclusive lock (default)" },
    { long: ["nonblock", "nb", "nonblocking"], short: ["n"], about: "Fail immediately when it is held" },
    { long: ["wait"], short: ["w"], value: "SECONDS", about: "Time limit for waiting (default: none)" },
    {
      long: ["conflict-exit-code"],
      short: ["E"],
      value: "CODE",
      about: "Exit code when it is held (default 75)",
    },
    {
      long: ["close"],
      short: ["o"],
      about: "Do not pass the lock to the command: processes it leaves behind do not keep it",
    },
    { long: ["timeout"], value: "DURATION", about: "The command's deadline, as in 'plimsoll run'" },
    {
      long: ["kill-after"],
      short: ["k"],
      value: "DURATION",
      about: "From the signal to KILL (default 5s; 0: never)",
    },
    {
      long: ["signal"],
      value: "SIGNAL",
      completion: USUAL_SIGNALS,
      about: "Signal to send at the deadline (default TERM)",
    },
    { long: ["verbose"], short: ["v"], about: "Report progress on stderr" },
  ],
  exitCodes: { LockError: EXIT.runFailed },
  async run(options) {
    const [word, ...rest] = options.operands;
    const target = await lockTarget(word, { making: true });
    const command = rest[0] === "--" ? rest.slice(1) : rest;
    const [name] = command;
    if (name === undefined) throw new UsageError("a command is required", "see 'plimsoll lock run --help'");
    const conflictCode = readCode(options.get("conflict-exit-code"));
    const waitMs = readWait(options);
    const ending = readEnding(options);
    const durationMs = readDuration(options.get("timeout") ?? "0");
    const close = options.has("close");
    const verbose = options.has("verbose");

    restoreInherited();
    const held = await take(target, waitMs, verbose, {
      mode: options.lastOf("shared", "exclusive") ?? "exclusive",
      policy: target.policy,
      ...(target.notes !== undefined && { notes: target.notes }),
      inheritable: !close,
      command: command.join(" "),
    });
    if (!held) throw await conflict(target, conflictCode);
    const supervised = await supervise({
      argv: rawTail(command),
      durationMs,
      ...ending,
      foreground: durationMs === 0,
      ...(verbose && {
        onSend: (signal) => reportError(`plimsoll: sending ${shownSignal(signal)} to '${name}'`),
      }),
    });
    if (close) held.release();
    else held.leave();
    return exitAs(requireStarted(supervised, name), false);
  },
};

async function take(
  target: LockTarget,
  waitMs: number | undefined,
  verbose: boolean,
  options: LockOptions,
): Promise<Lock | undefined> {
  const atOnce = waitMs !== undefined || verbose ? tryLock(target.path, options) : undefined;
  if (atOnce || waitMs === 0) return atOnce;
  if (verbose) reportError(`plimsoll: waiting for ${target.word}: ${await describe(target)}`);
  return lockBlocking(target.path, options, waitMs);
}

async function conflict(target: LockTarget, exitCode: number): Promise<CommandError> {
  return new CommandError(`${target.word} is ${await describe(target)}`, { exitCode });
}

/** Loads its modules only when the lock is held. */
async function describe(target: LockTarget): Promise<string> {
  const { lockStatus } = await import("../../os/lock/status.ts");
  const { describeStatus } = await import("./describe.ts");
  const status = lockStatus(target.path, target.notes);
  return status.state === "free" ? "held until just now" : describeStatus(status, Date.now());
}

function readWait(options: ParsedOptions): number | undefined {
  if (options.has("nonblock")) return 0;
  const text = options.get("wait");
  return text === undefined ? undefined : readDuration(text);
}

function readCode(text: string | undefined): number {
  if (text === undefined) return EXIT.conflict;
  const code = /^\d{1,3}$/.test(text) ? Number(text) : 256;
  if (code > 255) throw new UsageError(`invalid exit code '${text}'`, "use 0 to 255");
  return code;
}
