/** What the build writes into the binary (see build.ts); a run from source answers "dev". */
declare const PLIMSOLL_VERSION: string | undefined;
declare const PLIMSOLL_COMMIT: string | undefined;

export const VERSION = typeof PLIMSOLL_VERSION === "string" ? PLIMSOLL_VERSION : "0.0.0-dev";
export const COMMIT = typeof PLIMSOLL_COMMIT === "string" ? PLIMSOLL_COMMIT : "source";
