/** One pass over the tiny history: every part good, every file ours alone. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readState } from "../../state/scopes.ts";
import { expectEnd, expectSame, type Step } from "../step.ts";

export const gather: Step = {
  name: "gather",
  about: "a pass reads a history whose figures are known, and writes private files",
  run: async ({ run, session, paths }) => {
    const ended = await run(["gather", "--force", "--json"], { stdin: session.payload() });
    expectEnd("gathering", ended, "exit 0");
    const usage = readState(paths, "session", session.id)?.parts.usage?.value;
    const { input, output, cacheRead, cacheWrite } = session.truth;
    expectSame(
      "the session's tokens",
      usage && [usage.input, usage.output, usage.cacheRead, usage.cacheWrite5m + usage.cacheWrite1h],
      [input, output, cacheRead, cacheWrite],
    );
    expectSame("the session's cost", usage && [usage.costUsd.toFixed(6), usage.priced], [
      session.truth.costUsd.toFixed(6),
      "exact",
    ]);
    const files = modes(paths.root);
    expectSame("files that others may read", files.open, []);
    return `${files.count} files, all private; $${session.truth.costUsd} for ${input + output} tokens and the cache's`;
  },
};

/** @returns what below the directory others may open */
function modes(root: string): { count: number; open: string[] } {
  const names = readdirSync(root, { recursive: true }) as string[];
  const open = names.filter((name) => (statSync(join(root, name)).mode & 0o077) !== 0);
  return { count: names.length, open };
}
