/** Background passes and renders end in time. */
import { type Check, counted, error, ok } from "../check.ts";
import { describeProcess, endingFix, ownProcesses } from "../own-processes.ts";

export const passes: Check = {
  name: "passes",
  about: "no background pass or render is stopped or overdue",
  run: async ({ paths }) => {
    const { running, stopped, overdue } = await ownProcesses(paths);
    const stray = [...stopped, ...overdue];
    if (stray.length === 0) return ok(`${counted(running.length, "process", "processes")} running`);
    return error(`${stopped.length} stopped, ${overdue.length} overdue, ${running.length} running`, {
      details: stray.map(describeProcess),
      hint: "end them with 'kill PID' (or resume a stopped one with 'kill -CONT PID')",
      ...endingFix(stray),
    });
  },
};
