import { clockTime } from "../look/format.ts";
import { segment } from "../segment.ts";

export const clock = segment({
  name: "clock",
  about: "The time of day at which the line was drawn",
  source: "the system's clock and time zone",
  absent: "the system has no time zone data",
  priority: 20,
  options: { hours: { default: "24", choices: ["24", "12"], about: "24-hour or 12-hour clock" } },
  render(context, { hours }) {
    const time = context.localTime(context.now);
    if (!time) return undefined;
    return {
      role: "time",
      icon: "clock",
      spans: [{ text: clockTime(time, hours === "12" ? 12 : 24), role: "time" }],
    };
  },
});
