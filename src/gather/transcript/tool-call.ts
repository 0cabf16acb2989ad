/** A running tool call. */
import { field, type Json, text } from "../../claude/json.ts";
import { oneLine } from "./text.ts";

const TARGET_LIMIT = 120;
const NAME_LIMIT = 60;

export interface ToolCall {
  id: string;
  name: string;
  target?: string;
  since: number;
  /** The call starts a subagent. */
  agent?: { type: string; description?: string; model?: string };
}

/** @param since when it started. Unix milliseconds */
export function toolCall(id: string, name: string, input: Json, since: number): ToolCall {
  const target = targetOf(input);
  return {
    id,
    name,
    since,
    ...(target === undefined ? {} : { target }),
    ...(name === "Task" || name === "Agent" ? { agent: agentOf(input) } : {}),
  };
}

function agentOf(input: Json): NonNullable<ToolCall["agent"]> {
  const description = text(field(input, "description"), TARGET_LIMIT);
  const model = text(field(input, "model"), NAME_LIMIT);
  return {
    type: text(field(input, "subagent_type"), NAME_LIMIT) ?? "agent",
    ...(description === undefined ? {} : { description }),
    ...(model === undefined ? {} : { model }),
  };
}

/** What a tool works on: the first of these input fields. */
function targetOf(input: Json): string | undefined {
  for (const name of [
    "file_path",
    "notebook_path",
    "path",
    "pattern",
    "url",
    "query",
    "description",
    "command",
  ]) {
    const value = text(field(input, name));
    if (value !== undefined) return oneLine(value, TARGET_LIMIT);
  }
  return undefined;
}
