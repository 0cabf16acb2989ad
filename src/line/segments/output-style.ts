import { segment } from "../segment.ts";

export const outputStyle = segment({
  name: "output-style",
  about: "The output style, if it is not the default",
  source: "payload output_style.name",
  absent: "it is the default",
  brief: "default",
  priority: 22,
  render({ payload: { outputStyle } }) {
    if (outputStyle === undefined || outputStyle === "default") return undefined;
    return { role: "session", icon: "style", spans: [{ text: outputStyle, role: "session", elastic: 8 }] };
  },
});
