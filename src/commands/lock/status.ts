import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { EXIT, UsageError } from "../../cli/errors.ts";
import { toJson } from "../../cli/json.ts";
import { printLine } from "../../cli/output.ts";
import { lockStatus } from "../../os/lock/status.ts";
import { describeStatus, statusFields } from "./describe.ts";
import { lockTarget, NAME_OR_PATH } from "./target.ts";

export const lockStatusCommand: Command = {
  name: "lock status",
  usage: ["[options] NAME|PATH"],
  about: "Show who holds a lock",
  details: `${NAME_OR_PATH}

The lock is not touched, so no 'lock run -n' fails because of this (on Linux; macOS has no table of locks, so there it is
tried and released). States: free; held (the holder is verified by pid and start time); stopped (the holder is stopped);
inherited (the holder has ended, a process it started keeps the lock); owner-unknown; other-namespace.

Exit codes: 0 the state was determined; 1 it was not; 74 the state directory cannot be used; 2 usage.`,
  operands: ["lock"],
  options: [{ long: ["json"], about: "Print one JSON object" }],
  exitCodes: { LockError: EXIT.failure },
  async run(options) {
    if (options.operands.length > 1) throw new UsageError(`unexpected argument '${options.operands[1]}'`);
    const target = await lockTarget(options.operands[0]);
    const status = lockStatus(target.path, target.notes);
    if (options.has("json")) printLine(toJson(statusFields(target.word, status)));
    else printLine(`${printable(target.word)}: ${describeStatus(status, Date.now())}`);
    return EXIT.ok;
  },
};
