import type { Command } from "../cli/command.ts";
import { EXIT, UsageError } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { printLine } from "../cli/output.ts";
import { statePaths } from "../state/paths.ts";

export const sessions: Command = {
  name: "sessions",
  usage: ["[options]"],
  about: "List the sessions of this machine, each verified by its process",
  details: `
live     its process runs: the pid is there, and started when the session says
stopped  its process exists, and is held (SIGSTOP, a debugger)
ghost    its process has ended and left its registry entry behind; the pid may be somebody else's by now
unknown  its process cannot be seen from here, or nobody noted which it was
ended    its process has ended properly (only with --all)`,
  options: [
    { long: ["all"], short: ["a"], about: "Ended sessions too, of the last seven days" },
    { long: ["json"], about: "Print them as JSON" },
  ],
  run: async (options) => {
    if (options.operands.length > 0) throw new UsageError(`unexpected '${options.operands[0]}'`);
    const { allSessions, describeSessions } = await import("../gather/sessions.ts");
    const now = Date.now();
    const rows = allSessions(statePaths(process.env), process.env, now).filter(
      ({ state }) => options.has("all") || state !== "ended",
    );
    printLine(options.has("json") ? toJson(rows, 2) : describeSessions(rows, process.env.HOME, now));
    return EXIT.ok;
  },
};
