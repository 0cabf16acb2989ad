/** The names of models: as the client shows them, made from the id where it sends no name. No regular expressions. */

const FAMILY = "claude-";
const LARGE = "[1m]";

/**
 * @param id "claude-sonnet-5-5", also with a date, a window or the prefix of a provider
 * @returns "Sonnet 5.5", "Opus 4.5 (1M context)"; an id that is not built like that without its family name
 */
export function modelLabel(id: string): string {
  const start = id.indexOf(FAMILY);
  const rest = start < 0 ? id : id.slice(start + FAMILY.length);
  if (start < 0 || rest === "") return id;
  const isLarge = rest.endsWith(LARGE);
  const words: string[] = [];
  const numbers: string[] = [];
  for (const part of withoutVersion(isLarge ? rest.slice(0, -LARGE.length) : rest)
    .replaceAll(".", "-")
    .split("-")) {
    if (isNumber(part)) {
      // A longer one is a date.
      if (part.length <= 2) numbers.push(part);
    } else if (part !== "latest") words.push(part.slice(0, 1).toUpperCase() + part.slice(1));
  }
  if (words.length !== 1 || words[0] === "" || numbers.length === 0 || numbers.length > 2) return rest;
  return `${words[0]} ${numbers.join(".")}${isLarge ? " (1M context)" : ""}`;
}

/** @returns the name without its details: "Opus 4.5" of "Opus 4.5 (1M context)" */
export function shortModelLabel(name: string): string {
  const details = name.indexOf(" (");
  return details > 0 ? name.slice(0, details) : name;
}

/** Without what Bedrock and Vertex AI add: "-v1:0", "@20250929". */
function withoutVersion(id: string): string {
  const at = id.indexOf("@");
  const plain = at < 0 ? id : id.slice(0, at);
  const version = plain.indexOf("-v");
  return version > 0 && isNumber(plain.slice(version + 2, version + 3)) ? plain.slice(0, version) : plain;
}

function isNumber(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text !== "";
}
