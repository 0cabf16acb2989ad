import { segment } from "../segment.ts";

export const model = segment({
  name: "model",
  about: "The model's name",
  source: "payload model",
  absent: "the client named no model",
  priority: 90,
  render({ payload: { model } }) {
    const name = model.name ?? model.id?.replace(/^claude-/, "");
    if (name === undefined) return undefined;
    const short = name.replace(/^Claude /, "").replace(/ ?[([].*$/, "");
    return {
      role: "model",
      icon: "model",
      spans: [{ text: name, role: "model", elastic: 12 }],
      short: [{ text: short === "" ? name : short, role: "model", elastic: 8 }],
    };
  },
});
