import { type Liveness, readRegistry } from "../../claude/registry.ts";
import type { SessionsFacts } from "../../state/schema.ts";
import type { GatherPart, Job } from "../part.ts";

/** How many sessions of the account run on this machine, each verified by its process. */
export const sessions: GatherPart<"account"> = {
  name: "sessions",
  scope: "account",
  about: "sessions of this machine: live, stopped, and ghosts that left their entry behind",
  async gather({ state, now, lookups }: Job<"account">): Promise<SessionsFacts> {
    const entries = readRegistry(state.claudeDir, now, lookups);
    const count = (liveness: Liveness) => entries.filter((entry) => entry.liveness === liveness).length;
    return { live: count("live"), stopped: count("stopped"), ghosts: count("ghost") };
  },
};
