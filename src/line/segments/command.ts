import { tidy } from "../layout/clean.ts";
import { staleSince } from "../parts.ts";
import { prose, segment } from "../segment.ts";

export const command = segment({
  name: "command",
  about: "The output of one of your own commands",
  source: "state commands; run by gather, never by display",
  absent: "no command of that name is configured, it has not run yet, or it printed nothing",
  priority: 26,
  part: "commands",
  argument: "NAME",
  render(context, _options, argument) {
    const all = context.session?.parts.commands?.value;
    const result = all && Object.hasOwn(all, argument) ? all[argument] : undefined;
    const text = result && tidy(result.text);
    if (!result || !text) return undefined;
    const life = context.config.commands[argument]?.refreshMs ?? 30_000;
    return {
      role: "text",
      spans: [prose(text)],
      ...staleSince(context.now, result.gatheredAt, life),
      ...(result.error === undefined ? {} : { failure: result.error }),
    };
  },
});
