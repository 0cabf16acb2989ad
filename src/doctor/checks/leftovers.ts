/** Files that a writer was killed over, and ledgers that were moved aside. */
import { lstatSync, readdirSync, unlinkSync } from "node:fs";
import { basename } from "node:path";
import { leftovers as findLeftovers } from "../../state/sweep.ts";
import {
  bad,
  bytesText,
  type Check,
  type CheckContext,
  counted,
  type Finding,
  few,
  good,
  note,
} from "../check.ts";

export const leftovers: Check = {
  name: "leftovers",
  about: "no writer has left a temporary file behind for longer than an hour",
  needsState: true,
  run: ({ paths, now }: CheckContext): Finding[] => {
    const files = findLeftovers(paths, now);
    const kept = damagedLedgers(paths.ledger);
    const found: Finding[] = [];
    if (files.length > 0)
      found.push(
        bad(counted(files.length, "temporary file"), {
          details: few(files),
          hint: "remove them: they are older than an hour, and nobody writes to them any more",
          fix: (say) => {
            for (const file of files) {
              if (!lstatSync(file, { throwIfNoEntry: false })) continue;
              unlinkSync(file);
              say(`removed ${file}`);
            }
          },
        }),
      );
    if (kept.length > 0)
      found.push(
        note(`${counted(kept.length, "damaged ledger")} kept`, {
          details: few(kept),
          hint: "what could be saved is in the ledger: remove them when you miss nothing in 'plimsoll usage'",
        }),
      );
    return found.length > 0 ? found : [good("none")];
  },
};

/** What a repair moved aside (ledger/database.ts): never removed by the program. */
function damagedLedgers(ledger: string): string[] {
  const folder = ledger.slice(0, ledger.lastIndexOf("/"));
  const isOne = new RegExp(`^${basename(ledger)}\\.damaged-[\\dTZ-]+$`);
  return list(folder)
    .filter((name) => isOne.test(name))
    .map((name) => `${folder}/${name}`)
    .map((path) => `${path}, ${bytesText(lstatSync(path, { throwIfNoEntry: false })?.size ?? 0)}`);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // There is no state directory yet.
    return [];
  }
}
