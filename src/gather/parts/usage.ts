import { fiveHourReset } from "../../state/limit-windows.ts";
import type { AccountUsage, SessionUsage } from "../../state/schema.ts";
import type { GatherPart, Job } from "../part.ts";

/** The account's money: today, the block that runs, the week. */
export const accountUsage: GatherPart<"account"> = {
  name: "usage",
  scope: "account",
  about: "cost and tokens of today, the current block and the week",
  async gather({ state, request, money, now }: Job<"account">): Promise<AccountUsage> {
    await money.index();
    const resetsAt = request.apiKey ? undefined : fiveHourReset(state.parts.limits?.value, now);
    return money.account(state.parts.usage?.value, resetsAt);
  },
};

/** The session's newest lines are read first: its figure need not wait for the whole of a long history. */
const PATIENCE_MS = 1_500;

/** The session's money. */
export const sessionUsage: GatherPart<"session"> = {
  name: "session-usage",
  scope: "session",
  about: "cost and tokens of the session",
  async gather({ state, money }: Job<"session">): Promise<SessionUsage> {
    await within(PATIENCE_MS, money.index());
    return money.session(state.sessionId, state.parts.usage?.value);
  },
};

/** Wait for `work`, but no longer than `ms`; its failure counts only within that time. */
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
