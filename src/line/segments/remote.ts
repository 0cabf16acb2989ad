import { segment } from "../segment.ts";

export const remote = segment({
  name: "remote",
  about: "The session runs remotely",
  source: "payload remote.session_id",
  absent: "it runs on this machine",
  priority: 34,
  render({ payload: { remote } }) {
    return remote ? { role: "session", spans: [{ text: "remote", role: "session" }] } : undefined;
  },
});
