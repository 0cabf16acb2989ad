import { readdirSync } from "node:fs";
import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { CommandError, EXIT, UsageError } from "../../cli/errors.ts";
import { toJson } from "../../cli/json.ts";
import { printLine } from "../../cli/output.ts";
import { cString } from "../../os/ffi/library.ts";
import { linkStat } from "../../os/ffi/stat.ts";
import { LockError } from "../../os/lock/file.ts";
import { lockStatus } from "../../os/lock/status.ts";
import { statePaths } from "../../state/paths.ts";
import { describeStatus, statusFields } from "./describe.ts";
import { lockDirectory, lockName } from "./target.ts";

export const lockList: Command = {
  name: "lock list",
  usage: ["[options]"],
  about: "List the named locks and their states",
  details: "Exit codes: 0, or 74 when the state directory cannot be used or read.",
  options: [{ long: ["json"], about: "Print a JSON array" }],
  async run(options) {
    if (options.operands.length > 0)
      throw new UsageError("'lock list' takes no operands", "see 'plimsoll lock status'");
    const root = statePaths(process.env)?.root;
    const isMissing = root !== undefined && linkStat(cString(root)) === undefined;
    const folder = isMissing ? root : await lockDirectory();
    const locks = namesIn(folder).map((name) => ({ name, ...look(`${folder}/${name}.lock`) }));
    if (options.has("json"))
      printLine(
        toJson(
          locks.map(({ name, status, error }) =>
            status ? statusFields(name, status) : { lock: name, error },
          ),
        ),
      );
    else
      for (const { name, status, error } of locks)
        printLine(`${printable(name)}: ${status ? describeStatus(status, Date.now()) : printable(error)}`);
    return EXIT.ok;
  },
};

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .flatMap((file) => lockName(file) ?? [])
      .sort();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === "ENOENT") return []; // no lock was ever made
    throw new CommandError(`cannot list the locks: ${message}`, { exitCode: EXIT.io });
  }
}

function look(path: string) {
  try {
    return { status: lockStatus(path) };
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    return { error: error.message };
  }
}
