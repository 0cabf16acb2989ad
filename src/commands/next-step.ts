/** The last line of a command that changed something: what to do next. */
import { claudeDirectories } from "../claude/directories.ts";
import { statusLineState } from "../claude/status-line-state.ts";
import { printLine } from "../cli/output.ts";
import { withRunnable } from "../cli/runnable.ts";
import { workingDirectory } from "../cli/working-directory.ts";

/** @param next with commands in quotes: "change it with 'plimsoll config edit'" */
export const printNext = (next: string): void => printLine(`Next: ${withRunnable(next)}`);

/** Whether no settings file of Claude Code has our line yet: that comes before everything else. */
export function needsSetup(): boolean {
  const [claudeDir] = claudeDirectories(process.env);
  if (claudeDir === undefined) return false;
  const { ours } = statusLineState({ env: process.env, directory: workingDirectory(), claudeDir });
  return ours === undefined;
}
