/** The shapes of the part `limits`: see parts.ts for its row, and for units. */
import { list, number, object, optional, text } from "./shape.ts";

export const limitWindow = object({
  usedPercent: number,
  resetsAt: number,
  /** When a session reported it. */
  seenAt: number,
  /** When the limit runs out at the recent rate; missing when it will not before the reset. */
  runsOutAt: optional(number),
});

const accountLimitsFields = {
  fiveHour: optional(limitWindow),
  sevenDay: optional(limitWindow),
  /** The recent past, oldest first, at most 60 points: the rate is computed from it. */
  series: list(
    object({
      at: number,
      fiveHour: optional(number),
      sevenDay: optional(number),
      fiveHourResetsAt: optional(number),
      sevenDayResetsAt: optional(number),
    }),
  ),
  /** What each session of the account reported last, newest first. Used percent; `at` is when that last changed. */
  sources: optional(
    list(
      object({
        sessionId: text,
        fiveHour: optional(number),
        sevenDay: optional(number),
        at: optional(number),
      }),
    ),
  ),
};
export const accountLimits = object(accountLimitsFields);

export const limitsFacts = object({
  ...accountLimitsFields,
  /** Who is logged in, if known; figures from before another login are dropped. */
  accountId: optional(text),
  /** Other accounts whose sessions use the same directory (`state/limit-windows.ts`), at most 3. */
  others: optional(list(accountLimits)),
});
