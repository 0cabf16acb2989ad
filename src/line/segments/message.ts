import { tidy } from "../layout/clean.ts";
import { age } from "../look/format.ts";
import { prose, type Span, segment } from "../segment.ts";

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
    const quote: Span = { text: '"', role: "text" };
    const quoted: Span[] = text === "" ? [] : [quote, prose(text), quote];
    const old: Span[] = [];
    if (lastUserMessageAt !== undefined)
      old.push({ text: `${age(context.now - lastUserMessageAt)} ago`, role: "muted" });
    if (quoted.length === 0 || old.length === 0) {
      const spans = [...quoted, ...old];
      return spans.length === 0 ? undefined : { role: "session", icon: "message", spans };
    }
    const spans: Span[] = [...quoted, { text: " ", role: "muted" }, ...old];
    return { role: "session", icon: "message", spans, short: old };
  },
});
