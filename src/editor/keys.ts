/**
 * Bytes of a terminal in raw mode → keys. Escape sequences are read to their end, whatever they are: those that no key
 * has (answers of the terminal, reports of a mouse) give no key, and nothing of them is typed.
 */

/** A key's name ("up", "ctrl-s"), the character that it types, or a pasted text after `PASTE`. */
export type Key = string;

const PASTE = "paste:";

/** @returns the key of a pasted text */
export const pasteKey = (text: string): Key => PASTE + text;

/** @returns the text that a key types or pastes, or undefined for a named key */
export function typedText(key: Key): string | undefined {
  if (key.startsWith(PASTE)) return key.slice(PASTE.length);
  if (key === "space") return " ";
  return [...key].length === 1 ? key : undefined;
}

/** By the final byte of CSI and SS3 sequences. */
const FINALS: Readonly<Record<string, Key>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  P: "f1",
  Z: "shift-tab",
};

/** By the number before "~". */
const NUMBERED: Readonly<Record<string, Key>> = {
  1: "home",
  3: "delete",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
  11: "f1",
};

const CONTROLS: Readonly<Record<string, Key>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  " ": "space",
  "\x7f": "backspace",
  "\b": "backspace",
};

/** Longer pastes are cut. UTF-16 units. */
const LONGEST_PASTE = 4096;
const PASTE_END = "\x1b[201~";

/** An escape that nothing follows for this long is the escape key. Milliseconds. */
const ESCAPE_MS = 30;
/** A paste whose end does not come is one up to here. Milliseconds. */
const PASTE_MS = 2000;

/** Where decoding stands between two chunks. */
export interface KeyDecoder {
  /** @returns the keys that these bytes complete */
  push(bytes: Uint8Array): Key[];
  /**
   * Nothing followed for the time of `wait`.
   * @returns the escape key for a lone escape, what was pasted so far; other unfinished sequences are dropped
   */
  flush(): Key[];
  /** How long the rest of a sequence may take, in milliseconds; undefined between sequences. */
  wait(): number | undefined;
}

type Reading = "ground" | "escape" | "csi" | "ss3" | "string" | "string-escape" | "linux" | "paste";

/** A decoder for one terminal. Never throws, keeps at most LONGEST_PASTE characters. */
export function keyDecoder(): KeyDecoder {
  const utf8 = new TextDecoder();
  let mode: Reading = "ground";
  let parameters = "";
  let pasted = "";
  /** The last characters of a paste, which may be its end. */
  let tail = "";

  const csi = (final: string): Key[] => {
    mode = "ground";
    if (final === "~" && parameters === "200") {
      mode = "paste";
      pasted = "";
      tail = "";
      return [];
    }
    const key = final === "~" ? NUMBERED[parameters] : /^1?$/.test(parameters) ? FINALS[final] : undefined;
    return key === undefined ? [] : [key];
  };

  const paste = (character: string): Key[] => {
    tail += character;
    if (tail === PASTE_END) {
      mode = "ground";
      return [pasteKey(pasted)];
    }
    // What cannot become the end is text.
    if (tail.length < PASTE_END.length) return [];
    const first = String.fromCodePoint(tail.codePointAt(0) ?? 0);
    if (pasted.length + first.length <= LONGEST_PASTE) pasted += first;
    tail = tail.slice(first.length);
    return [];
  };

  const ground = (character: string): Key[] => {
    if (character === "\x1b") {
      mode = "escape";
      return [];
    }
    const control = CONTROLS[character];
    if (control !== undefined) return [control];
    const code = character.codePointAt(0) ?? 0;
    if (code > 0 && code <= 26) return [`ctrl-${String.fromCharCode(code + 96)}`];
    // Other controls, and the replacement of bytes that are not UTF-8.
    return /[\x00-\x1f\x7f-\x9f\ufffd]/.test(character) ? [] : [character];
  };

  const afterEscape = (character: string): Key[] => {
    if (character === "\x1b") return ["escape"];
    if (character === "[" || character === "O") {
      mode = character === "[" ? "csi" : "ss3";
      parameters = "";
      return [];
    }
    mode = "]P_^X".includes(character) ? "string" : "ground";
    // Alt and a character is no key.
    return [];
  };

  const step = (character: string): Key[] => {
    if (mode === "ground") return ground(character);
    if (mode === "escape") return afterEscape(character);
    if (mode === "paste") return paste(character);
    if (mode === "string" || mode === "string-escape") {
      if (character === "\x07" || (mode === "string-escape" && character === "\\")) mode = "ground";
      else mode = character === "\x1b" ? "string-escape" : "string";
      return [];
    }
    // CAN, SUB and a new escape cancel a sequence.
    if (character === "\x1b") mode = "escape";
    else if (character < " " || character > "~") mode = "ground";
    else if (mode === "linux") mode = "ground";
    else if (mode === "csi" && parameters === "" && character === "[") mode = "linux";
    else if (mode === "csi" && character < "@")
      parameters = parameters.length < 64 ? parameters + character : "?";
    else return csi(character);
    return [];
  };

  return {
    push: (bytes) => [...utf8.decode(bytes, { stream: true })].flatMap(step),
    flush() {
      const keys = mode === "escape" ? ["escape"] : mode === "paste" ? [pasteKey(pasted + tail)] : [];
      mode = "ground";
      return keys;
    },
    wait: () => (mode === "ground" ? undefined : mode === "paste" ? PASTE_MS : ESCAPE_MS),
  };
}

/** Call `listener` for each key until the function that is returned is called. */
export function onKeys(input: NodeJS.ReadableStream, listener: (key: Key) => void): () => void {
  const decoder = keyDecoder();
  let timer: Timer | undefined;
  const report = (keys: readonly Key[]) => {
    for (const key of keys) listener(key);
  };
  const onData = (data: Buffer | string) => {
    clearTimeout(timer);
    report(decoder.push(typeof data === "string" ? Buffer.from(data) : data));
    const wait = decoder.wait();
    if (wait !== undefined) timer = setTimeout(() => report(decoder.flush()), wait);
  };
  input.on("data", onData);
  return () => {
    clearTimeout(timer);
    input.off("data", onData);
  };
}
