import { age, count } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { prose, type Span, segment } from "../segment.ts";

export const agents = segment({
  name: "agents",
  about: "Running subagents, and for how long",
  source: "state transcript",
  absent: "no subagent is running, or the transcript has not been read",
  brief: "none running",
  priority: 44,
  part: "transcript",
  render(context) {
    const part = context.session?.parts.transcript;
    const running = part?.value?.agents ?? [];
    const [first] = running;
    if (!first) return undefined;
    let oldest = first.since;
    for (const each of running) oldest = Math.min(oldest, each.since);
    const time: Span = { text: ` ${age(context.now - oldest)}`, role: "muted" };
    const number: Span = {
      text: running.length === 1 ? first.type : `${count(running.length)} agents`,
      role: "activity",
      elastic: 8,
    };
    const about = running.length === 1 ? first.description : running.map((each) => each.type).join(", ");
    return {
      role: "activity",
      icon: "agent",
      spans: about === undefined ? [number, time] : [number, { text: " ", role: "text" }, prose(about), time],
      short: [number, time],
      ...freshness(context, "transcript", part),
    };
  },
});
