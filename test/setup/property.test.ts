/** Random documents in random styles: the line can be added and removed, and nothing else changes. */
import { expect, test } from "bun:test";
import { applyOptions, type SetupOptions, withoutOurs } from "../../src/setup/change.ts";
import { forAll, forAllAsync, type Random } from "../helpers/random.ts";
import { home, LINE } from "./home.ts";

const TEXTS = [
  "",
  "a",
  "statusLine",
  "}{",
  '"',
  "\\",
  "é",
  "😀",
  "// no",
  "/* no */",
  "\u2028",
  "a\nb\tc",
  "plimsoll display",
];

/** A document, and the text of it: indentation, line ends, blanks and the end of the file are drawn by lot. */
function documentOf({ below, chance, pick }: Random): { text: string; value: Record<string, unknown> } {
  const scalar = () => pick<unknown>([null, true, false, 0, -1.5e3, 12, pick(TEXTS), pick(TEXTS)]);
  const build = (depth: number): unknown => {
    const count = below(4);
    if (depth === 0 || chance(0.4)) return scalar();
    if (chance(0.5)) return Array.from({ length: count }, () => build(depth - 1));
    return Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`${pick(TEXTS)}${index}`, build(depth - 1)]),
    );
  };
  const members = Array.from(
    { length: below(6) },
    (_, index) => [`k${index}${pick(TEXTS)}`, build(3)] as const,
  );
  const foreign = chance(0.3)
    ? [["statusLine", pick([{ type: "command", command: "other" }, null, "x"])] as const]
    : [];
  const value = Object.fromEntries(chance(0.5) ? [...members, ...foreign] : [...foreign, ...members]);
  let text = JSON.stringify(value, undefined, pick(["", "", "  ", "    ", "\t", " "]));
  if (chance(0.2)) text = text.replace(/^\{/, "{ ").replace(/\}$/, " }");
  if (chance(0.3)) text = text.replaceAll("\n", "\r\n");
  return { text: pick(["", "", "\ufeff", "\n"]) + text + pick(["", "\n", "\r\n", "\n\n  "]), value };
}

const parse = (text: string): unknown => JSON.parse(text.replace(/^\ufeff/, ""));
const options: SetupOptions = {
  commands: { statusLine: LINE.command, subagentStatusLine: LINE.command.replace(/display$/, "subagents") },
  subagents: true,
  replace: true,
};
const SET = {
  statusLine: LINE,
  subagentStatusLine: { type: "command", command: options.commands.subagentStatusLine },
};

test("adding the line changes nothing else, and removing it restores the value", () => {
  forAll(2_000, (random) => {
    const { text, value } = documentOf(random);
    const put = applyOptions(text, options);
    expect(parse(put.text)).toEqual({ ...value, ...SET });
    expect(applyOptions(put.text, options).edits).toEqual([]);
    const taken = withoutOurs(put.text, text).text;
    expect(parse(taken)).toEqual(value);
    // Unless the object was empty, the text is restored as well.
    if (Object.keys(value).length > 0) expect(taken).toEqual(text);
  });
});

test("keys keep their order", () => {
  forAll(300, (random) => {
    const { text, value } = documentOf(random);
    const keys = Object.keys(parse(applyOptions(text, options).text) as object);
    expect(keys.filter((key) => Object.hasOwn(value, key))).toEqual(Object.keys(value));
  });
});

test("byte for byte through the program and the disk", async () => {
  await forAllAsync(15, async (random) => {
    using here = home();
    const { text, value } = documentOf(random);
    here.write(text);
    expect((await here.setup("--replace", "--subagents")).code).toBe(0);
    expect(here.json()).toEqual({ ...value, ...SET });
    expect((await here.setup("--remove")).code).toBe(0);
    expect(here.read()).toEqual(text);
  });
});
