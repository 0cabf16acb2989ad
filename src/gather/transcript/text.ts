/** Text of transcript lines. */
import { field, type Json, text } from "../../claude/json.ts";

/** Text content, whether a string or a list of blocks; undefined when there is none. */
export function plainText(content: Json): string | undefined {
  if (!Array.isArray(content)) return text(content);
  const texts = content
    .filter((block) => field(block, "type") === "text")
    .map((block) => field(block, "text"));
  return text(texts.filter((each) => typeof each === "string").join("\n"));
}

/** The text on one line, of at most `limit` UTF-16 units; undefined when there is none. */
export function oneLine(value: string, limit: number): string | undefined {
  return text(
    value
      .slice(0, limit * 4)
      .replace(/\s+/g, " ")
      .trim(),
    limit,
  );
}
