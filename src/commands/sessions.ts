import type { Command } from "../cli/command.ts";
import { EXIT, UsageError } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { printLine } from "../cli/output.ts";
import { statePaths } from "../state/paths.ts";

export const sessions: Command = {
  name: "sessions",
  usage: ["[options]"],
  about: "List the sessions on this machine, verified by their processes",
  details: `
live     the process is running: the pid exists, with the recorded start time
stopped  the process is stopped (SIGSTOP, a debugger)
ghost    the process is gone but its registry entry remains; the pid may have been reused
unknown  the process is not visible from here, or was not recorded
ended    the process exited normally (only with --all)`,
  options: [
    { long: ["all"], short: ["a"], about: "Include sessions that ended in the last seven days" },
    { long: ["json"], about: "Print JSON" },
  ],
  run: async (options) => {
    if (options.operands.length > 0) throw new UsageError(`unexpected argument '${options.operands[0]}'`);
    const { allSessions, describeSessions } = await import("../gather/sessions.ts");
    const now = Date.now();
    const rows = allSessions(statePaths(process.env), process.env, now).filter(
      ({ state }) => options.has("all") || state !== "ended",
    );
    printLine(options.has("json") ? toJson(rows, 2) : describeSessions(rows, process.env.HOME, now));
    return EXIT.ok;
  },
};
