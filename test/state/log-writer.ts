/** One of several passes that write to the log concurrently: 18 lines under the given name. */
import { PassLog } from "../../src/state/log.ts";
import { statePaths } from "../../src/state/paths.ts";

const paths = statePaths(process.env);
if (!paths) throw new Error("no state directory");
for (let count = 0; count < 18; count++) {
  // Each line is its own pass, so that a pass's limit does not apply.
  new PassLog(paths, `w${process.argv[2]}`).write(`line ${count} ${"x".repeat(800)}`);
}
