/** Text of transcript lines, and the prompts that a person typed among them. */
import { at, field, type Json, text } from "../../claude/json.ts";

/** Text content, whether a string or a list of blocks; undefined without text. */
export function plainText(content: Json): string | undefined {
  if (!Array.isArray(content)) return text(content);
  const texts = content
    .filter((block) => field(block, "type") === "text")
    .map((block) => field(block, "text"));
  return text(texts.filter((each) => typeof each === "string").join("\n"));
}

/** The text on one line, of at most `limit` UTF-16 units; undefined for a blank text. */
export function oneLine(value: string, limit: number): string | undefined {
  return text(
    value
      .slice(0, limit * 4)
      .replace(/\s+/g, " ")
      .trim(),
    limit,
  );
}

const MESSAGE_LIMIT = 300;

/** Output of local commands, notifications and interruptions have the user's role. */
const NOT_TYPED =
  /^\s*(<(local-command|command-|task-notification|bash-|system-reminder)|\[Request interrupted)/;

/** What a person typed, on one line; undefined for other lines. */
export function promptOf(line: Json): string | undefined {
  if (field(line, "isMeta") === true || field(line, "isCompactSummary") === true) return undefined;
  if (field(line, "isVisibleInTranscriptOnly") === true) return undefined;
  // A skill that the model loads has the user's role.
  if (field(line, "sourceToolUseID") !== undefined) return undefined;
  const origin = at(line, "origin", "kind");
  if (origin !== undefined && origin !== "human") return undefined;
  const typed = plainText(at(line, "message", "content"));
  if (typed === undefined) return undefined;
  const command = typed.match(/<command-name>(.*?)<\/command-name>/s)?.[1];
  if (command !== undefined) {
    if (!isSentToModel(line, typed)) return undefined;
    const words = typed.match(/<command-args>(.*?)<\/command-args>/s)?.[1] ?? "";
    return oneLine(`${command} ${words}`, MESSAGE_LIMIT);
  }
  if (NOT_TYPED.test(typed)) return undefined;
  return oneLine(typed, MESSAGE_LIMIT);
}

/**
 * Whether a slash command is a prompt for the model (a custom command, a skill, `/init`) and not one that the client
 * runs itself (`/clear`, `/model`, `/compact`). Claude Code 2.1.331 writes where a line comes from: `origin` for a
 * prompt, `rowSource` "local" for the others. In older clients only the order differs: a prompt has the message first, a
 * local command the name.
 */
function isSentToModel(line: Json, typed: string): boolean {
  if (at(line, "origin", "kind") !== undefined) return true;
  return field(line, "rowSource") !== "local" && !typed.trimStart().startsWith("<command-name>");
}
