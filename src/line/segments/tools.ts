import { age, count } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { prose, type Span, segment } from "../segment.ts";

export const tools = segment({
  name: "tools",
  about: "The running tool, and the most used tools",
  source: "state transcript",
  absent: "no tool has been used yet, or the transcript has not been read",
  priority: 28,
  part: "transcript",
  options: { most: { default: 3, min: 0, max: 8, about: "how many of the most used tools to show" } },
  render(context, { most }) {
    const part = context.session?.parts.transcript;
    const facts = part?.value;
    if (!facts) return undefined;
    const { runningTool: running } = facts;
    const now: Span[] = [];
    if (running) {
      now.push({ text: running.name, role: "activity", elastic: 8 });
      if (running.target !== undefined) now.push({ text: " ", role: "text" }, targetSpan(running.target));
      now.push({ text: ` ${age(context.now - running.since)}`, role: "muted" });
    }
    const counts = facts.tools
      .slice(0, most)
      .map((tool): Span => ({ text: `${tool.name} ${count(tool.count)}`, role: "muted", elastic: 8 }));
    const spans = [...now];
    for (const span of counts)
      spans.push(...(spans.length > 0 ? [{ text: "  ", role: "muted" } as const, span] : [span]));
    if (spans.length === 0) return undefined;
    return {
      role: "activity",
      icon: "tool",
      spans,
      ...(now.length > 0 ? { short: now } : counts[0] ? { short: [counts[0]] } : {}),
      ...freshness(context, "transcript", part),
    };
  },
});

/** Commands and descriptions are prose, paths and addresses are not. */
const targetSpan = (target: string): Span =>
  target.includes(" ") && !target.startsWith("/")
    ? prose(target)
    : { text: target, role: "text", elastic: 10 };
