import type { CommandGroup } from "../cli/command.ts";

export const lock: CommandGroup = {
  name: "lock",
  about: "Run a command under a lock, or show who holds one",
  subcommands: {
    run: async () => (await import("./lock/run.ts")).lockRun,
    status: async () => (await import("./lock/status.ts")).lockStatusCommand,
    list: async () => (await import("./lock/list.ts")).lockList,
    release: async () => (await import("./lock/release.ts")).lockRelease,
  },
};
