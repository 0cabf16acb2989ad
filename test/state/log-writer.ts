/** One of several passes that write to the log at the same time: 18 lines under the name that it is given. */
import { PassLog } from "../../src/state/log.ts";
import { statePaths } from "../../src/state/paths.ts";

const paths = statePaths(process.env);
if (!paths) throw new Error("no state directory");
for (let count = 0; count < 18; count++) {
  // Each line is a pass of its own, so that the cap of one pass does not matter here.
  new PassLog(paths, `w${process.argv[2]}`).write(`line ${count} ${"x".repeat(800)}`);
}
