import type { AccountUsage, SessionUsage } from "../../state/schema.ts";
import type { GatherPart, Job } from "../part.ts";

/** The account's money: today, the block that runs, the week. */
export const accountUsage: GatherPart<"account"> = {
  name: "usage",
  scope: "account",
  about: "cost and tokens of today, the current block and the week",
  async gather({ money, now, signal }: Job<"account">): Promise<AccountUsage> {
    await money.index(signal);
    return money.account(now);
  },
};

/** The session's money. */
export const sessionUsage: GatherPart<"session"> = {
  name: "usage",
  scope: "session",
  about: "cost and tokens of the session",
  async gather({ state, money, now, signal }: Job<"session">): Promise<SessionUsage> {
    await money.index(signal);
    return money.session(state.sessionId, now);
  },
};
