import { expect, test } from "bun:test";
import { removeMember, setValue } from "../../src/json-text/edit.ts";
import { parsePath } from "../../src/json-text/path.ts";

const TEXT = `// head
{
  // the look
  "theme": "auto", // follows the background
  "rows": [
    ["model", "git"], /* first */
    ["cost"],
  ],
  "segments": {
    // "context": { "show": "left" },
  },
  "bar": { "cells": 10 }
}
// tail
`;

const COMMENTS = { comments: true };
const set = (path: string, value: unknown, text = TEXT) =>
  setValue(text, parsePath(path) ?? [], value, COMMENTS);
/** The lines that differ, as a diff without its context. */
function changes(path: string, value: unknown, text = TEXT): string[] {
  const [before, after] = [text.split("\n"), (set(path, value, text) as string).split("\n")];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ];
}

test("a value is replaced in place, and nothing else changes", () => {
  expect(changes("theme", "fjord-dark")).toEqual([
    '-  "theme": "auto", // follows the background',
    '+  "theme": "fjord-dark", // follows the background',
  ]);
  expect(changes("rows[0][1]", "cost")).toEqual([
    '-    ["model", "git"], /* first */',
    '+    ["model", "cost"], /* first */',
  ]);
  expect(changes("bar.cells", 5)).toEqual(['-  "bar": { "cells": 10 }', '+  "bar": { "cells": 5 }']);
});

test("a new key is added after the last one, with its comma and indentation", () => {
  expect(changes("icons", "nerd")).toEqual([
    '-  "bar": { "cells": 10 }',
    '+  "bar": { "cells": 10 },',
    '+  "icons": "nerd"',
  ]);
  expect(changes("segments.context.levels", [60, 80])).toEqual(['+    "context": { "levels": [60, 80] }']);
  expect(set("segments.context.levels", [60, 80])).toContain(
    '// "context": { "show": "left" },\n    "context"',
  );
});

test("a trailing comma and a comment after the last key are kept", () => {
  expect(set("b", 1, '{\n  "a": 1, // one\n}\n')).toBe('{\n  "a": 1, // one\n  "b": 1,\n}\n');
  expect(set("b", 1, '{\n  "a": 1 // one\n}\n')).toBe('{\n  "a": 1, // one\n  "b": 1\n}\n');
});

test("an empty file, and one with an empty object", () => {
  expect(set("a.b", 1, "")).toBe('{\n  "a": { "b": 1 }\n}\n');
  expect(set("a", 1, "{}")).toBe('{\n  "a": 1\n}');
});

test("a value that fits stays on one line", () => {
  const rows = [["model", "git"], ["cost"]];
  expect(set("rows", rows, "{}")).toBe('{\n  "rows": [\n    ["model", "git"],\n    ["cost"]\n  ]\n}');
});

test("a path through a single value changes nothing", () => {
  expect(set("theme.name", 1)).toBeUndefined();
  expect(set("rows[7]", [])).toBeUndefined();
  expect(set("rows.first", 1)).toBeUndefined();
});

test("for any layout, the result parses to the old values and the new one", () => {
  const texts = [
    TEXT,
    "{}",
    '{"a":{"b":[1,{"c":"}],//"}]}/**/}',
    '{ /* x */ "a" : /* y */ 1 , }',
    '{"s":"\\"{[","n":-1.5e3,"t":true,"z":null}',
    '\ufeff{\r\n\t"a": 1\r\n}',
  ];
  for (const text of texts)
    for (const key of ["a", "s", "theme", "new"]) {
      const before = Bun.JSONC.parse(text) as Record<string, unknown>;
      const after = Bun.JSONC.parse(setValue(text, [key], { x: ["y", "{"] }, COMMENTS) as string);
      expect(after).toEqual({ ...before, [key]: { x: ["y", "{"] } });
    }
});

test("paths", () => {
  expect(parsePath("rows[0].left[1]")).toEqual(["rows", 0, "left", 1]);
  expect(parsePath("segments.five-hour.pace")).toEqual(["segments", "five-hour", "pace"]);
  expect(parsePath('prices["a.b"].input')).toEqual(["prices", "a.b", "input"]);
  expect(parsePath('prices["\\u0061\\""].input')).toEqual(["prices", 'a"', "input"]);
  for (const wrong of ['prices["\\x"]', 'prices["\\u12"]', 'prices["a\nb"]', "prices[a]"])
    expect(parsePath(wrong)).toBeUndefined();
  for (const wrong of ["", "a..b", "[x]", "a[", "a b"]) expect(parsePath(wrong)).toBeUndefined();
});

test("a comma in a comment is not one between members", () => {
  expect(set("b", 1, '{\n  "a": 1 // one, two\n}\n')).toBe('{\n  "a": 1, // one, two\n  "b": 1\n}\n');
});

test("a removed member takes its comma and its line, and leaves the comments around it", () => {
  const remove = (text: string) => removeMember(text, ["x"], COMMENTS);
  for (const [before, after] of [
    [
      '{\n  // one\n  "a": 1,\n  // two\n  "x": [\n    1,\n  ],\n  // three\n  "b": 2\n}\n',
      '{\n  // one\n  "a": 1,\n  // two\n  // three\n  "b": 2\n}\n',
    ],
    ['{\n  "x": 1, // why\n  "b": 2\n}\n', '{\n  // why\n  "b": 2\n}\n'],
    ['{\n  "a": 1, // one, two\n  "x": 2 // why, then\n}\n', '{\n  "a": 1 // one, two\n  // why, then\n}\n'],
    ['{\r\n\t"a": 1,\r\n\t"x": 2,\r\n}\r\n', '{\r\n\t"a": 1,\r\n}\r\n'],
    ['{ "a": 1, "x": 2 }', '{ "a": 1 }'],
    ['{ "a": 1, "x": 2, "b": 3 }', '{ "a": 1, "b": 3 }'],
    ['{"x":2 /* c, d */ ,"b":3}', '{/* c, d */ "b":3}'],
    ['{"a":1,"x":2}', '{"a":1}'],
    ['{ "x": 2 }', "{ }"],
  ] as const) {
    expect(remove(before)).toBe(after);
    const { x: _, ...rest } = Bun.JSONC.parse(before) as Record<string, unknown>;
    expect(Bun.JSONC.parse(after)).toEqual(rest);
  }
  expect(remove('{ "a": 1 }')).toBeUndefined();
});
