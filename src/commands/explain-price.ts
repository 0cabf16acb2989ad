/** The price of the session's model, for `plimsoll explain`. */
import { lstatSync } from "node:fs";
import { loadConfig } from "../config/load.ts";
import { checkChanged } from "../config-file/refresh.ts";
import { lookAt, priceOrigin, type Rates } from "../ledger/index.ts";
import { PublishedPrices, STANDARD } from "../ledger/prices.ts";
import { configPath, statePaths } from "../state/paths.ts";
import { priceJson, priceLine } from "../usage/prices.ts";

/** @returns a model's current price, as JSON and as a line of text */
export async function explainPrice(model: string): Promise<{ json: object; line: string }> {
  const rates = await currentRates(model);
  return {
    json: { model, priced: rates.priced, ...priceJson(rates), origin: priceOrigin(rates) },
    line: `${model}: ${priceLine(rates)}`,
  };
}

/** Includes what was learned from bills, if the ledger can be read; otherwise the published rates. */
async function currentRates(model: string): Promise<Rates> {
  const paths = statePaths(process.env);
  const now = Date.now();
  const { prices } = (await checkChanged(loadConfig(configPath(process.env), paths?.configCache))).config;
  if (paths && lstatSync(paths.ledger, { throwIfNoEntry: false })?.isFile()) {
    try {
      return lookAt(paths.ledger, { prices, timeoutMs: 1_000 }, (ledger) =>
        ledger.pricing().ratesOf(model, now, STANDARD),
      );
    } catch {
      // Damaged, busy, or of another version, which 'doctor' reports.
    }
  }
  return new PublishedPrices(prices).rates(model, now, STANDARD);
}
