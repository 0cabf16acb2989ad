/** What the session's model costs, for `plimsoll explain`. */
import { lstatSync } from "node:fs";
import { loadConfig } from "../config/load.ts";
import { checkChanged } from "../config-file/refresh.ts";
import { lookAt, type Rates } from "../ledger/index.ts";
import { PublishedPrices, STANDARD } from "../ledger/prices.ts";
import { configPath, statePaths } from "../state/paths.ts";

/**
 * The price in force for a model: with what bills have taught where the ledger can be read, else the published one.
 * @param env the environment that leads to the state directory
 */
export async function explainPrice(
  env: Readonly<Record<string, string | undefined>>,
  model: string,
): Promise<Rates> {
  const paths = statePaths(env);
  const now = Date.now();
  const { prices } = (await checkChanged(loadConfig(configPath(env), paths?.configCache))).config;
  if (paths && lstatSync(paths.ledger, { throwIfNoEntry: false })?.isFile()) {
    try {
      return lookAt(paths.ledger, { prices, patienceMs: 1_000 }, (ledger) =>
        ledger.read(({ pricing }) => pricing().ratesOf(model, now, STANDARD)),
      );
    } catch {
      // Damaged, busy, or of another version: 'doctor' says so. The published price is the same in most cases.
    }
  }
  return new PublishedPrices(prices).rates(model, now, STANDARD);
}
