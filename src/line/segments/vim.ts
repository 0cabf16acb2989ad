import { segment } from "../segment.ts";

export const vim = segment({
  name: "vim",
  about: "The editor's vim mode",
  source: "payload vim.mode",
  absent: "vim mode is off",
  brief: "off",
  priority: 45,
  render({ payload: { vimMode } }) {
    if (vimMode === undefined) return undefined;
    return {
      role: "session",
      spans: [{ text: vimMode.toUpperCase(), role: "session", elastic: 6 }],
      short: [{ text: vimMode.slice(0, 1).toUpperCase(), role: "session" }],
    };
  },
});
