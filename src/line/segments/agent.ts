import { segment } from "../segment.ts";

export const agent = segment({
  name: "agent",
  about: "The agent that the session runs as",
  source: "payload agent.name",
  absent: "the session was not started with an agent",
  brief: "none",
  priority: 48,
  render({ payload: { agent } }) {
    if (agent === undefined) return undefined;
    return { role: "activity", icon: "agent", spans: [{ text: agent, role: "activity", elastic: 8 }] };
  },
});
