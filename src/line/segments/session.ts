import { duration } from "../look/format.ts";
import { icon } from "../look/icons.ts";
import { segment } from "../segment.ts";

export const session = segment({
  name: "session",
  about: "How long the session has been running",
  source: "payload cost.total_duration_ms",
  absent: "it has not run for a second yet, or the client sent no duration",
  priority: 25,
  options: { api: { default: false, about: "also the time spent waiting for the model" } },
  render({ payload: { cost }, config }, { api }) {
    if (cost.durationMs === undefined || cost.durationMs < 1000) return undefined;
    const sign = icon(config.icons, "session") || "up ";
    const text = `${sign === "up " ? sign : `${sign} `}${duration(cost.durationMs)}`;
    const waited = api && cost.apiDurationMs ? ` (api ${duration(cost.apiDurationMs)})` : "";
    return {
      role: "session",
      spans: [{ text: text + waited, role: "session" }],
      short: [{ text, role: "session" }],
    };
  },
});
