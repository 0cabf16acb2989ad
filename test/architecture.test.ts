/**
 * The rooms of src/ and what each may import; and what the display path may not load.
 *
 * The linter enforces the table while a file is written: `bun run test:update` writes its form of it, rooms.biome.json.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expectFile } from "./helpers/golden.ts";

const SRC = join(import.meta.dir, "../src");

/**
 * What each room may import from, types and dynamic imports included, from the bottom to the top: a room imports only
 * from rooms before it, so there are no cycles.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  os: [],
  "json-text": [],
  config: ["os"],
  cli: ["os"],
  claude: ["os", "json-text"],
  state: ["os", "claude"],
  line: ["os", "config", "claude", "state"],
  "config-file": ["json-text", "config", "cli", "state", "line"],
  ledger: ["claude", "state"],
  setup: ["os", "json-text", "claude", "state"],
  selftest: ["os", "cli", "state"],
  editor: ["json-text", "config", "cli", "state", "line", "config-file"],
  display: ["os", "config", "cli", "claude", "state", "line", "config-file"],
  gather: ["os", "config", "cli", "claude", "state", "line", "config-file", "ledger"],
  usage: ["cli", "claude", "state", "line", "ledger"],
  doctor: ["os", "config", "claude", "state", "line", "config-file", "ledger", "setup", "display"],
  applets: ["os", "cli"],
  commands: [
    "os",
    "json-text",
    "config",
    "cli",
    "claude",
    "state",
    "line",
    "config-file",
    "ledger",
    "setup",
    "selftest",
    "editor",
    "display",
    "gather",
    "usage",
    "doctor",
    "applets",
  ],
  build: ["cli", "state", "config-file", "applets", "commands"],
};

const ROOMS = Object.keys(MAY_IMPORT);

const files = [...new Bun.Glob("**/*.ts").scanSync(SRC)].sort();

interface Import {
  readonly from: string;
  /** Evaluated when the file is: neither a type nor loaded on demand. */
  readonly eager: boolean;
}

const used = new Bun.Transpiler({ loader: "ts" });
/** Keeps the imports that only types use. */
const all = new Bun.Transpiler({ loader: "ts", trimUnusedImports: false });

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), "utf8");
  const eager = new Set(
    used
      .scanImports(text)
      .filter(({ kind }) => kind === "import-statement")
      .map(({ path }) => path),
  );
  return all
    .scanImports(text.replaceAll(/^(import|export) type (?=[{*]|\w+ from)/gm, "$1 "))
    .map(({ path }) => ({ from: path, eager: eager.has(path) }));
}

const resolve = (file: string, from: string) => relative(SRC, join(SRC, dirname(file), from));
const roomOf = (file: string) => (file.includes("/") ? (file.split("/")[0] as string) : "");

/** Every file, and every module that is not ours, that evaluating these files evaluates. */
function reachedFrom(entries: readonly string[]): { files: Set<string>; foreign: Set<string> } {
  const reached = { files: new Set<string>(), foreign: new Set<string>() };
  const walk = (file: string) => {
    if (reached.files.has(file)) return;
    reached.files.add(file);
    for (const { from, eager } of importsOf(file)) {
      if (!eager) continue;
      if (from.startsWith(".")) walk(resolve(file, from));
      else reached.foreign.add(from);
    }
  };
  for (const entry of entries) walk(entry);
  return reached;
}

/** The table as the linter reads it: each room with the rooms that it may not import from. */
function linterRules(): string {
  const overrides = ROOMS.map((room) => {
    const denied = ROOMS.filter((other) => other !== room && !MAY_IMPORT[room]?.includes(other));
    const message = `${room} may import from: ${MAY_IMPORT[room]?.join(", ") || "no other room"}`;
    const patterns = [{ group: [`**/{${denied.join(",")}}/**`], message }];
    const rules = { style: { noRestrictedImports: { level: "error", options: { patterns } } } };
    return JSON.stringify({ includes: [`**/src/${room}/**`], linter: { rules } });
  });
  return `{"overrides":[\n${overrides.join(",\n")}\n]}\n`;
}

test("the linter enforces the table", () => {
  expectFile(join(import.meta.dir, "rooms.biome.json"), linterRules());
});

test("the rooms are those of the table, and import only from rooms before them", () => {
  expect([...new Set(files.map(roomOf))].filter((room) => room !== "").sort()).toEqual(ROOMS.toSorted());
  for (const [floor, room] of ROOMS.entries())
    for (const target of MAY_IMPORT[room] ?? [])
      expect(ROOMS.slice(0, floor), `${room} → ${target}`).toContain(target);
});

test.each(ROOMS)("%s imports only from the rooms of the table, and from all of them", (room) => {
  const allowed = MAY_IMPORT[room] ?? [];
  const imports = files
    .filter((file) => roomOf(file) === room)
    .flatMap((file) =>
      importsOf(file)
        .filter(({ from }) => from.startsWith(".") && !from.endsWith("/package.json"))
        .map(({ from }) => ({ file, target: resolve(file, from) })),
    )
    .filter(({ target }) => ![room, ""].includes(roomOf(target)));
  const wrong = imports.filter(({ target }) => !allowed.includes(roomOf(target)));
  expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  const needed = new Set(imports.map(({ target }) => roomOf(target)));
  expect(allowed.filter((target) => !needed.has(target))).toEqual([]);
});

test("line is pure: nothing that it evaluates reads the clock, a file or the environment", () => {
  const reached = reachedFrom(files.filter((file) => roomOf(file) === "line"));
  expect([...reached.foreign]).toEqual([]);
  expect([...reached.files].filter((file) => roomOf(file) === "os")).toEqual([]);
});

test("every call past Bun goes through os/ffi", () => {
  const direct = files.filter((file) => importsOf(file).some(({ from }) => from === "bun:ffi"));
  expect(direct.filter((file) => !file.startsWith("os/ffi/"))).toEqual([]);
});

test("the display path evaluates nothing that would cost more than drawing the line", () => {
  const reached = reachedFrom(["main.ts"]);
  expect([...reached.foreign]).toEqual(["bun:ffi"]);
  expect(
    [...reached.files].filter((file) => ["gather", "ledger", "config-file", "build"].includes(roomOf(file))),
  ).toEqual([]);
});

test("each type name is declared in one file", () => {
  const declared = new Map<string, Set<string>>();
  for (const file of files)
    for (const [, name = ""] of readFileSync(join(SRC, file), "utf8").matchAll(
      /^(?:export )?(?:abstract )?(?:type|interface|class) (\w+)/gm,
    ))
      declared.set(name, (declared.get(name) ?? new Set()).add(file));
  const repeated = [...declared].filter(([, where]) => where.size > 1);
  expect(repeated.map(([name, where]) => `${name}: ${[...where].join(", ")}`).sort()).toEqual([]);
});

test("no file is longer than 250 lines", () => {
  const lengths = files.map((file) => [
    file,
    readFileSync(join(SRC, file), "utf8").trimEnd().split("\n").length,
  ]);
  expect(lengths.filter(([, lines = 0]) => Number(lines) > 250)).toEqual([]);
});
