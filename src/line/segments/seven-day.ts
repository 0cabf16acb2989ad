import { LIMIT_LEVELS, LIMIT_OPTIONS, limitPiece } from "../limit.ts";
import { segment } from "../segment.ts";

export const sevenDay = segment({
  name: "seven-day",
  about: "The seven-day limit: used, when it will run out if it will, time to its reset",
  source: "payload rate_limits.seven_day; state limits of the account",
  absent: "there is no such limit (an API key), no reply yet, or the window was reset",
  priority: 72,
  part: "limits",
  levels: LIMIT_LEVELS,
  options: LIMIT_OPTIONS,
  render: (context, options) => limitPiece(context, "sevenDay", "7d", options),
});
