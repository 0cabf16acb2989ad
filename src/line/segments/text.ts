import { prose, segment } from "../segment.ts";

export const text = segment({
  name: "text",
  about: "A constant text",
  source: "the configuration",
  absent: "no text after the colon",
  priority: 11,
  argument: "TEXT",
  render: (_context, _options, argument) =>
    argument.trim() === "" ? undefined : { role: "text", spans: [prose(argument)] },
});
