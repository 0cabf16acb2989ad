import type { GatherPart, ScopeName } from "../part.ts";
import { commands } from "./commands.ts";
import { git } from "./git.ts";
import { limits } from "./limits.ts";
import { sessions } from "./sessions.ts";
import { transcript } from "./transcript.ts";
import { accountUsage, sessionUsage } from "./usage.ts";

/** Every part, by the scope whose state file it is in. Adding one is its file and its line here. */
export const GATHER_PARTS: { readonly [Scope in ScopeName]: readonly GatherPart<Scope>[] } = {
  session: [transcript, sessionUsage, commands],
  repo: [git],
  account: [limits, sessions, accountUsage],
};
