/** The figures of the session's history: by a background pass, and by a report. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readState } from "../../state/scopes.ts";
import { expectEnd, expectJson, expectSame, type SelftestStep } from "../step.ts";

export const gather: SelftestStep = {
  name: "gather",
  about: "a pass reads a history with known figures, and writes private files",
  run: async ({ run, session, paths }) => {
    const end = await run(["gather", "--force", "--json"], { stdin: session.payload() });
    expectEnd("gathering", end, "exit 0");
    const usage = readState(paths, "session", session.id)?.parts.usage?.value;
    const { input, output, cacheRead, cacheWrite, costUsd } = session.expected;
    expectSame(
      "the session's tokens",
      usage && [usage.input, usage.output, usage.cacheRead, usage.cacheWrite5m + usage.cacheWrite1h],
      [input, output, cacheRead, cacheWrite],
    );
    const cost = usage && [usage.costUsd.toFixed(6), usage.priced];
    expectSame("the session's cost", cost, [costUsd.toFixed(6), "exact"]);
    const names = readdirSync(paths.root, { recursive: true }) as string[];
    const open = names.filter((name) => (statSync(join(paths.root, name)).mode & 0o077) !== 0);
    expectSame("files that others may read", open, []);
    return `${names.length} files, all private; $${costUsd} for ${input + output} tokens and the cache's`;
  },
};

export const ledger: SelftestStep = {
  name: "ledger",
  about: "a report of the ledger has the same sums",
  run: async ({ run, session }) => {
    const end = await run(["usage", "session", "--json"]);
    expectEnd("the report", end, "exit 0");
    const { totals } = expectJson("the report", end.stdout) as { totals?: Record<string, number> };
    const { input, output, cacheRead, cacheWrite, costUsd } = session.expected;
    expectSame(
      "the report's tokens",
      ["inputTokens", "outputTokens", "cacheReadTokens", "cacheCreationTokens"].map((key) => totals?.[key]),
      [input, output, cacheRead, cacheWrite],
    );
    expectSame("the report's cost", totals?.totalCost?.toFixed(6), costUsd.toFixed(6));
    return `$${costUsd} again`;
  },
};
