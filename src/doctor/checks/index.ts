import type { Check } from "../check.ts";
import { ledger, prices } from "./ledger.ts";
import { locks } from "./locks.ts";
import { passes, zombies } from "./processes.ts";
import { settings } from "./settings.ts";
import { directory, log, parts } from "./state.ts";

/** Every check, in the order in which they are shown. Adding one is its file and its line here. */
export const CHECKS: readonly Check[] = [
  settings,
  passes,
  zombies,
  locks,
  directory,
  log,
  parts,
  ledger,
  prices,
];
