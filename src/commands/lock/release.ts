import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { parseDuration } from "../../cli/duration.ts";
import { CommandError, UsageError } from "../../cli/errors.ts";
import { EXIT } from "../../cli/exit-codes.ts";
import { printLine } from "../../cli/print.ts";
import { sayError } from "../../cli/say.ts";
import { errorText } from "../../os/ffi/library.ts";
import { endHolders } from "../../os/lock/release.ts";
import { type LockStatus, lockStatus } from "../../os/lock/status.ts";
import type { SentSignal } from "../../os/run/end-processes.ts";
import { PassLog } from "../../state/log.ts";
import { statePaths } from "../../state/paths.ts";
import { describeStatus } from "./describe.ts";
import { type LockTarget, lockTarget, NAME_OR_PATH, withLockErrors } from "./target.ts";

const DEFAULT_GRACE_MS = 5_000;

export const lockRelease: Command = {
  name: "lock release",
  usage: ["[options] NAME|PATH"],
  about: "Have a lock given up by ending who holds it",
  details: `${NAME_OR_PATH}

A lock is never taken from a living holder. Without --force this names the holder and does nothing. With --force the
holder gets TERM and, after the grace, KILL; so does what inherited the lock from it, and nobody who got the lock since.
Each signal is reported on stderr, and in gather.log of the state directory.

Exit codes: 0 the lock is free; 75 it is held; 1 it could not be looked at; 74 the state directory
cannot be used; 2 usage.`,
  operands: ["lock"],
  options: [
    { long: ["force"], about: "Signal the holder: TERM, then KILL" },
    {
      long: ["kill-after"],
      short: ["k"],
      value: "DURATION",
      about: "From TERM to KILL (default 5s; 0: at once)",
    },
  ],
  async run(options) {
    if (options.operands.length > 1) throw new UsageError("one lock at a time");
    const target = await lockTarget(options.operands[0]);
    const graceMs = readGrace(options.get("kill-after"));
    const look = () => withLockErrors(EXIT.failure, () => lockStatus(target.path, target.notes));
    const before = await look();
    if (before.state === "free") return report(target, before);
    if (!options.has("force"))
      throw held(target, before, "nothing was done: 'plimsoll lock release --force' ends the holder");
    const paths = statePaths(process.env);
    const log = paths && new PassLog(paths, `lock release ${printable(target.word)}`);
    const say = (message: string) => {
      sayError(`plimsoll: ${message}`);
      log?.write(message);
    };
    say(`releasing ${target.word}: ${describeStatus(before, Date.now())}`);
    const after = await withLockErrors(EXIT.failure, () =>
      endHolders(target.path, target.notes, graceMs, (sent) => say(words(sent))),
    );
    log?.write(`now ${describeStatus(after, Date.now())}`);
    if (after.state === "free") return report(target, after);
    throw held(
      target,
      after,
      "whoever holds it now is not who held it before, or may not be signalled by you",
    );
  },
};

function readGrace(text: string | undefined): number {
  const ms = text === undefined ? DEFAULT_GRACE_MS : parseDuration(text);
  if (ms === undefined) throw new UsageError(`'${text}' is no duration`, "a number and s, m, h or d: 1.5s");
  return ms;
}

const held = (target: LockTarget, status: LockStatus, hint: string): CommandError =>
  new CommandError(`${target.word} is ${describeStatus(status, Date.now())}`, {
    exitCode: EXIT.conflict,
    hint,
  });

function report(target: LockTarget, status: LockStatus): number {
  printLine(`${printable(target.word)}: ${describeStatus(status, Date.now())}`);
  return EXIT.ok;
}

const words = ({ pid, signal, errno }: SentSignal): string =>
  errno === 0 ? `sent ${signal} to pid ${pid}` : `cannot send ${signal} to pid ${pid}: ${errorText(errno)}`;
