import { count } from "../look/format.ts";
import { segment } from "../segment.ts";

export const lines = segment({
  name: "lines",
  about: "Lines added and removed by the session",
  source: "payload cost.total_lines_added, cost.total_lines_removed",
  absent: "the session changed no lines",
  brief: "none changed",
  priority: 30,
  render({ payload: { cost } }) {
    const [added, removed] = [cost.linesAdded ?? 0, cost.linesRemoved ?? 0];
    if (added === 0 && removed === 0) return undefined;
    return {
      role: "change",
      icon: "lines",
      spans: [
        { text: `+${count(added)}`, role: "good" },
        // Not red: that is for what needs attention.
        { text: ` -${count(removed)}`, role: "muted" },
      ],
    };
  },
});
