import { count } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { segment } from "../segment.ts";

export const turns = segment({
  name: "turns",
  about: "Number of prompts sent by a person in this session",
  source: "state transcript",
  absent: "no prompt yet, or the transcript has not been read",
  priority: 18,
  part: "transcript",
  render(context) {
    const part = context.session?.parts.transcript;
    const turns = part?.value?.turns;
    if (!turns) return undefined;
    return {
      role: "session",
      icon: "turns",
      spans: [{ text: `${count(turns)} ${turns === 1 ? "turn" : "turns"}`, role: "session" }],
      short: [{ text: `${count(turns)}t`, role: "session" }],
      ...freshness(context, "transcript", part),
    };
  },
});
