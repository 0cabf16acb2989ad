import type { Command } from "../cli/command.ts";
import { EXIT, UsageError } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { printLine } from "../cli/output.ts";
import { COMMIT, VERSION } from "../version.ts";

export const selftest: Command = {
  name: "selftest",
  usage: ["[options]"],
  about: "Test the program itself: display, gather, ledger, lock, run",
  details: `
For a new installation or an empty container. It needs the system's C library (the musl build also libstdc++), /proc on
Linux, and one writable directory: TMPDIR, /tmp, /dev/shm, /var/tmp, XDG_RUNTIME_DIR or the current directory. It starts
no other program, uses no network, and neither reads nor writes your files: it creates a history with known figures in a
directory of its own, and removes it. If it is killed, the next selftest removes that directory.

It takes about a second, and ends after 20 at the latest. To examine your own installation, use 'plimsoll doctor'.

Exit codes: 0 everything works; 1 a step failed; 2 usage; 74 no writable directory.`,
  options: [
    { long: ["json"], about: "Print JSON" },
    { long: ["keep"], about: "Keep the directory, and print its path" },
  ],
  run: async (options) => {
    if (options.operands.length > 0) throw new UsageError(`unexpected argument '${options.operands[0]}'`);
    const { describeSelftest, selftest } = await import("../selftest/selftest.ts");
    const { STEPS } = await import("../selftest/steps/index.ts");
    const { placesOf } = await import("../selftest/directory.ts");
    const stop = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => stop.abort());
    const report = await selftest({
      program: process.execPath,
      steps: STEPS,
      places: placesOf(process.env),
      keep: options.has("keep"),
      signal: stop.signal,
    });
    const built = { version: VERSION, commit: COMMIT, platform: process.platform, arch: process.arch };
    printLine(options.has("json") ? toJson({ ...built, ...report }, 2) : describeSelftest(report));
    return report.ok ? EXIT.ok : EXIT.failure;
  },
};
