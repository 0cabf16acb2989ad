import { accountId } from "../../claude/client-file.ts";
import type { Handover } from "../../state/handover.ts";
import type { LimitsFacts } from "../../state/schema.ts";
import { type Report, updateLimits } from "../limits.ts";
import type { GatherPart, Job } from "../part.ts";

/** The newest rate limits that any session of the account reported. */
export const limits: GatherPart<"account"> = {
  name: "limits",
  scope: "account",
  about: "rate limits of the account, their pace, and when they run out",
  async gather({ state, request, now }: Job<"account">): Promise<LimitsFacts> {
    const id = accountId(state.claudeDir);
    return updateLimits(state.parts.limits?.value, reportOf(request), { accountId: id, now });
  },
};

/** What the session says of the account's limits: nothing when it pays by API key. */
export const reportOf = ({ sessionId, limits, apiKey }: Handover): Report =>
  apiKey ? { sessionId } : { sessionId, ...limits };
