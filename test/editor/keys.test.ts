import { expect, test } from "bun:test";
import { PassThrough } from "node:stream";
import { onKeys } from "../../src/editor/key-stream.ts";
import { type Key, keyDecoder, pasteKey, typedText } from "../../src/editor/keys.ts";
import { forAll } from "../helpers/random.ts";

/** What a terminal sends, in pieces, and a pause after it. */
function keys(...pieces: readonly (string | Uint8Array)[]): Key[] {
  const decoder = keyDecoder();
  return [
    ...pieces.flatMap((piece) => decoder.push(typeof piece === "string" ? Buffer.from(piece) : piece)),
    ...decoder.flush(),
  ];
}

const ARROWS = [
  "up",
  "down",
  "right",
  "left",
  "home",
  "end",
  "delete",
  "page-up",
  "page-down",
  "shift-tab",
  "f1",
];

test("sequences become keys, however they are split", () => {
  const sent = "\x1b[A\x1bOB\x1b[C\x1b[1D\x1b[H\x1b[4~\x1b[3~\x1b[5~\x1b[6~\x1b[Z\x1bOP";
  expect(keys(sent)).toEqual(ARROWS);
  expect(keys(...sent)).toEqual(ARROWS);
  expect(keys("aß<\r\t \x7f\b\x03\x13\x1b")).toEqual([
    "a",
    "ß",
    "<",
    "enter",
    "tab",
    "space",
    "backspace",
    "backspace",
    "ctrl-c",
    "ctrl-s",
    "escape",
  ]);
  const emoji = Buffer.from("😀é");
  expect(keys(...Array.from(emoji, (byte) => Uint8Array.of(byte)))).toEqual(["😀", "é"]);
});

test("a lone escape is the escape key, and two are two", () => {
  expect(keys("\x1b")).toEqual(["escape"]);
  expect(keys("\x1b\x1b")).toEqual(["escape", "escape"]);
  expect(keys("\x1b[", "A")).toEqual(["up"]);
});

test("nothing of a sequence without a key is typed", () => {
  for (const sent of [
    "\x1b[1;5C",
    "\x1b[1;2;3;4;5Z",
    "\x1b[<0;12;34M",
    "\x1b[?64;1;2;6c",
    "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1bP+q544e\x1b\\",
    "\x1b_Gf=32;AAAA\x1b\\",
    "\x1b[[A",
    "\x1bx",
    "\x00\x7f\x9b".slice(0, 1),
    `\x1b[${"1;".repeat(5000)}~`,
  ])
    expect(keys(sent), JSON.stringify(sent)).toEqual([]);
  expect(keys("\x1b[1;5Cq", "\x1b]11;?\x1b\\s")).toEqual(["q", "s"]);
  expect(keys(Uint8Array.of(0xff, 0xfe, 0x80, 0x41))).toEqual(["A"]);
});

/** The same, with a pause after each character. */
const slowly = (sent: string): Key[] => {
  const decoder = keyDecoder();
  const found = [...sent].flatMap((character) => {
    const pressed = decoder.push(Buffer.from(character));
    // Pauses are shorter than the limit within a sequence, and longer than that of the escape key.
    return (decoder.wait() ?? 100) < 100 ? [...pressed, ...decoder.flush()] : pressed;
  });
  return [...found, ...decoder.flush()];
};

test("nothing of a terminal's answer is typed when it comes byte by byte", () => {
  const color = ["]11;rgb:1e1e/1e1e/1e1e\x1b\\", "]11;rgb:1e1e/1e1e/1e1e\x07", "P1+r544e=78\x1b\\"];
  for (const answer of [...color, "[?62;4c", "[>0;276;0c"]) {
    expect(slowly(`\x1b${answer}`), answer).toEqual(["escape"]);
    expect(slowly(`\x1b${answer}q`), answer).toEqual(["escape", "q"]);
  }
  expect(slowly("\x1bP1")).toEqual(["escape"]);
});

test("keys after the escape key are keys, also those that begin answers", () => {
  expect(slowly("\x1b]")).toEqual(["escape", "]"]);
  expect(slowly("\x1b]]")).toEqual(["escape", "]", "]"]);
  expect(slowly("\x1b[x")).toEqual(["escape", "[", "x"]);
  expect(slowly("\x1bPr\x1bq")).toEqual(["escape", "P", "r", "escape", "q"]);
});

test("an answer without an end hides keys up to a length", () => {
  expect(keys(`\x1b]11;${"x".repeat(5000)}`).length).toBeGreaterThan(900);
  expect(keys("\x1b]11;rgb\x1b[A")).toEqual(["up"]);
});

test("a paste is one key, whatever it contains", () => {
  expect(keys("\x1b[200~q\r\x1b[Au\x1b[201~s")).toEqual([pasteKey("q\r\x1b[Au"), "s"]);
  expect(keys("\x1b[200~a", "b\x1b[20", "1~x")).toEqual([pasteKey("ab"), "x"]);
  // Without an end, the paste ends after a while.
  expect(keys("\x1b[200~ab\x1b[2", "q")).toEqual([pasteKey("ab\x1b[2q")]);
  expect(typedText(pasteKey("a b"))).toBe("a b");
  const [long] = keys(`\x1b[200~${"x".repeat(100_000)}\x1b[201~`);
  expect(typedText(long ?? "")).toBe("x".repeat(4096));
});

test("for any bytes in any pieces, the keys are names or characters without controls", () => {
  forAll(200, (random) => {
    const decoder = keyDecoder();
    const found: Key[] = [];
    for (let left = random.below(20); left >= 0; left--) {
      const bytes = Array.from({ length: random.below(12) }, () =>
        random.chance(0.3)
          ? 0x1b
          : random.chance(0.5)
            ? random.pick([0x5b, 0x4f, 0x7e, 0x3b, 0x32])
            : random.below(256),
      );
      found.push(...decoder.push(Uint8Array.from(bytes)));
      if (random.chance(0.2)) found.push(...decoder.flush());
    }
    for (const key of found)
      if (!key.startsWith("paste:")) expect(key).toMatch(/^(?:[a-z][a-z0-9-]+|[^\p{Cc}])$/u);
  });
});

test("a stream's keys arrive, the escape key after a short wait", async () => {
  const input = new PassThrough();
  const found: Key[] = [];
  const stop = onKeys(input, (key) => found.push(key));
  input.write("\x1b");
  while (found.length < 1) await Bun.sleep(1);
  input.write("\x1b[");
  input.write("Aq");
  while (found.length < 3) await Bun.sleep(1);
  stop();
  expect(found).toEqual(["escape", "up", "q"]);
});
