import type { Command } from "../cli/command.ts";
import { CommandError, UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { toJson } from "../cli/json.ts";
import { printLine } from "../cli/print.ts";
import { COMMIT, VERSION } from "../version.ts";

export const selftest: Command = {
  name: "selftest",
  usage: ["[options]"],
  about: "Try the program out by itself: display, gather, ledger, lock, run",
  details: `
For a fresh installation or an empty container: it needs the system's C library (the musl build libstdc++ too), /proc on
Linux, and one place to write to: TMPDIR, /tmp, /dev/shm, /var/tmp, XDG_RUNTIME_DIR or the current directory. No other
program is started, nothing goes over the network, and nothing of yours is read or written: it makes a history with
known figures in a directory of its own, which it removes. If it is killed, the next one removes what it left.

It takes about a second; after 20 it ends in any case. What your own installation is like, 'plimsoll doctor' says.

Exit codes: 0 everything works; 1 something does not; 2 usage; 74 there is no place to write to.`,
  options: [
    { long: ["json"], about: "Print the results as JSON" },
    { long: ["keep"], about: "Leave the directory with its files, and say where it is" },
  ],
  run: async (options) => {
    if (options.operands.length > 0) throw new UsageError(`unexpected '${options.operands[0]}'`);
    const { selftest } = await import("../selftest/selftest.ts");
    const { STEPS } = await import("../selftest/steps/index.ts");
    const { NoPlaceError, placesOf } = await import("../selftest/place.ts");
    const stop = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => stop.abort());
    try {
      const report = await selftest({
        program: process.execPath,
        steps: STEPS,
        places: placesOf(process.env),
        keep: options.has("keep"),
        signal: stop.signal,
      });
      if (options.has("json")) {
        const built = { version: VERSION, commit: COMMIT, platform: process.platform, arch: process.arch };
        printLine(toJson({ ...built, ...report }, 2));
      } else {
        const { describeSelftest } = await import("../selftest/describe.ts");
        printLine(describeSelftest(report));
      }
      return report.ok ? EXIT.ok : EXIT.failure;
    } catch (error) {
      if (!(error instanceof NoPlaceError)) throw error;
      const hint = "set TMPDIR to a directory that can be written to";
      throw new CommandError(error.message, { exitCode: EXIT.io, hint });
    }
  },
};
