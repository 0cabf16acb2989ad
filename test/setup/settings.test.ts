/** Settings files of every kind: setup adds the line, keeps the rest, and restores the file. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { COMMAND, home, LINE } from "./home.ts";

const INDENTED = (indent: string, end = "\n") =>
  [
    "{",
    `${indent}"statusLine": {`,
    `${indent}${indent}"type": "command",`,
    `${indent}${indent}"command": ${JSON.stringify(COMMAND)},`,
    `${indent}${indent}"refreshInterval": 10`,
    `${indent}}`,
    "}",
  ].join(end);

/** The line as the last member, in that indentation. */
const added = (indent: string, end = "\n") => INDENTED(indent, end).slice(1 + end.length, -(1 + end.length));

const hundreds = Array.from(
  { length: 400 },
  (_, index) => `  "key ${(index * 7919) % 400}": [${index}, "\\u00e9"]`,
);
const deep = `${'{"a":['.repeat(500)}${"]}".repeat(500)}`;

/** The file before and after setup. */
const KINDS: readonly (readonly [name: string, before: string | undefined, after: string])[] = [
  ["absent", undefined, `${INDENTED("  ")}\n`],
  ["empty", "", `${INDENTED("  ")}\n`],
  ["blank", " \n\n", `${INDENTED("  ")}\n`],
  ["{} without a final newline", "{}", INDENTED("  ")],
  ["{} with one", "{}\n", `${INDENTED("  ")}\n`],
  ["a byte order mark alone", "\ufeff", `\ufeff${INDENTED("  ")}\n`],
  ["a byte order mark", '\ufeff{\n  "a": 1\n}\n', `\ufeff{\n  "a": 1,\n${added("  ")}\n}\n`],
  ["two spaces", '{\n  "a": { "b": [] }\n}\n', `{\n  "a": { "b": [] },\n${added("  ")}\n}\n`],
  ["four spaces, no final newline", '{\n    "a": 1\n}', `{\n    "a": 1,\n${added("    ")}\n}`],
  ["tabs", '{\n\t"a": 1,\n\t"b": 2\n}\n', `{\n\t"a": 1,\n\t"b": 2,\n${added("\t")}\n}\n`],
  ["CRLF", '{\r\n  "a": 1\r\n}\r\n', `{\r\n  "a": 1,\r\n${added("  ", "\r\n")}\r\n}\r\n`],
  [
    "minified",
    '{"a":1,"b":[1,2]}',
    `{"a":1,"b":[1,2],"statusLine":{"type":"command","command":${JSON.stringify(COMMAND)},"refreshInterval":10}}`,
  ],
  [
    "one line with spaces",
    '{ "a": 1, "b": 2 }\n',
    `{ "a": 1, "b": 2, "statusLine": { "type": "command", "command": ${JSON.stringify(COMMAND)}, "refreshInterval": 10 } }\n`,
  ],
  [
    "odd spacing and blank lines",
    '\n{ \n\n  "a"  :1\n\n}\n\n\n',
    `\n{ \n\n  "a"  :1,\n  "statusLine":{\n    "type":"command",\n    "command":${JSON.stringify(COMMAND)},\n    "refreshInterval":10\n  }\n\n}\n\n\n`,
  ],
  [
    "hundreds of keys in a fixed order",
    `{\n${hundreds.join(",\n")}\n}\n`,
    `{\n${hundreds.join(",\n")},\n${added("  ")}\n}\n`,
  ],
  ["deep", `{\n  "deep": ${deep}\n}\n`, `{\n  "deep": ${deep},\n${added("  ")}\n}\n`],
  [
    "1 MB",
    `{\n  "text": "${"é\\n".repeat(250_000)}"\n}\n`,
    `{\n  "text": "${"é\\n".repeat(250_000)}",\n${added("  ")}\n}\n`,
  ],
];

describe("a settings file that is", () => {
  for (const [name, before, after] of KINDS)
    test(`${name}: the line is added once, and removal restores the bytes`, async () => {
      using here = home();
      if (before !== undefined) here.write(before);
      const first = await here.setup();
      expect(first).toMatchObject({ code: 0 });
      expect(here.read()).toBe(after);
      const { ino } = statSync(here.settings);
      expect((await here.setup()).stdout).toBe(`${here.settings}: nothing to do\n`);
      expect(statSync(here.settings).ino).toBe(ino);
      const removal = await here.setup("--remove");
      expect(removal).toMatchObject({ code: 0, stderr: "" });
      const did = before === undefined ? "removed" : "changed";
      expect(removal.stdout).toContain(
        `\n${did} ${here.settings}${did === "removed" ? ", which contained nothing else" : ""}; backup: ${here.state}/backups/`,
      );
      expect(here.read()).toBe(before);
      expect(existsSync(here.path("home/.claude"))).toBe(before !== undefined);
      expect((await here.setup("--remove")).stdout).toBe(`${here.settings}: nothing to do\n`);
    });
});

