import { expect, test } from "bun:test";
import { removeMember, setText, setValue, textOf } from "../../src/json-text/edit.ts";
import { JsonTextError, parseText, positionAt } from "../../src/json-text/tree.ts";
import { forAll, type Random } from "../helpers/random.ts";

const fault = (text: string) => {
  try {
    parseText(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return positionAt(text, error.at);
  }
};

test("accepts exactly the texts that JSON.parse accepts", () => {
  const pieces = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"\\u00e9"',
    '"\\x"',
    "1",
    "-",
    "01",
    "1.5e+3",
    "1.",
    "true",
    "nul",
    " ",
    "\n",
    "//",
    "\u00a0",
    "'a'",
    '"\t"',
    '"',
  ];
  const isJson = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  let valid = 0;
  const check = ({ below, pick }: Random) => {
    const text = Array.from({ length: 1 + below(7) }, () => pick(pieces)).join("");
    if (isJson(text)) valid += 1;
    expect([text, fault(text) === undefined]).toEqual([text, isJson(text)]);
  };
  forAll(60_000, check, 12);
  expect(valid).toBeGreaterThan(500);
});

test("depth and length cause errors at most, never a crash", () => {
  const depth = 200_000;
  expect(fault("[".repeat(1_000) + "]".repeat(1_000))).toBeUndefined();
  expect(fault("[".repeat(depth) + "]".repeat(depth))).toEqual({ line: 1, column: 1 });
  expect(fault(`{"a":`.repeat(depth))).toBeDefined();
  expect(fault(JSON.stringify("\\é\n".repeat(500_000)))).toBeUndefined();
});

test("a duplicate key is an error where it is used", () => {
  const twice = '{ "a": 1, "b": { "c": 1, "c": 2 }, "a": 3 }';
  for (const path of [["a"], ["b", "c"]])
    for (const use of [
      () => setValue(twice, path, 1),
      () => setText(twice, path, "1"),
      () => textOf(twice, path),
      () => removeMember(twice, path),
    ])
      expect(use).toThrow(`duplicate key '${path.at(-1)}'`);
  expect(setValue(twice, ["b"], 1)).toBe('{ "a": 1, "b": 1, "a": 3 }');
});

test("positions count lines and characters, not a byte order mark", () => {
  expect(positionAt("\ufeff{}x", 3)).toEqual({ line: 1, column: 3 });
  expect(positionAt("{\r\n😀é?", 6)).toEqual({ line: 2, column: 3 });
});

test("a member is removed with its comma, in any place", () => {
  const text = '{\n  "a": 1,\n  "b": { "c": 2 },\n  "d": 3\n}\n';
  expect(removeMember(text, ["a"])).toBe('{\n  "b": { "c": 2 },\n  "d": 3\n}\n');
  expect(removeMember(text, ["b"])).toBe('{\n  "a": 1,\n  "d": 3\n}\n');
  expect(removeMember(text, ["d"])).toBe('{\n  "a": 1,\n  "b": { "c": 2 }\n}\n');
  expect(removeMember(text, ["b", "c"])).toBe('{\n  "a": 1,\n  "b": {},\n  "d": 3\n}\n');
  expect(removeMember(text, ["x"])).toBeUndefined();
  expect(removeMember('{"a":1,"b":2}', ["a"])).toBe('{"b":2}');
});

test("the text of a value is read and replaced verbatim", () => {
  expect(textOf('{ "a": [1,  2] }', ["a"])).toBe("[1,  2]");
  expect(setText('{ "a": [1,  2] }', ["a", 1], "{ }")).toBe('{ "a": [1,  { }] }');
});

test("an inserted value is laid out like the text", () => {
  const value = { b: [1], c: {} };
  expect(setValue('{"a":1}', ["x"], value)).toBe('{"a":1,"x":{"b":[1],"c":{}}}');
  expect(setValue('{ "a" : 1 }', ["x"], value)).toBe('{ "a" : 1, "x": { "b": [1], "c": {} } }');
  expect(setValue('{\r\n\t"a": 1\r\n}', ["x"], value, { objects: "expanded" })).toBe(
    '{\r\n\t"a": 1,\r\n\t"x": {\r\n\t\t"b": [\r\n\t\t\t1\r\n\t\t],\r\n\t\t"c": {}\r\n\t}\r\n}',
  );
  expect(setValue('{\n    "a": {}\n}', ["a", "b"], 1)).toBe('{\n    "a": {\n        "b": 1\n    }\n}');
});
