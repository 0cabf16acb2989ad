import { segment } from "../segment.ts";

export const version = segment({
  name: "version",
  about: "The version of Claude Code",
  source: "payload version",
  absent: "the client did not send it",
  priority: 10,
  render({ payload: { version } }) {
    if (version === undefined) return undefined;
    return { role: "session", spans: [{ text: `v${version}`, role: "muted", elastic: 8 }] };
  },
});
