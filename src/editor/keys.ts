/** Keys of a terminal in raw mode, by name. */
import { emitKeypressEvents, type Interface, type Key as Keypress } from "node:readline";

/** A key's name, or the character that it types. */
export type Key = string;

/** An escape that nothing follows for this long is the escape key. Milliseconds. */
const ESCAPE_MS = 20;

const NAMED = ["up", "down", "left", "right", "delete", "escape", "enter", "tab", "space"];
const ALIASES: Readonly<Record<string, Key>> = { return: "enter", backspace: "delete" };

/** Call `listener` for each key until the function that is returned is called. */
export function onKeys(input: NodeJS.ReadableStream, listener: (key: Key) => void): () => void {
  // The second argument is only asked for this.
  emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_MS } as unknown as Interface);
  const onKeypress = (_typed: string | undefined, pressed: Keypress) => {
    const key = keyOf(pressed);
    if (key !== undefined) listener(key);
  };
  input.on("keypress", onKeypress);
  return () => void input.off("keypress", onKeypress);
}

function keyOf({ name = "", sequence = "", ctrl, meta }: Keypress): Key | undefined {
  if (ctrl) return name === "c" ? "ctrl-c" : undefined;
  const key = ALIASES[name] ?? name;
  if (NAMED.includes(key) && (!meta || key === "escape")) return key;
  return sequence.length === 1 && sequence >= " " ? sequence : undefined;
}
