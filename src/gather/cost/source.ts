/** Selects where a pass gets cost and tokens from. */
import type { CostContext, CostSource } from "../part.ts";

/** The source that the configuration selects, loaded by the first part that needs it: most passes only run git. */
export function costSource(pass: CostContext): CostSource {
  let source: Promise<CostSource> | undefined;
  let isClosed = false;
  // A part that was abandoned at its deadline may still ask.
  const opened = async () => {
    if (isClosed) throw new Error("the pass has ended");
    source ??= open(pass);
    return source;
  };
  return {
    index: async () => (await opened()).index(),
    account: async (...args) => (await opened()).account(...args),
    session: async (...args) => (await opened()).session(...args),
    close: async () => {
      isClosed = true;
      await (await source)?.close();
    },
  };
}

async function open(pass: CostContext): Promise<CostSource> {
  if (pass.config.billing.source === "ccusage") {
    const { CcusageCost } = await import("./ccusage.ts");
    return new CcusageCost(pass);
  }
  const { LedgerCost } = await import("./ledger.ts");
  return new LedgerCost(pass);
}
