import { statePaths } from "../state/paths.ts";
import type { Command } from "./command.ts";
import { CommandError, UsageError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";

export const doctor: Command = {
  name: "doctor",
  usage: ["[options]"],
  about: "Check that everything works, and say what to do where it does not",
  details: `
Looks, and changes nothing: Claude Code's settings as they are for the directory it is started in, background passes and
zombies, locks and who holds them, the state directory, the log, the newest errors, the ledger, and its prices against
the client's own bills.

Exit codes: 0 everything works, perhaps with notes; 1 something does not.`,
  options: [{ long: ["json"], about: "Print the findings as JSON" }],
  run: async (options) => {
    if (options.operands.length > 0) throw new UsageError(`unexpected '${options.operands[0]}'`);
    const paths = statePaths(process.env);
    if (!paths)
      throw new CommandError("there is no place for state: HOME is not set", { hint: "set PLIMSOLL_STATE" });
    const { examine, describeExamination } = await import("../doctor/examine.ts");
    const { CHECKS } = await import("../doctor/checks/index.ts");
    const examination = await examine(CHECKS, {
      paths,
      env: process.env,
      cwd: process.cwd(),
      now: Date.now(),
    });
    console.log(
      options.has("json") ? JSON.stringify(examination, undefined, 2) : describeExamination(examination),
    );
    return examination.ok ? EXIT.ok : EXIT.failure;
  },
};
