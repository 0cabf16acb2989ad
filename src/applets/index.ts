import type { Applet } from "./applet.ts";

/** The applets by name. To add one, write its file and add a line here. */
export const APPLETS: Readonly<Record<string, { readonly about: string; load(): Promise<Applet> }>> = {
  flock: {
    about: "util-linux's flock(1): run a command under a lock",
    load: async () => (await import("./flock.ts")).flockApplet,
  },
  timeout: {
    about: "GNU coreutils' timeout(1): run a command with a time limit",
    load: async () => (await import("./timeout.ts")).timeoutApplet,
  },
};
