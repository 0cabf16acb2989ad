/** README and docs/ against the program and the files they name. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { shareFiles } from "../../src/build/release/share.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import { SECTIONS } from "../../src/commands/sections.ts";
import { PARTS } from "../../src/state/parts.ts";
import { run, sandbox } from "../helpers/binary.ts";
import { expectFile } from "../helpers/golden.ts";

const ROOT = join(import.meta.dir, "../..");
const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  ...[...new Bun.Glob("docs/**/*.md").scanSync(ROOT)].sort(),
];
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");
/** The matches' first groups. */
const all = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, found]) => found as string);
const ask = async (...words: string[]) => {
  using box = sandbox();
  return (await run(words, { env: box.env })).stdout.trim();
};

/** Tables that the program prints: everything after the marker. `bun run test:update` writes them. */
describe("generated tables", () => {
  test.each([
    ["docs/configuration.md", ["config", "schema", "--markdown"]],
    ["docs/segments.md", ["segments", "--markdown"]],
  ])("%s has the program's own", async (name, words) => {
    const marker = `<!-- plimsoll ${words.join(" ")} -->\n`;
    const text = read(name);
    expect(text.split(marker).length).toBe(2);
    const expected = `${text.split(marker)[0]}${marker}${await ask(...words)}\n`;
    expectFile(join(ROOT, name), expected);
  });

  test("docs/internals.md has the parts of a pass", () => {
    const scopes = { session: "session", repo: "working tree", account: "account" };
    const rows = Object.entries(PARTS).map(
      ([name, { scope, ttlMs, about }]) =>
        `| \`${name}\` | ${scopes[scope]} | ${ttlMs / 1000} s | ${about} |\n`,
    );
    expect(rows.length).toBeGreaterThan(5);
    const table = /(<!-- src\/state\/parts.ts -->\n\|.*\n\|.*\n)(?:\|.*\n)+/;
    const text = read("docs/internals.md");
    expect(text).toMatch(table);
    expectFile(
      join(ROOT, "docs/internals.md"),
      text.replace(table, (_, header) => header + rows.join("")),
    );
  });
});

describe("README", () => {
  test("is at most 12 KB and 200 lines", () => {
    expect(Buffer.byteLength(read("README.md"))).toBeLessThanOrEqual(12 * 1024);
    expect(read("README.md").split("\n").length).toBeLessThanOrEqual(200);
  });

  test("has install lines to paste: nothing in them is to be filled in", () => {
    const [, install = ""] = /^## Install\n(.*?)^## /ms.exec(read("README.md")) ?? [];
    const lines = all(install, /^```sh\n(.*?)^```/gms);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) {
      expect(line).not.toMatch(/[A-Z]{3,}|<|\.\.\.|…/);
      expect(Bun.spawnSync(["sh", "-n", "-c", line]).exitCode).toBe(0);
    }
  });

  test("gives each promise at least one test", () => {
    const [, table] = /\n\| Promise \|[^\n]*\n\|---\|---\|\n((?:\|[^\n]*\n)+)/.exec(read("README.md")) ?? [];
    const rows = (table ?? "").trim().split("\n");
    expect(rows.length).toBeGreaterThanOrEqual(18);
    for (const row of rows) expect(row).toMatch(/\| (`test\/[\w./-]+` ?)+\|$/);
  });

  test("counts segments, presets, themes, styles and icon sets as they are", async () => {
    const { properties } = JSON.parse(await ask("config", "schema"));
    const segments = (await ask("segments", "--markdown")).split("\n").length - 2;
    // Former names that still work are deprecated, and not counted.
    const current = ({ enum: names, anyOf }: { enum?: string[]; anyOf?: { enum: string[] }[] }) =>
      (names ?? anyOf?.[0]?.enum ?? []).length;
    const [presets = 0, themes = 0, styles = 0, icons = 0] = ["preset", "theme", "style", "icons"].map(
      (name) => current(properties[name]),
    );
    const counts = `${segments} [segments](docs/segments.md), ${presets} presets, ${themes - 1} themes, ${styles} styles, ${icons - 1} icon sets`;
    for (const [name, pattern, text] of [
      ["README.md", /\d+ \[segments\]\(docs\/segments\.md\), \d+ presets, .* icon sets/, counts],
      ["docs/comparison.md", /our \d+ segments/, `our ${segments} segments`],
    ] as const) {
      expect(read(name)).toMatch(pattern);
      expectFile(join(ROOT, name), read(name).replace(pattern, text));
    }
  });
});

