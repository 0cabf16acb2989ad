import { count } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { segment } from "../segment.ts";

export const compactions = segment({
  name: "compactions",
  about: "How often the conversation was compacted",
  source: "state transcript",
  absent: "it was never compacted, or the transcript has not been read",
  priority: 13,
  part: "transcript",
  render(context) {
    const part = context.session?.parts.transcript;
    const times = part?.value?.compactions;
    if (!times) return undefined;
    return {
      role: "context",
      spans: [{ text: `compacted ${count(times)}x`, role: "muted" }],
      ...freshness(context, "transcript", part),
    };
  },
});
