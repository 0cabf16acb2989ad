import { lstatSync, mkdirSync, readlinkSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { APPLETS } from "../applets/index.ts";
import { printable } from "../cli/characters.ts";
import type { Command } from "../cli/command.ts";
import { CommandError, EXIT, UsageError } from "../cli/errors.ts";
import { printLine } from "../cli/output.ts";

export const applets: Command = {
  name: "applets",
  usage: ["DIR"],
  about: "Create links that run the program as flock(1) and timeout(1)",
  details: `Creates DIR/flock and DIR/timeout, symbolic links to this program. With DIR in PATH, scripts written for Linux run on
macOS. Existing files are never replaced: a link to this program is kept, anything else is an error.

Exit codes: 0 the links exist; 1 another file exists there; 74 they cannot be created; 2 usage.`,
  operands: ["directory"],
  options: [],
  run(options) {
    const [folder, ...more] = options.operands;
    if (folder === undefined || more.length > 0)
      throw new UsageError("a directory is required", "see 'plimsoll applets --help'");
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
    if (code !== "EEXIST") throw new CommandError(`cannot create ${path}: ${message}`, { exitCode: EXIT.io });
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new CommandError(`${folder} is not a directory`, { hint: "choose a directory" });
    if (lstatSync(path).isSymbolicLink() && readlinkSync(path) === program)
      return `${path} -> ${program} (exists)`;
    throw new CommandError(`${path} exists already`, { hint: "move it, or choose another directory" });
  }
}
