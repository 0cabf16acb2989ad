import { icon } from "../look/icons.ts";
import { segment } from "../segment.ts";

export const fast = segment({
  name: "fast",
  about: "Fast mode is on, which costs more",
  source: "payload fast_mode",
  absent: "fast mode is off",
  brief: "off",
  priority: 50,
  render({ payload, config }) {
    if (payload.fastMode !== true) return undefined;
    const sign = icon(config.icons, "fast");
    return {
      role: "model",
      spans: [{ text: sign === "fast" ? sign : `${sign} fast`, role: "warn" }],
      short: [{ text: sign, role: "warn" }],
    };
  },
});
