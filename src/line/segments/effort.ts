import { segment } from "../segment.ts";

export const effort = segment({
  name: "effort",
  about: "The effort level of the model",
  source: "payload effort.level",
  absent: "the model takes no effort level",
  brief: "none",
  priority: 35,
  render({ payload: { effort } }) {
    if (effort === undefined) return undefined;
    const short = Object.hasOwn(SHORT, effort) ? SHORT[effort] : undefined;
    return {
      role: "model",
      spans: [{ text: effort, role: "muted", elastic: 6 }],
      short: short === undefined ? undefined : [{ text: short, role: "muted" }],
    };
  },
});

const SHORT: Readonly<Record<string, string>> = { low: "lo", medium: "med", high: "hi", xhigh: "xhi" };
