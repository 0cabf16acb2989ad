import { modelLabel, shortModelLabel } from "../look/model-label.ts";
import { segment } from "../segment.ts";

const BRAND = "Claude ";

export const model = segment({
  name: "model",
  about: "The model's name",
  source: "payload model",
  absent: "the client sent no model",
  brief: "not sent",
  priority: 90,
  render({ payload: { model } }) {
    const name = model.name ?? (model.id === undefined ? undefined : modelLabel(model.id));
    if (name === undefined) return undefined;
    const bare = name.startsWith(BRAND) && name !== BRAND ? name.slice(BRAND.length) : name;
    return {
      role: "model",
      icon: "model",
      spans: [{ text: name, role: "model", elastic: 24 }],
      short: [{ text: shortModelLabel(bare), role: "model", elastic: 12 }],
    };
  },
});
