import { inputTokens, totalTokens } from "../../claude/token-counts.ts";
import type { Context } from "../context.ts";
import { tokens as figure } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { type Piece, segment } from "../segment.ts";

export const tokens = segment({
  name: "tokens",
  about: "Tokens that the session moved, subagents included: all input, of it from the cache, and output",
  source: "state usage of the session; until the ledger has it, state transcript",
  absent: "no reply has come yet, or nothing has been read",
  priority: 24,
  part: "session-usage",
  render(context) {
    const moved = sessionTokens(context);
    if (!moved || moved.input + moved.output === 0) return undefined;
    const mark = moved.isLowerBound ? ">" : "";
    const text = `in ${mark}${figure(moved.input)} out ${mark}${figure(moved.output)}`;
    return {
      role: "context",
      icon: "tokens",
      spans: [
        { text, role: "text" },
        { text: ` cached ${mark}${figure(moved.cacheRead)}`, role: "muted" },
      ],
      short: [{ text, role: "text" }],
      ...moved.marks,
    };
  },
});

interface Moved {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly isLowerBound: boolean;
  readonly marks: Pick<Piece, "staleMs" | "failure">;
}

/** The ledger counts subagents and what the client's bill adds to the messages; the transcript's own sum does not. */
function sessionTokens(context: Context): Moved | undefined {
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

/** A compaction moves tokens that are in no message, only in the client's own counts when the session ends. */
function isCompacted({ session }: Context): boolean {
  const compaction = session?.parts.transcript?.value?.lastCompaction;
  return compaction !== undefined && compaction.at > (session?.parts.usage?.value?.tokensCountedAt ?? 0);
}
