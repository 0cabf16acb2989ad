/** Background passes and renders: each comes to its end. */
import { bad, type Check, counted, good } from "../check.ts";
import { endOwn } from "../end-own.ts";
import { describeProcess, ownProcesses } from "../own-processes.ts";

export const passes: Check = {
  name: "passes",
  about: "no background pass and no render is stopped, or runs longer than it may",
  run: async ({ paths }) => {
    const { running, stopped, overdue } = await ownProcesses(paths);
    const stray = [...stopped, ...overdue];
    if (stray.length === 0) return good(`${counted(running.length, "process", "processes")} at work`);
    return bad(`${stopped.length} stopped, ${overdue.length} overdue, ${running.length} at work`, {
      details: stray.map(describeProcess),
      hint: "end them with 'kill PID' (a stopped one goes on with 'kill -CONT PID')",
      ...endOwn(stray),
    });
  },
};
