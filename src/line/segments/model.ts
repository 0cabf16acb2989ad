import { segment } from "../segment.ts";

export const model = segment({
  name: "model",
  about: "The model's name",
  source: "payload model",
  absent: "the client named no model",
  priority: 90,
  render({ payload: { model } }) {
    const name = model.name ?? model.id?.replace("claude-", "");
    if (name === undefined) return undefined;
    const short = beforeBracket(name.startsWith("Claude ") ? name.slice("Claude ".length) : name);
    return {
      role: "model",
      icon: "model",
      spans: [{ text: name, role: "model", elastic: 12 }],
      short: [{ text: short === "" ? name : short, role: "model", elastic: 8 }],
    };
  },
});

/** "Opus 4.5 (1M context)" and "claude-opus-4-5[1m]" without what stands in brackets. */
function beforeBracket(name: string): string {
  const bracket = Math.min(...["(", "["].map((each) => (name.indexOf(each) + 1 || name.length + 1) - 1));
  return name.slice(0, bracket).trimEnd();
}
