import { LIMIT_LEVELS, LIMIT_OPTIONS, limitPiece } from "../limit.ts";
import { segment } from "../segment.ts";

export const sevenDay = segment({
  name: "seven-day",
  about: "The seven-day limit: share used, predicted exhaustion, time to reset",
  source: "payload rate_limits.seven_day; state limits of the account",
  absent: "the account has no such limit (API key), no reply yet, or the window was reset",
  brief: "not known",
  priority: 72,
  part: "limits",
  levels: LIMIT_LEVELS,
  options: LIMIT_OPTIONS,
  render: (context, options) => limitPiece(context, "sevenDay", "7d", options),
});
