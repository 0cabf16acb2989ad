/** Temporary files of killed writers, and damaged ledgers that were moved aside. */
import { lstatSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { namesIn } from "../../state/directory.ts";
import { leftovers as findLeftovers } from "../../state/sweep.ts";
import { bytesText, type Check, counted, error, few, findingsOr, info } from "../check.ts";

export const leftovers: Check = {
  name: "leftovers",
  about: "no temporary file of a killed writer is older than an hour",
  needsState: true,
  run: ({ paths, now }) => {
    const files = findLeftovers(paths, now);
    const damaged = damagedLedgers(paths.ledger);
    return findingsOr("none", [
      files.length > 0 &&
        error(counted(files.length, "temporary file"), {
          details: few(files),
          hint: "remove them: they are older than an hour, and no longer written",
          fix: (report) => {
            for (const file of files) {
              if (!lstatSync(file, { throwIfNoEntry: false })) continue;
              unlinkSync(file);
              report(`removed ${file}`);
            }
          },
        }),
      damaged.length > 0 &&
        info(`${counted(damaged.length, "damaged ledger")} kept`, {
          details: few(damaged),
          hint: "recovered rows are in the ledger: remove these files if nothing is missing in 'plimsoll usage'",
        }),
    ]);
  },
};

/** Moved aside by a repair (ledger/database.ts), which never deletes them. */
function damagedLedgers(ledger: string): string[] {
  const isDamaged = new RegExp(`^${basename(ledger)}\\.damaged-[\\dTZ-]+$`);
  return namesIn(dirname(ledger))
    .filter((name) => isDamaged.test(name))
    .map((name) => `${dirname(ledger)}/${name}`)
    .map((path) => `${path}, ${bytesText(lstatSync(path, { throwIfNoEntry: false })?.size ?? 0)}`);
}
