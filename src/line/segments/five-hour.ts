import { LIMIT_LEVELS, LIMIT_OPTIONS, limitPiece } from "../limit.ts";
import { segment } from "../segment.ts";

export const fiveHour = segment({
  name: "five-hour",
  about: "The five-hour limit: share used, predicted exhaustion, time to reset",
  source: "payload rate_limits.five_hour; state limits of the account",
  absent: "the account has no such limit (API key), no reply yet, or the window was reset",
  brief: "not known",
  priority: 75,
  part: "limits",
  levels: LIMIT_LEVELS,
  options: LIMIT_OPTIONS,
  render: (context, options) => limitPiece(context, "fiveHour", "5h", options),
});
