/** The ledger: whole, and its prices what the client bills. */
import { Database } from "bun:sqlite";
import { lstatSync } from "node:fs";
import { readGatherSettings } from "../../gather/settings.ts";
import { isDamage, type Ledger, openLedger } from "../../ledger/index.ts";
import { bad, bytesText, type Check, counted, good, type Surroundings, warning } from "../check.ts";

const sizeOf = ({ paths }: Surroundings) => lstatSync(paths.ledger, { throwIfNoEntry: false })?.size;

export const ledger: Check = {
  name: "ledger",
  about: "the ledger is a whole database",
  run: (surroundings) => {
    const size = sizeOf(surroundings);
    if (size === undefined)
      return warning("there is none yet", { hint: "the first pass makes it: 'plimsoll gather'" });
    const problem = problemOf(surroundings.paths.ledger);
    if (problem === undefined) return good(`whole, ${bytesText(size)}`);
    return problem.damaged
      ? bad(`damaged: ${problem.text}`, {
          hint: "the next pass moves it aside, saves what it can, and reads the transcripts again",
        })
      : bad(`cannot be used: ${problem.text}`, {
          hint: `see to ${surroundings.paths.ledger} and the disk it lies on; what it holds is not lost`,
        });
  },
};

/** Read only: looking must not start the repair. */
function problemOf(path: string): { readonly damaged: boolean; readonly text: string } | undefined {
  if (!lstatSync(path).isFile()) return { damaged: false, text: "something else has its place" };
  try {
    using db = new Database(path, { readonly: true });
    const said = db.query("pragma quick_check(1)").values()[0]?.[0];
    return said === "ok" ? undefined : { damaged: true, text: String(said).replace(/\s+/g, " ") };
  } catch (error) {
    return { damaged: isDamage(error), text: (error as Error).message };
  }
}

export const prices: Check = {
  name: "prices",
  about: "our prices are what the client bills, within 2 %",
  run: (surroundings) => {
    const { paths } = surroundings;
    if (sizeOf(surroundings) === undefined || problemOf(paths.ledger) !== undefined)
      return good("nothing to compare them with");
    let off: ReturnType<Ledger["priceChecks"]>;
    let suspects: ReturnType<Ledger["suspects"]>;
    try {
      using open = openLedger(paths.ledger, { prices: readGatherSettings(paths).prices, patienceMs: 1_000 });
      off = open.priceChecks();
      suspects = open.suspects();
    } catch (error) {
      return warning(`not compared: ${(error as Error).message}`, {
        hint: "a pass may be writing to the ledger: try again",
      });
    }
    const details = [
      ...off.map(
        ({ model, ourUsd, billedUsd }) =>
          `${model}: $${ourUsd.toFixed(4)} by our price, $${billedUsd.toFixed(4)} billed`,
      ),
      ...suspects.map(
        ({ sessionId, models, excessUsd }) =>
          `session ${sessionId.slice(0, 8)} (${models.join(", ")}): $${excessUsd.toFixed(4)} more than billed`,
      ),
    ];
    if (details.length === 0) return good("no difference to the client's bills");
    return warning(
      `${counted(off.length, "model")} and ${counted(suspects.length, "session")} differ from the client's bills`,
      {
        details: details.slice(0, 20),
        hint: "set 'prices' in the configuration, or report the model",
      },
    );
  },
};
