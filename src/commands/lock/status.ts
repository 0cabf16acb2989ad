import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { UsageError } from "../../cli/errors.ts";
import { EXIT } from "../../cli/exit-codes.ts";
import { toJson } from "../../cli/json.ts";
import { printLine } from "../../cli/print.ts";
import { lockStatus } from "../../os/lock/status.ts";
import { describeStatus, statusFields } from "./describe.ts";
import { lockTarget, NAME_OR_PATH, withLockErrors } from "./target.ts";

export const lockStatusCommand: Command = {
  name: "lock status",
  usage: ["[options] NAME|PATH"],
  about: "Say who holds a lock",
  details: `${NAME_OR_PATH}

Looking does not disturb: nobody's -n fails because of it (on Linux; macOS has no table of locks, there it is tried
and given back). States: free; held (the holder is verified by pid and start time); stopped (held by a process that is
stopped); inherited (the holder has ended, something it started keeps the lock); owner-unknown; other-namespace.

Exit codes: 0 the state was found, whatever it is; 1 it could not be; 74 the state directory cannot be used; 2 usage.`,
  operands: ["lock"],
  options: [{ long: ["json"], about: "Print one JSON object" }],
  async run(options) {
    if (options.operands.length > 1) throw new UsageError("one lock at a time");
    const target = await lockTarget(options.operands[0]);
    const status = await withLockErrors(EXIT.failure, () => lockStatus(target.path, target.notes));
    if (options.has("json")) printLine(toJson(statusFields(target.word, status)));
    else printLine(`${printable(target.word)}: ${describeStatus(status, Date.now())}`);
    return EXIT.ok;
  },
};
