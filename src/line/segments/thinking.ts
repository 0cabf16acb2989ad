import { segment } from "../segment.ts";

export const thinking = segment({
  name: "thinking",
  about: "Whether extended thinking is on",
  source: "payload thinking.enabled",
  absent: "the client did not send it",
  priority: 15,
  options: { on: { default: false, about: "also show when it is on" } },
  render({ payload: { thinking } }, { on }) {
    if (thinking === undefined || (thinking && !on)) return undefined;
    return { role: "model", spans: [{ text: thinking ? "thinking" : "no thinking", role: "muted" }] };
  },
});
