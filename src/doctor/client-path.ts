/** Whether the Claude Code processes that run now would find the program: their PATH may be another than ours. */
import { readRegistry } from "../claude/registry.ts";
import { LookupCache } from "../os/identity.ts";
import { resolveExecutable } from "../os/run/executable.ts";
import { environmentOf } from "./user-processes.ts";

/**
 * @param program a name that is looked up in PATH
 * @param now Unix milliseconds
 * @returns the pids of verified clients without it; none where environments cannot be seen
 */
export function clientsWithout(program: string, claudeDir: string, now: number): number[] {
  const live = readRegistry(claudeDir, now, new LookupCache()).filter(({ liveness }) => liveness === "live");
  return live.flatMap(({ pid }) => {
    const path = environmentOf(pid)?.PATH;
    return path === undefined || resolveExecutable(program, path) !== undefined ? [] : [pid];
  });
}
