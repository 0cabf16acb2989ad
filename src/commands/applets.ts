import { lstatSync, mkdirSync, readlinkSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { APPLETS } from "../applets/index.ts";
import { printable } from "../cli/characters.ts";
import type { Command } from "../cli/command.ts";
import { CommandError, UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { printLine } from "../cli/print.ts";

export const personas: Command = {
  name: "personas",
  usage: ["DIR"],
  about: "Make links through which the program is flock(1) and timeout(1)",
  details: `Makes DIR/flock and DIR/timeout, symbolic links to this program. With DIR in PATH, scripts written for Linux run on
macOS. What stands there already is left alone: a link of ours is fine, anything else is an error.

Exit codes: 0 the links are there; 1 something else is in the way; 74 they cannot be made; 2 usage.`,
  operands: ["directory"],
  options: [],
  run(options) {
    const [folder, ...more] = options.operands;
    if (folder === undefined || more.length > 0)
      throw new UsageError("which directory?", "see 'plimsoll personas --help'");
    for (const name of Object.keys(APPLETS)) printLine(printable(link(folder, name)));
    return EXIT.ok;
  },
};

function link(folder: string, name: string): string {
  const path = join(folder, name);
  const program = process.execPath;
  try {
    mkdirSync(folder, { recursive: true });
    symlinkSync(program, path);
    return `${path} -> ${program}`;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== "EEXIST") throw new CommandError(`cannot make ${path}: ${message}`, { exitCode: EXIT.io });
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new CommandError(`${folder} is not a directory`, { hint: "choose a directory" });
    if (lstatSync(path).isSymbolicLink() && readlinkSync(path) === program)
      return `${path} -> ${program} (was there)`;
    throw new CommandError(`${path} is in the way`, { hint: "move it, or choose another directory" });
  }
}
