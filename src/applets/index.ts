import type { Applet } from "./applet.ts";

/** The tools that the program is when it was started under their names. Adding one is its file and its line here. */
export const APPLETS: Readonly<Record<string, { readonly about: string; load(): Promise<Applet> }>> = {
  flock: {
    about: "util-linux's flock(1): run a command under a lock",
    load: async () => (await import("./flock.ts")).flockPersona,
  },
  timeout: {
    about: "GNU coreutils' timeout(1): run a command with a time limit",
    load: async () => (await import("./timeout.ts")).timeoutPersona,
  },
};
