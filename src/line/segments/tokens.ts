import { tokens as figure } from "../format.ts";
import { freshness } from "../parts.ts";
import { segment } from "../segment.ts";

export const tokens = segment({
  name: "tokens",
  about: "Tokens that the session moved: all input, of it from the cache, and output",
  source: "state transcript",
  absent: "no reply has come yet, or the transcript has not been read",
  priority: 24,
  part: "transcript",
  render(context) {
    const part = context.session?.parts.transcript;
    const moved = part?.value?.tokens;
    if (!moved) return undefined;
    const input = moved.input + moved.cacheRead + moved.cacheWrite;
    if (input + moved.output === 0) return undefined;
    const text = `in ${figure(input)} out ${figure(moved.output)}`;
    return {
      role: "context",
      icon: "tokens",
      spans: [
        { text, role: "text" },
        { text: ` cached ${figure(moved.cacheRead)}`, role: "muted" },
      ],
      short: [{ text, role: "text" }],
      ...freshness(context, "transcript", part),
    };
  },
});
