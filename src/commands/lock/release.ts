import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { CommandError, EXIT, UsageError } from "../../cli/errors.ts";
import { printLine, reportError } from "../../cli/output.ts";
import { errorText } from "../../os/ffi/library.ts";
import { endHolders } from "../../os/lock/release.ts";
import { type LockStatus, lockStatus } from "../../os/lock/status.ts";
import type { SentSignal } from "../../os/run/end-processes.ts";
import { PassLog } from "../../state/log.ts";
import { statePaths } from "../../state/paths.ts";
import { DEFAULT_GRACE_MS, readDuration } from "../supervised.ts";
import { describeStatus } from "./describe.ts";
import { type LockTarget, lockTarget, NAME_OR_PATH } from "./target.ts";

export const lockRelease: Command = {
  name: "lock release",
  usage: ["[options] NAME|PATH"],
  about: "Free a lock by ending its holder",
  details: `${NAME_OR_PATH}

A lock is never taken from a living holder. Without --force this only shows the holder. With --force it sends TERM to the
holder and, after the grace, KILL; also to processes that inherited the lock from it, but not to a later holder. Each
signal is reported on stderr, and logged in gather.log of the state directory.

Exit codes: 0 the lock is free; 75 it is held; 1 its state cannot be determined; 74 the state directory cannot be used;
2 usage.`,
  operands: ["lock"],
  options: [
    { long: ["force"], about: "End the holder: TERM, then KILL" },
    {
      long: ["kill-after"],
      short: ["k"],
      value: "DURATION",
      about: "From TERM to KILL (default 5s; 0: immediately)",
    },
  ],
  exitCodes: { LockError: EXIT.failure },
  async run(options) {
    if (options.operands.length > 1) throw new UsageError(`unexpected argument '${options.operands[1]}'`);
    const target = await lockTarget(options.operands[0]);
    const grace = options.get("kill-after");
    const graceMs = grace === undefined ? DEFAULT_GRACE_MS : readDuration(grace);
    const before = lockStatus(target.path, target.notes);
    if (before.state === "free") return report(target, before);
    if (!options.has("force")) throw held(target, before, "nothing was done: --force ends the holder");
    const paths = statePaths(process.env);
    const file = paths && new PassLog(paths, `lock release ${printable(target.word)}`);
    const log = (message: string) => {
      reportError(`plimsoll: ${message}`);
      file?.write(message);
    };
    log(`releasing ${target.word}: ${describeStatus(before, Date.now())}`);
    const after = await endHolders(target.path, target.notes, graceMs, (sent) => log(describeSignal(sent)));
    file?.write(`now ${describeStatus(after, Date.now())}`);
    if (after.state === "free") return report(target, after);
    throw held(target, after, "it has a new holder, or you may not signal the holder");
  },
};

const held = (target: LockTarget, status: LockStatus, hint: string): CommandError =>
  new CommandError(`${target.word} is ${describeStatus(status, Date.now())}`, {
    exitCode: EXIT.conflict,
    hint,
  });

function report(target: LockTarget, status: LockStatus): number {
  printLine(`${printable(target.word)}: ${describeStatus(status, Date.now())}`);
  return EXIT.ok;
}

const describeSignal = ({ pid, signal, errno }: SentSignal): string =>
  errno === 0 ? `sent ${signal} to pid ${pid}` : `cannot send ${signal} to pid ${pid}: ${errorText(errno)}`;
