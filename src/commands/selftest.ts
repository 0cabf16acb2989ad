import type { Command } from "../cli/command.ts";
import { EXIT, UsageError } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { printLine } from "../cli/output.ts";
import { COMMIT, VERSION } from "../version.ts";

export const selftest: Command = {
  name: "selftest",
  usage: ["[options]"],
  about: "Test the installed program: display, gather, ledger, lock, run",
  details: `
For a fresh installation or an empty container. It requires the system's C library (the musl build libstdc++ too), /proc
on Linux, and one writable directory: TMPDIR, /tmp, /dev/shm, /var/tmp, XDG_RUNTIME_DIR or the current directory. It
starts no other program, does not use the network, and does not read or write your data: it creates a history with known
figures in a directory of its own, which it removes. If it is killed, the next run removes the directory.

It takes about a second, and at most 20. To check your own installation, use 'plimsoll doctor'.

Exit codes: 0 everything works; 1 something does not; 2 usage; 74 no writable directory.`,
  options: [
    { long: ["json"], about: "Print the results as JSON" },
    { long: ["keep"], about: "Keep the directory with its files, and print its path" },
  ],
  run: async (options) => {
    if (options.operands.length > 0) throw new UsageError(`unexpected '${options.operands[0]}'`);
    const { selftest } = await import("../selftest/selftest.ts");
    const { STEPS } = await import("../selftest/steps/index.ts");
    const { placesOf } = await import("../selftest/place.ts");
    const stop = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => stop.abort());
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
  },
};