/** A heading's anchor as GitHub makes it. */
const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .replaceAll(" ", "-");
const withoutCode = (text: string) => text.replaceAll(/^```.*?^```/gms, "");
const anchorsOf = (text: string) => all(withoutCode(text), /^#+ (.+)$/gm).map(slug);

describe("links", () => {
  test.each(DOCUMENTS)("of %s lead somewhere", (name) => {
    const text = withoutCode(read(name));
    const links = [...all(text, /\]\((?!https?:)([^)]+)\)/g), ...all(text, /(?:src|srcset)="([^":]+)"/g)];
    const broken = links.filter((link) => {
      // Pages of the repository on its host.
      if (/^\.\.\/\.\.\/releases\b/.test(link)) return false;
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? name : relative(ROOT, join(ROOT, dirname(name), path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test.each(DOCUMENTS)("of %s to sources and tests are right", (name) => {
    const text = read(name);
    const examples = all(text, /^\/\/ file: (\S+)$/gm);
    const paths = all(text, /`((?:test|src)\/[\w./-]+)`/g);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)) && !examples.includes(path))).toEqual([]);
  });

  test("reach every document from README.md", () => {
    const reached = new Set<string>();
    const walk = (name: string) => {
      if (reached.has(name) || !name.endsWith(".md")) return;
      reached.add(name);
      for (const link of all(read(name), /\]\((?!https?:|#)([^)#]+)/g))
        walk(relative(ROOT, join(ROOT, dirname(name), link)));
    };
    walk("README.md");
    expect(DOCUMENTS.filter((name) => !reached.has(name))).toEqual([]);
  });
});

test("CONTRIBUTING lists the rooms of src/", () => {
  const [, layout = ""] = /^src\/\n(.*?)^test\//ms.exec(read("CONTRIBUTING.md")) ?? [];
  const rooms = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(all(layout, /^ {2}([\w-]+)\/ /gm).sort()).toEqual(rooms.map(({ name }) => name).sort());
});

describe("docs", () => {
  test("the guide names every command, in the sections of the help", () => {
    const rows = all(read("docs/guide.md"), /^(\| \w+ \| `plimsoll \w+` \|)/gm);
    const expected = SECTIONS.flatMap(({ title, commands }) =>
      commands.map(([name]) => `| ${title} | \`plimsoll ${name}\` |`),
    );
    expect(rows).toEqual(expected);
  });

  test("commands and options in the examples exist", async () => {
    const texts = DOCUMENTS.filter((name) => name !== "CHANGELOG.md").map(read);
    const lines = texts.flatMap((text) => [
      ...all(text, /^```\w*\n(.*?)^```/gms).flatMap((code) => code.split("\n")),
      ...all(text, /`([^`\n]+)`/g),
    ]);
    const examples = lines.flatMap((line) => all(line, /^(?:\$ )?plimsoll ([a-z].*?)(?: --( |$).*|#.*)?$/g));
    expect(examples.length).toBeGreaterThan(60);
    for (const example of new Set(examples)) {
      const [name = "", subcommand = ""] = example.split(/\s+/);
      const loaded = await COMMANDS[name]?.load();
      const command = loaded && "subcommands" in loaded ? await loaded.subcommands[subcommand]?.() : loaded;
      const known = ["help", "version", ...(command?.options.flatMap(({ long }) => long) ?? [])];
      const given = all(example, /(?:^|\s)--([a-z-]+)/g);
      expect({
        example,
        isKnown: loaded !== undefined,
        unknown: given.filter((option) => !known.includes(option)),
      }).toEqual({
        example,
        isKnown: true,
        unknown: [],
      });
    }
  });

  test("the glossary's identifiers are in the code", async () => {
    const sources = [...new Bun.Glob("src/**/*.ts").scanSync(ROOT)].map(read).join("\n");
    const identifiers = all(read("docs/glossary.md"), /^\|.*\| ((?:`\w+`(?:, )?)+) \|$/gm).flatMap((cell) =>
      all(cell, /`(\w+)`/g),
    );
    expect(identifiers.length).toBeGreaterThan(25);
    expect(identifiers.filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
  });

  test("are installed as one file whose links lead somewhere, decisions aside", async () => {
    const installed = await shareFiles(0);
    const textOf = (name: string) =>
      new TextDecoder().decode(installed.find(({ path }) => path === `share/doc/plimsoll/${name}`)?.content);
    const manual = textOf("manual.md");
    for (const name of DOCUMENTS.filter((each) => /^docs\/(?!README)\w+\.md$/.test(each)))
      expect(manual).toContain(read(name).split("\n")[0] as string);
    const anchors = [...anchorsOf(manual), ...anchorsOf(read("README.md"))];
    const links = [
      ...all(manual, /\]\((?!https?:)([^)]+)\)/g),
      ...all(textOf("README.md"), /\]\((docs[^)]+|manual[^)]+)\)/g),
    ];
    expect(links.length).toBeGreaterThan(50);
    const broken = links.filter((link) => {
      const [path = "", anchor] = link.split("#");
      if (/^decisions\/|^docs\/decisions\/|^\.\.\/\.github\//.test(path)) return false;
      return (
        !["", "README.md", "manual.md"].includes(path) || (anchor !== undefined && !anchors.includes(anchor))
      );
    });
    expect(broken).toEqual([]);
  });
});
