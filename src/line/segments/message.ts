import { tidy } from "../layout/clean.ts";
import { age } from "../look/format.ts";
import { type Span, segment } from "../segment.ts";

export const message = segment({
  name: "message",
  about: "The last message sent by a person, and how long ago",
  source: "state transcript",
  absent: "no prompt yet, or the transcript has not been read",
  priority: 16,
  part: "transcript",
  options: { text: { default: true, about: "the message itself, not only its age" } },
  render(context, { text: withText }) {
    const facts = context.session?.parts.transcript?.value;
    const { lastUserMessage, lastUserMessageAt } = facts ?? {};
    const text = withText && lastUserMessage !== undefined ? tidy(lastUserMessage) : "";
    const spans: Span[] = text === "" ? [] : [{ text: `"${text}"`, role: "text", elastic: 12 }];
    if (lastUserMessageAt !== undefined) {
      const old = `${age(context.now - lastUserMessageAt)} ago`;
      spans.push({ text: spans.length > 0 ? ` ${old}` : old, role: "muted" });
    }
    return spans.length === 0 ? undefined : { role: "session", icon: "message", spans };
  },
});
