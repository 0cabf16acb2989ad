/** The benchmarks: `bun run bench` runs all, `bun run bench NAME…` the named ones. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  truth: async () => (await import("./truth.ts")).showTruth(),
  hang: async () => (await import("./hang.ts")).showHang(),
  display: async () => (await import("./display.ts")).benchDisplay(),
  process: async () => (await import("./process.ts")).benchProcess(),
  ledger: async () => (await import("./ledger.ts")).benchLedger(),
};

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  const bench = BENCHES[name];
  if (!bench) throw new Error(`no benchmark '${name}'; there are ${Object.keys(BENCHES).join(", ")}`);
  await bench();
}

export {};
