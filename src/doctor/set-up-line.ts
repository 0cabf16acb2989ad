/** The fix for a line that is missing or leads nowhere: what `plimsoll setup` does, to the user's own settings only. */
import { lineCommands } from "../claude/line-command.ts";
import { SetupError } from "../setup/errors.ts";
import { programName } from "../setup/program.ts";
import { setUp } from "../setup/run.ts";
import type { CheckContext, Fix } from "./check.ts";

/** @param path the user's settings file @returns what puts our line there; another program's is kept */
export const setUpLine =
  (path: string, { paths, env, cwd }: CheckContext): Fix =>
  async (say) => {
    const started = { env, cwd, as: process.argv0, executable: process.execPath };
    const { program } = programName(started, { shared: false });
    const wish = { commands: lineCommands(program), subagents: false, replace: false };
    try {
      const { kind, backup } = await setUp({ path, paths, dryRun: false }, wish, { show: () => {} });
      const kept = backup === undefined ? "" : `; the file before is ${backup}`;
      if (kind === "written") say(`put '${wish.commands.statusLine}' into ${path}${kept}`);
    } catch (error) {
      throw error instanceof SetupError ? new Error(`${error.message}: ${error.hint}`) : error;
    }
  };
