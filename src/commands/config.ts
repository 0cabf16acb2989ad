import type { CommandGroup } from "../cli/command.ts";

export const config: CommandGroup = {
  name: "config",
  about: "Create, check and change the configuration",
  subcommands: {
    init: async () => (await import("./config/init.ts")).configInit,
    check: async () => (await import("./config/inspect.ts")).configCheck,
    path: async () => (await import("./config/inspect.ts")).configPathCommand,
    schema: async () => (await import("./config/inspect.ts")).configSchema,
    set: async () => (await import("./config/set.ts")).configSet,
    edit: async () => (await import("./config/edit.ts")).configEdit,
  },
};
