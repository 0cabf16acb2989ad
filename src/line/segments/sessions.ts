import { count } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { segment } from "../segment.ts";

export const sessions = segment({
  name: "sessions",
  about: "Other live sessions on this machine, and stopped ones",
  source: "state sessions of the account",
  absent: "no other session, or not checked yet",
  priority: 14,
  part: "sessions",
  render(context) {
    const part = context.account?.parts.sessions;
    if (!part?.value) return undefined;
    const others = Math.max(0, part.value.live - 1);
    const { stopped } = part.value;
    if (others + stopped === 0) return undefined;
    const words = [
      others > 0 ? `+${count(others)} live` : "",
      stopped > 0 ? `${count(stopped)} stopped` : "",
    ];
    return {
      role: "session",
      icon: "live",
      spans: [{ text: words.filter((word) => word !== "").join(" "), role: "session" }],
      ...freshness(context, "sessions", part),
    };
  },
});
