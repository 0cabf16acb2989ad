import { segment } from "../segment.ts";

export const model = segment({
  name: "model",
  about: "The model's name",
  source: "payload model",
  absent: "the client sent no model",
  brief: "not sent",
  priority: 90,
  render({ payload: { model } }) {
    const name = model.name ?? (model.id === undefined ? undefined : without(model.id, "claude-"));
    if (name === undefined) return undefined;
    const bare = without(name, "Claude ");
    const details = bare.indexOf(" (");
    const short = details > 0 ? bare.slice(0, details) : bare;
    return {
      role: "model",
      icon: "model",
      spans: [{ text: name, role: "model", elastic: 24 }],
      short: [{ text: short, role: "model", elastic: 12 }],
    };
  },
});

const without = (text: string, start: string): string =>
  text.startsWith(start) && text.length > start.length ? text.slice(start.length) : text;
