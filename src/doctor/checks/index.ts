import type { Check } from "../check.ts";
import { config } from "./config.ts";
import { files } from "./files.ts";
import { lag } from "./lag.ts";
import { ledger } from "./ledger.ts";
import { leftovers } from "./leftovers.ts";
import { locks } from "./locks.ts";
import { log } from "./log.ts";
import { orphans } from "./orphans.ts";
import { parts } from "./parts.ts";
import { passes } from "./passes.ts";
import { permissions } from "./permissions.ts";
import { prices } from "./prices.ts";
import { replay } from "./replay.ts";
import { settings } from "./settings.ts";
import { state } from "./state.ts";
import { terminal } from "./terminal.ts";
import { zombies } from "./zombies.ts";

/**
 * All checks, in the order of output and of fixes: processes are ended before the files that they may be writing are
 * fixed. To add one, add its file and its row here.
 */
export const CHECKS: readonly Check[] = [
  settings,
  replay,
  terminal,
  config,
  passes,
  orphans,
  zombies,
  locks,
  state,
  permissions,
  leftovers,
  files,
  log,
  parts,
  ledger,
  lag,
  prices,
];
