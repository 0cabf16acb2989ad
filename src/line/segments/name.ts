import { prose, segment } from "../segment.ts";

export const name = segment({
  name: "name",
  about: "The session's name",
  source: "payload session_name",
  absent: "the session has no name",
  brief: "none",
  priority: 33,
  render({ payload: { sessionName } }) {
    if (sessionName === undefined) return undefined;
    return { role: "session", icon: "name", spans: [prose(sessionName, "session")] };
  },
});
