import { inputTokens, totalTokens } from "../../claude/token-counts.ts";
import type { Context } from "../context.ts";
import { tokens as figure } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { type Piece, segment } from "../segment.ts";

export const tokens = segment({
  name: "tokens",
  about: "Tokens of the session and its subagents: all input, output, and input from the cache",
  source: "state usage of the session; until the ledger has it, state transcript",
  absent: "no reply yet, or nothing has been read",
  brief: "nothing read yet",
  priority: 24,
  part: "session-usage",
  render(context) {
    const total = sessionTokens(context);
    if (!total || total.input + total.output === 0) return undefined;
    const mark = total.isLowerBound ? ">" : "";
    const text = `in ${mark}${figure(total.input)} out ${mark}${figure(total.output)}`;
    return {
      role: "context",
      icon: "tokens",
      spans: [
        { text, role: "text" },
        { text: ` cached ${mark}${figure(total.cacheRead)}`, role: "muted" },
      ],
      short: [{ text, role: "text" }],
      ...total.marks,
    };
  },
});

interface SessionTokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly isLowerBound: boolean;
  readonly marks: Pick<Piece, "staleMs" | "failure">;
}

/** The ledger includes subagents and what the client's bill has beyond the messages; the transcript's sum does not. */
function sessionTokens(context: Context): SessionTokens | undefined {
  const parts = context.session?.parts;
  const usage = parts?.usage?.value;
  if (usage && totalTokens(usage) > 0)
    return {
      input: inputTokens(usage),
      output: usage.output,
      cacheRead: usage.cacheRead,
      isLowerBound: usage.partial === true || usage.tokensMissing === true || isCompacted(context),
      marks: freshness(context, "session-usage", parts?.usage),
    };
  const own = parts?.transcript?.value?.tokens;
  return (
    own && {
      input: inputTokens(own),
      output: own.output,
      cacheRead: own.cacheRead,
      isLowerBound: true,
      marks: freshness(context, "transcript", parts?.transcript),
    }
  );
}

/** The tokens of a compaction are in no message, only in the client's counts when the session ends. */
function isCompacted({ session }: Context): boolean {
  const compaction = session?.parts.transcript?.value?.lastCompaction;
  return compaction !== undefined && compaction.at > (session?.parts.usage?.value?.tokensCountedAt ?? 0);
}
