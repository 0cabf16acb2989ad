/** All segments, in the order of the documentation. */
import type { Segment } from "../segment.ts";
import { addedDirs } from "./added-dirs.ts";
import { agent } from "./agent.ts";
import { agents } from "./agents.ts";
import { block } from "./block.ts";
import { burn } from "./burn.ts";
import { cache } from "./cache.ts";
import { clock } from "./clock.ts";
import { command } from "./command.ts";
import { commit } from "./commit.ts";
import { compactions } from "./compactions.ts";
import { context } from "./context.ts";
import { cost } from "./cost.ts";
import { directory } from "./directory.ts";
import { effort } from "./effort.ts";
import { fast } from "./fast.ts";
import { fiveHour } from "./five-hour.ts";
import { git } from "./git.ts";
import { health } from "./health.ts";
import { lines } from "./lines.ts";
import { message } from "./message.ts";
import { model } from "./model.ts";
import { name } from "./name.ts";
import { outputStyle } from "./output-style.ts";
import { pullRequest } from "./pull-request.ts";
import { remote } from "./remote.ts";
import { repo } from "./repo.ts";
import { session } from "./session.ts";
import { sessions } from "./sessions.ts";
import { sevenDay } from "./seven-day.ts";
import { spend } from "./spend.ts";
import { text } from "./text.ts";
import { thinking } from "./thinking.ts";
import { today } from "./today.ts";
import { todos } from "./todos.ts";
import { tokens } from "./tokens.ts";
import { tools } from "./tools.ts";
import { turns } from "./turns.ts";
import { version } from "./version.ts";
import { vim } from "./vim.ts";
import { week } from "./week.ts";
import { worktree } from "./worktree.ts";

export const SEGMENTS: readonly Segment[] = [
  model,
  effort,
  thinking,
  fast,
  directory,
  addedDirs,
  git,
  commit,
  worktree,
  repo,
  pullRequest,
  context,
  tokens,
  cache,
  compactions,
  cost,
  today,
  week,
  block,
  burn,
  fiveHour,
  sevenDay,
  spend,
  lines,
  session,
  clock,
  turns,
  message,
  tools,
  agents,
  todos,
  name,
  agent,
  outputStyle,
  vim,
  remote,
  sessions,
  version,
  command,
  text,
  health,
];

/** @param reference as in rows: "model", "command:weather" */
export function findSegment(reference: string): { segment: Segment; argument: string } | undefined {
  const colon = reference.indexOf(":");
  const name = colon < 0 ? reference : reference.slice(0, colon);
  for (const segment of SEGMENTS)
    if (segment.name === name)
      return (segment.argument === undefined) === colon < 0
        ? { segment, argument: colon < 0 ? "" : reference.slice(colon + 1) }
        : undefined;
  return undefined;
}
