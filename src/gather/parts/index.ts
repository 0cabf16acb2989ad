/** How each part of the table (`state/parts.ts`) is gathered. */
import { accountId } from "../../claude/client-file.ts";
import { readRegistry, type SessionLiveness } from "../../claude/registry.ts";
import { userTheme } from "../../claude/theme.ts";
import { fiveHourReset } from "../../state/limit-windows.ts";
import type { PartName } from "../../state/parts.ts";
import { SESSION_INDEX_WAIT_MS } from "../../state/timeouts.ts";
import { reportOf, updateLimits } from "../limits.ts";
import type { Gather } from "../part.ts";
import { gatherCommands } from "./commands.ts";
import { gatherGit } from "./git.ts";
import { gatherTranscript } from "./transcript.ts";

export const GATHER: { readonly [Name in PartName]: Gather<Name> } = {
  git: gatherGit,
  transcript: gatherTranscript,
  commands: gatherCommands,

  async "session-usage"({ sessionId, parts }, { cost }) {
    await within(SESSION_INDEX_WAIT_MS, cost.index());
    return cost.session(sessionId, parts.usage?.value);
  },

  async usage({ parts }, { request, cost, now }) {
    await cost.index();
    const resetsAt = request.apiKey ? undefined : fiveHourReset(parts.limits?.value, now);
    return cost.account(parts.usage?.value, resetsAt);
  },

  async limits({ claudeDir, parts }, { request, now }) {
    return updateLimits(parts.limits?.value, reportOf(request), { accountId: accountId(claudeDir), now });
  },

  async theme({ claudeDir, parts }, { now, force }) {
    return userTheme(claudeDir, parts.theme?.value ?? undefined, { now, force });
  },

  /** Each session is verified by its process. */
  async sessions({ claudeDir }, { now, lookups }) {
    const entries = readRegistry(claudeDir, now, lookups);
    const count = (liveness: SessionLiveness) =>
      entries.filter((entry) => entry.liveness === liveness).length;
    return { live: count("live"), stopped: count("stopped"), ghosts: count("ghost") };
  },
};

/** Wait for `work`, but no longer than `ms`; an error of it counts only within that time. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
