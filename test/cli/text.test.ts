import { describe, expect, test } from "bun:test";
import { type Markup, printable, sanitize } from "../../src/cli/characters.ts";
import { csvLine } from "../../src/cli/csv.ts";
import { escapeJson, toJson } from "../../src/cli/json.ts";

/** Every code point that a terminal acts on, turns around or does not show, by number. */
const UNSEEN: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfdd0, 0xfdef],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xfffe, 0xffff],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
  [0x10fffe, 0x10ffff],
];
const each = function* () {
  for (const [from, to] of UNSEEN)
    for (let code = from; code <= to; code++) yield [code, String.fromCodePoint(code)] as const;
};

describe("a value made visible", () => {
  test("escapes every invisible character, and is printable then", () => {
    for (const [code, character] of each()) {
      const shown = printable(`a${character}b`);
      expect([code, shown]).toEqual([
        code,
        expect.stringMatching(/^a\\(?:[ntr]|x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]{5,6}\})b$/),
      ]);
      expect(printable(shown)).toBe(shown);
    }
  });

  test("keeps what people write", () => {
    for (const text of [
      "",
      "plain",
      "café naïve",
      "木漏れ日",
      "עברית العربية",
      "हिन्दी",
      "😀 🇩🇪",
      "a\u00a0b",
      "~/src/x [1]",
      "\\x1b",
    ])
      expect(printable(text)).toBe(text);
  });

  test("has no heap of combining marks, and none at its beginning", () => {
    expect(printable("\u0301a")).toBe("\\u0301a");
    expect(printable(`a${"\u0301".repeat(6)}`)).toBe("a\u0301\u0301\u0301\\u0301\\u0301\\u0301");
  });

  test("has an end", () => {
    expect(printable("x".repeat(1e6)).length).toBe(4_097);
    expect(printable("abcdef", 3)).toBe("abc…");
    expect(printable("a😀", 2)).toBe("a…");
  });
});

describe("the last look", () => {
  test("lets nothing through that cannot be seen, but line breaks and tabs", () => {
    for (const [code, character] of each())
      for (const markup of ["text", "painted"] as const) {
        const kept = sanitize(`a${character}b`, markup) === `a${character}b`;
        expect([code, kept]).toEqual([code, character === "\n" || character === "\t"]);
      }
  });

  const OWN: Readonly<Record<Markup, readonly string[]>> = {
    text: [],
    painted: ["\x1b[1m", "\x1b[22m", "\x1b[2m", "\x1b[31m", "\x1b[39m"],
    rows: [
      "\x1b[1m",
      "\x1b[38;2;1;2;3m",
      "\x1b[0m",
      "\x1b]8;;https://x.example/a\x1b\\",
      "\x1b]8;;\x1b\\",
      "\u200d",
      "\ufe0f",
    ],
    screen: [
      "\x1b[H",
      "\x1b[2;3H",
      "\x1b[K",
      "\x1b[J",
      "\x1b[?25l",
      "\x1b[?25h",
      "\x1b[?1049h",
      "\x1b[?1049l",
      "\r",
      "\x1b[7m",
    ],
  };
  const FOREIGN = [
    "\x1b]0;title\x07",
    "\x1b]52;c;eA==\x07",
    "\x1bc",
    "\x1b[6n",
    "\x1b[?1000h",
    "\x1bP+q\x1b\\",
    "\x1b[2 q",
    "\x1b]8;;file:///etc\x1b\\",
    "\x1b]8;;https://x\x07\x1b[2J",
    "\u009b2J",
    "\x1b",
    "\x07",
    "\b",
  ];

  for (const [markup, own] of Object.entries(OWN) as [Markup, readonly string[]][])
    test(`as ${markup}: our own sequences, and no other`, () => {
      for (const sequence of own) expect(sanitize(`a${sequence}b`, markup)).toBe(`a${sequence}b`);
      for (const sequence of FOREIGN) expect(sanitize(`a${sequence}b`, markup)).not.toBe(`a${sequence}b`);
      if (markup !== "screen")
        for (const sequence of OWN.screen)
          if (sequence !== "\x1b[7m" || markup !== "rows")
            expect(sanitize(sequence, markup)).not.toBe(sequence);
    });
});

describe("JSON", () => {
  test("has escapes for what cannot be seen, and is the same value", () => {
    for (const [code, character] of each()) {
      const json = toJson({ [character]: [character] });
      expect([code, /^[\x20-\x7e]*$/.test(json)]).toEqual([code, true]);
      expect(JSON.parse(json)).toEqual({ [character]: [character] });
    }
  });

  test("keeps its layout, and what people write", () => {
    expect(toJson({ a: ["é木😀"], b: 1 }, 2)).toBe('{\n  "a": [\n    "é木😀"\n  ],\n  "b": 1\n}');
    expect(escapeJson('{"a":"\u202e\u{e0041}"}')).toBe('{"a":"\\u202e\\udb40\\udc41"}');
  });
});

describe("a CSV cell", () => {
  test("that a spreadsheet would take for a formula is text", () => {
    for (const start of ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
      for (const before of ["", " ", "  ", '"', "'", '""', " '", "\u00a0", "\u3000"]) {
        const line = csvLine([`${before}${start}cmd|'/c calc'!A0`]);
        expect(line.replace(/^"/, "")).toStartWith("'");
      }
    expect(csvLine(["-home-me-app", "-SUM(1,2)", "-1"])).toBe(`'-home-me-app,"'-SUM(1,2)",'-1`);
  });

  test("has none behind a separator in it either", () => {
    expect(csvLine(["a;=1+1"])).toBe(`"a;'=1+1"`);
    expect(csvLine(["a, -1"])).toBe(`"a,' -1"`);
  });

  test("is on one line, with tabs and breaks as escapes", () => {
    expect(csvLine(["\t=1", "\r=1", "\n=1", "a\tb\nc\r\nd", "\x1b[2J\u202e"])).toBe(
      "\\t=1,\\r=1,\\n=1,a\\tb\\nc\\r\\nd,\\x1b[2J\\u202e",
    );
  });

  test("is quoted where necessary, and not changed otherwise", () => {
    expect(csvLine(["plain", 'say "so"', "a,b", "claude-opus-4-5", "2026-11-21", "a=b", "x-y"])).toBe(
      'plain,"say ""so""","a,b",claude-opus-4-5,2026-11-21,a=b,x-y',
    );
    expect(csvLine([-1.5, 0, 1e-7, true, false, null])).toBe("-1.5,0,1e-7,true,false,");
  });
});