describe("a settings file is refused with line and column, and left alone:", () => {
  for (const [name, content, where] of [
    ["a comment", '{\n  // mine\n  "a": 1\n}\n', "line 2, column 3: comments are not allowed"],
    ["a comment behind the end", "{}\n/* mine */\n", "line 2, column 1: comments are not allowed"],
    ["a trailing comma", '{\r\n  "a": 1,\r\n}\r\n', "line 2, column 9: trailing comma"],
    ["cut off", '{\n  "é": "x', "line 2, column 10: unexpected end of the text"],
    ["a missing comma", '{\n  "a": 1\n  "b": 2\n}', "line 3, column 3: expected a comma"],
    ["single quotes", "{ 'a': 1 }", "line 1, column 3: expected a key in double quotes"],
    ["a bare word", '{ "a": yes }', "line 1, column 8: expected a value"],
    ["two documents", "{}{}", "line 1, column 3: unexpected text after the end"],
    ["a word behind the end", "{} x", "line 1, column 4: unexpected text after the end"],
    ["a raw tab in a text", '{ "a": "\t" }', "line 1, column 9: unescaped control character in a string"],
    ["not UTF-8", Buffer.from('{\n  "é": "\xff" }', "latin1"), "line 2, column 4: invalid UTF-8"],
    ["UTF-16", Buffer.from("\ufeff{}", "utf16le"), "line 1, column 1: invalid UTF-8"],
    ["a list", "[]\n", "line 1, column 1: expected an object"],
    [
      "our key twice",
      '{ "statusLine": {}, "statusLine": {} }',
      "line 1, column 21: duplicate key 'statusLine'",
    ],
    [
      "a key in it twice",
      '{ "statusLine": { "type": "x", "type": "command" } }',
      "line 1, column 32: duplicate key 'type'",
    ],
  ] as const)
    test(name, async () => {
      using here = home();
      here.write(content);
      for (const args of [[], ["--replace"], ["--dry-run"]]) {
        const { code, stdout, stderr } = await here.setup(...args);
        expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
        expect(stderr).toStartWith(`plimsoll: ${here.settings}, ${where}\n`);
        // With a snippet to paste.
        expect(JSON.parse(stderr.slice(stderr.indexOf("{\n")))).toEqual({ statusLine: LINE });
      }
      expect(readFileSync(here.settings)).toEqual(Buffer.from(content as string));
      expect(existsSync(here.state)).toBe(false);
    });
});

test("--dry-run shows the same change, and writes nothing", async () => {
  using here = home();
  here.write('{\n  "model": "opus"\n}\n');
  const dry = await here.setup("--dry-run");
  expect(dry.code).toBe(0);
  expect(existsSync(here.state)).toBe(false);
  expect(here.read()).toBe('{\n  "model": "opus"\n}\n');
  const wet = await here.setup();
  const diffOf = (text: string) => text.split("\n").filter((line) => /^[-+]/.test(line));
  expect(diffOf(dry.stdout)).toEqual([
    '-   "model": "opus"',
    '+   "model": "opus",',
    '+   "statusLine": {',
    '+     "type": "command",',
    `+     "command": ${JSON.stringify(COMMAND)},`,
    '+     "refreshInterval": 10',
    "+   }",
  ]);
  expect(diffOf(wet.stdout)).toEqual(diffOf(dry.stdout));
  expect(wet.stdout).toContain("In a sample session:\n");
  const state = readdirSync(here.state, { recursive: true });
  await here.setup("--remove", "--dry-run");
  expect(here.json()).toHaveProperty("statusLine");
  expect(readdirSync(here.state, { recursive: true })).toEqual(state);
});

test("of a file on one long line, only the change is shown", async () => {
  using here = home();
  here.write(JSON.stringify({ a: "x".repeat(100_000), b: 1 }));
  const { stdout } = await here.setup();
  expect(stdout).toContain('"b":1,"statusLine":{');
  expect(stdout.length).toBeLessThan(4_000);
});

test("each scope has its file, and the options set the line's members", async () => {
  using here = home();
  expect((await here.setup("--project", "--subagents", "--refresh", "3", "--padding=2")).code).toBe(0);
  expect(here.json(`${here.project}/.claude/settings.json`)).toEqual({
    statusLine: { ...LINE, padding: 2, refreshInterval: 3 },
    subagentStatusLine: { type: "command", command: COMMAND.replace(/display$/, "subagents") },
  });
  expect((await here.setup("--local")).code).toBe(0);
  expect(here.json(`${here.project}/.claude/settings.local.json`)).toEqual({ statusLine: LINE });
  here.env.CLAUDE_CONFIG_DIR = here.path("config");
  expect((await here.setup()).code).toBe(0);
  expect(here.json(here.path("config/settings.json"))).toEqual({ statusLine: LINE });
  expect(here.read()).toBeUndefined();
  for (const scope of ["--local", "--project"]) expect((await here.setup("--remove", scope)).code).toBe(0);
  expect(readdirSync(here.project)).toEqual([]);
});

test("an invalid command line is exit 2, and nothing is written", async () => {
  using here = home();
  for (const args of [
    ["--project", "--local"],
    ["--refresh", "0"],
    ["--refresh", "1.5"],
    ["--padding", "x"],
    ["--remove", "--replace"],
    ["--remove", "--refresh", "5"],
    ["extra"],
  ])
    expect(await here.setup(...args)).toMatchObject({ code: 2, stdout: "" });
  expect(here.read()).toBeUndefined();
});
