/** Prices against the client's bills. */
import { lstatSync } from "node:fs";
import { loadConfig } from "../../config/load.ts";
import { type Ledger, lookAt } from "../../ledger/index.ts";
import { configPath } from "../../state/paths.ts";
import { type Check, counted, error, type Finding, few, findingsOr, info, ok } from "../check.ts";

export const prices: Check = {
  name: "prices",
  about: "every model has a price, within 2 % of what the client bills",
  needsState: true,
  run: ({ env, paths }) => {
    if (!lstatSync(paths.ledger, { throwIfNoEntry: false })?.isFile()) return ok("no ledger to compare with");
    try {
      const { prices } = loadConfig(configPath(env), paths.configCache).config;
      return lookAt(paths.ledger, { prices, timeoutMs: 1_000 }, compare);
    } catch (thrown) {
      return info(`not compared: ${(thrown as Error).message}`);
    }
  },
};

/** Transcripts may contain names of any length. UTF-16 units. */
const MAX_NAME = 80;

const shortened = (name: string): string => (name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name);

function compare(ledger: Ledger): Finding[] {
  const off = ledger.priceChecks();
  const suspects = ledger.suspects();
  const uncertain = ledger.uncertainPrices();
  return findingsOr("all published or set, and as billed", [
    off.length > 0 &&
      error(`the price of ${counted(off.length, "model")} differs from the client's bills`, {
        details: few(
          off.map(
            ({ model, ourUsd, billedUsd }) =>
              `${shortened(model)}: $${ourUsd.toFixed(4)} by our price, $${billedUsd.toFixed(4)} billed`,
          ),
        ),
        hint: "set 'prices' in the configuration, or update Plimsoll",
      }),
    suspects.length > 0 &&
      info(`${counted(suspects.length, "session")} billed at less than our prices`, {
        details: few(
          suspects.map(
            ({ sessionId, models, excessUsd }) =>
              `${sessionId.slice(0, 8)} (${models.map(shortened).join(", ")}): $${excessUsd.toFixed(4)} less`,
          ),
        ),
      }),
    uncertain.length > 0 &&
      info(`${counted(uncertain.length, "model")} without a published price; their cost is marked`, {
        details: few(
          uncertain.map(({ model, priced }) =>
            priced === "estimated"
              ? `${shortened(model)}: estimated, until learned from bills`
              : `${shortened(model)}: unknown, counted as $0`,
          ),
        ),
        hint: "set 'prices' in the configuration to what you pay",
      }),
  ]);
}
