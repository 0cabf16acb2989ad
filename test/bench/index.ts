/**
 * The benchmarks: `bun run bench` runs all, `bun run bench NAME…` the named ones.
 *
 *   --seconds N     how long `session` takes (default 60)
 *   --base BINARY   an earlier build that `session` measures in the same run
 */
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { seconds: { type: "string" }, base: { type: "string" } },
  allowPositionals: true,
});

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  truth: async () => (await import("./truth.ts")).showTruth(),
  hang: async () => (await import("./hang.ts")).showHang(),
  display: async () => (await import("./display.ts")).benchDisplay(),
  budget: async () => (await import("./budget.ts")).checkBudget(),
  process: async () => (await import("./process.ts")).benchProcess(),
  ledger: async () => (await import("./ledger.ts")).benchLedger(),
  session: async () => (await import("./session.ts")).benchSession(values),
};

for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  const bench = BENCHES[name];
  if (!bench) throw new Error(`unknown benchmark '${name}'; valid: ${Object.keys(BENCHES).join(", ")}`);
  await bench();
}
