import { expect, test } from "bun:test";
import { setItems } from "../../src/json-text/items.ts";
import { forAll } from "../helpers/random.ts";

const WITH = { comments: true } as const;

const LIST = `{
  "rows": [
    "a", // first
    "b",
    "c" // last
  ]
}`;

test("items that stay keep their text and comments", () => {
  expect(setItems(LIST, ["rows"], ["a", "x", "c"], WITH)).toBe(LIST.replace('"b"', '"x"'));
  expect(setItems(LIST, ["rows"], ["a", "c"], WITH)).toBe(LIST.replace('"b",\n    ', ""));
  expect(setItems(LIST, ["rows"], ["a", "b", "n", "c"], WITH)).toBe(LIST.replace('"c"', '"n",\n    "c"'));
  expect(setItems('["a", "b"]', [], ["n", "a", "b", "m"])).toBe('["n", "a", "b", "m"]');
  expect(setItems('["a", "b",]', [], ["a", "b", "m"], WITH)).toBe('["a", "b", "m",]');
  expect(setItems("[]", [], ["a", ["b"]])).toBe('["a", ["b"]]');
  expect(setItems('["a"]', [], [])).toBe("[]");
  expect(setItems('{"a": 1}', [], [])).toBeUndefined();
});

test("the list always parses to the values", () => {
  const value = (random: { below(bound: number): number }) =>
    ["a", "b", "c", ["d"], { e: 1 }][random.below(5)];
  forAll(200, (random) => {
    const list = (most: number) => Array.from({ length: random.below(most) }, () => value(random));
    const gap = random.pick(["\n    ", " ", " /* x */ ", "\n    // y\n    "]);
    const old = list(6);
    const text = `{ "rows": [${gap}${old.map((each) => JSON.stringify(each)).join(`,${gap}`)}${gap === " " || old.length === 0 ? "" : ","}\n] }`;
    const values = list(7);
    const changed = setItems(text, ["rows"], values, WITH) ?? "";
    expect((Bun.JSONC.parse(changed) as { rows: unknown }).rows, text).toEqual(values);
  });
});
