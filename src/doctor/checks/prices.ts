/** Prices: published or set, and what the client bills. */
import { lstatSync } from "node:fs";
import { loadConfig } from "../../config/load.ts";
import { type Ledger, lookAt } from "../../ledger/index.ts";
import { configPath } from "../../state/paths.ts";
import { bad, type Check, counted, type Finding, few, good, note } from "../check.ts";

export const prices: Check = {
  name: "prices",
  about: "every model has a price, and it is what the client bills, within 2 %",
  needsState: true,
  run: ({ env, paths }): Finding | Finding[] => {
    if (!lstatSync(paths.ledger, { throwIfNoEntry: false })?.isFile())
      return good("nothing to compare them with");
    try {
      const options = {
        prices: loadConfig(configPath(env), paths.configCache).config.prices,
        patienceMs: 1_000,
      };
      return lookAt(paths.ledger, options, judge);
    } catch (error) {
      return note(`not compared: ${(error as Error).message}`);
    }
  },
};

/** A transcript may hold a name of any length. UTF-16 units. */
const LONGEST_NAME = 80;

const shortened = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;

function judge(ledger: Ledger): Finding[] {
  const off = ledger.priceChecks();
  const suspects = ledger.suspects();
  const uncertain = ledger.uncertainPrices();
  const found: Finding[] = [];
  if (off.length > 0)
    found.push(
      bad(`the price of ${counted(off.length, "model")} differs from the client's bills`, {
        details: few(
          off.map(
            ({ model, ourUsd, billedUsd }) =>
              `${shortened(model)}: $${ourUsd.toFixed(4)} by our price, $${billedUsd.toFixed(4)} billed`,
          ),
        ),
        hint: "set 'prices' for it in the configuration, or take a newer Plimsoll",
      }),
    );
  if (suspects.length > 0)
    found.push(
      note(`${counted(suspects.length, "session")} billed at less than our prices`, {
        details: few(
          suspects.map(
            ({ sessionId, models, excessUsd }) =>
              `${sessionId.slice(0, 8)} (${models.map(shortened).join(", ")}): $${excessUsd.toFixed(4)} less`,
          ),
        ),
      }),
    );
  if (uncertain.length > 0)
    found.push(
      note(`${counted(uncertain.length, "model")} without a published price; what they cost is marked`, {
        details: few(
          uncertain.map(({ model, priced }) =>
            priced === "estimated"
              ? `${shortened(model)}: estimated, until bills teach it`
              : `${shortened(model)}: unknown, counted as $0`,
          ),
        ),
        hint: "set 'prices' in the configuration to what you pay",
      }),
    );
  return found.length > 0 ? found : [good("all published or set, and as the client bills")];
}
