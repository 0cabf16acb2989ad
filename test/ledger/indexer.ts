/** A process that indexes: `bun indexer.ts LEDGER CLAUDE-DIRECTORY…`. For tests that race it or kill it. */
import { openLedger } from "../../src/ledger/index.ts";

const [path, ...directories] = process.argv.slice(2) as [string, ...string[]];
using ledger = openLedger(path);
await ledger.index(directories);
