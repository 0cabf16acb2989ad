/** Where `plimsoll setup` keeps what it needs to take its change back. No sweep takes any of it. */
import type { StatePaths } from "./paths.ts";

/** Records of what was changed, one a settings file. */
export const recordsDirectory = ({ root }: StatePaths): string => `${root}/setup`;

/** Settings files as they were before each change. */
export const backupsDirectory = ({ root }: StatePaths): string => `${root}/backups`;
