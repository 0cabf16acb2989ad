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
/** Over a slow connection the bytes of a sequence come one by one: how long to wait for each. Milliseconds. */
const SEQUENCE_MS = 1000;
/** The escape key may have been the start of a terminal's late answer, whose rest follows within this. Milliseconds. */
const LATE_MS = 500;
/** What ends later, or is longer, is not an answer. Milliseconds, characters. */
const LONGEST_SEQUENCE_MS = 3000;
const LONGEST_STRING = 4096;

/** What follows "]", "P" and "[" in answers to OSC, DCS and DA requests. */
const ANSWER_STARTS: Readonly<Record<string, RegExp>> = { "]": /\d/, P: /[\d!>+|$]/, "[": /[?>]/ };

/** The state of decoding between two chunks. */
export interface KeyDecoder {
  /** @returns the keys that these bytes complete */
  push(bytes: Uint8Array): Key[];
  /**
   * Nothing followed for the time of `wait`.
   * @returns the escape key for a lone escape, what was pasted so far; other unfinished sequences are dropped. The rest
   *   of an answer that began with that escape is still recognised
   */
  flush(): Key[];
  /** How long the rest of a sequence may take, in milliseconds; undefined between sequences. */
  wait(): number | undefined;
}

type Reading =
  | "ground"
  | "escape"
  | "csi"
  | "ss3"
  | "string"
  | "string-escape"
  | "linux"
  | "paste"
  /** After an escape key. */
  | "late"
  /** And after the character that would continue an answer. */
  | "late-start";

/** How long each may wait for its next byte. Milliseconds. */
const WAITS: Readonly<Partial<Record<Reading, number>>> = {
  escape: ESCAPE_MS,
  paste: PASTE_MS,
  late: LATE_MS,
  "late-start": LATE_MS,
};

/** A decoder for one terminal. Never throws, keeps at most LONGEST_PASTE characters. */
export function keyDecoder(): KeyDecoder {
  const utf8 = new TextDecoder();
  let mode: Reading = "ground";
  let parameters = "";
  let pasted = "";
  /** The last characters of a paste, which may be its end. */
  let tail = "";
  /** The first character of what may be a late answer. */
  let held = "";
  let length = 0;
  let started = 0;

  const isTooLong = () =>
    mode !== "ground" &&
    mode !== "paste" &&
    (Bun.nanoseconds() - started > LONGEST_SEQUENCE_MS * 1e6 ||
      (mode === "string" && length > LONGEST_STRING));

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
    // The rest is text.
    if (tail.length < PASTE_END.length) return [];
    const first = String.fromCodePoint(tail.codePointAt(0) ?? 0);
    if (pasted.length + first.length <= LONGEST_PASTE) pasted += first;
    tail = tail.slice(first.length);
    return [];
  };

  const begin = () => {
    mode = "escape";
    length = 0;
    started = Bun.nanoseconds();
  };

  const ground = (character: string): Key[] => {
    if (character === "\x1b") {
      begin();
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
    // Alt with a character is ignored.
    return [];
  };

  /** The rest of a late answer, or keys after the escape key. */
  const late = (character: string): Key[] => {
    if (mode === "late") {
      mode = character in ANSWER_STARTS ? "late-start" : "ground";
      held = character;
      return mode === "ground" ? ground(character) : [];
    }
    const isAnswer = ANSWER_STARTS[held]?.test(character);
    mode = !isAnswer ? "ground" : held === "[" ? "csi" : "string";
    parameters = character;
    return isAnswer ? [] : [held, ...ground(character)];
  };

  const step = (character: string): Key[] => {
    length += 1;
    if (isTooLong()) mode = "ground";
    if (mode === "late" || mode === "late-start") return late(character);
    if (mode === "ground") return ground(character);
    if (mode === "escape") return afterEscape(character);
    if (mode === "paste") return paste(character);
    if (mode === "string" || mode === "string-escape") {
      // Another escape sequence cancels a string.
      if (mode === "string-escape" && character !== "\\") return afterEscape(character);
      if (character === "\x07" || mode === "string-escape") mode = "ground";
      else mode = character === "\x1b" ? "string-escape" : "string";
      return [];
    }
    // CAN, SUB and a new escape cancel a sequence.
    if (character === "\x1b") begin();
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
      const before = mode;
      mode = before === "escape" ? "late" : "ground";
      if (before === "late-start") return [held];
      return before === "escape" ? ["escape"] : before === "paste" ? [pasteKey(pasted + tail)] : [];
    },
    wait: () => (mode === "ground" ? undefined : (WAITS[mode] ?? SEQUENCE_MS)),
  };
}
