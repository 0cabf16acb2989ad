import { accountId } from "../../claude/account.ts";
import type { LimitsFacts } from "../../state/schema.ts";
import { updateLimits } from "../limits.ts";
import type { GatherPart, Job } from "../part.ts";

/** The newest rate limits that any session of the account reported. */
export const limits: GatherPart<"account"> = {
  name: "limits",
  scope: "account",
  about: "rate limits of the account, their pace, and when they run out",
  async gather({ state, request, now, limitsBefore }: Job<"account">): Promise<LimitsFacts> {
    const reported = request.apiKey ? undefined : request.limits;
    const id = accountId(state.claudeDir);
    return updateLimits(
      state.parts.limits?.value,
      { ...reported, ...(limitsBefore && { before: limitsBefore }), ...(id && { accountId: id }) },
      now,
    );
  },
};
