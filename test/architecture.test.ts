/** The rooms of src/ and the arrows between them; and what the display path may not touch. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const SRC = join(import.meta.dir, "../src");

/** What each room may import from. A room that is missing here may import from nowhere. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  os: [],
  "json-text": [],
  config: [],
  cli: ["os"],
  claude: ["os", "json-text"],
  state: ["os", "claude"],
  line: ["config", "claude", "state", "os"],
  ledger: ["claude", "state"],
  "config-file": ["config", "line", "state", "os", "json-text", "cli"],
  editor: ["config-file", "config", "line", "cli"],
  display: ["line", "claude", "state", "os", "config", "config-file", "cli"],
  gather: ["ledger", "os", "claude", "state", "line", "config", "config-file", "cli"],
  setup: ["claude", "state", "os", "json-text"],
  doctor: ["display", "setup", "gather", "ledger", "os", "claude", "state", "config", "config-file"],
  selftest: ["os", "state", "cli"],
  usage: ["ledger", "claude", "state", "os", "line", "cli"],
  applets: ["os", "cli"],
  commands: [
    "applets",
    "claude",
    "cli",
    "config",
    "config-file",
    "display",
    "doctor",
    "editor",
    "gather",
    "json-text",
    "ledger",
    "line",
    "os",
    "selftest",
    "setup",
    "state",
    "usage",
  ],
  build: ["commands", "applets", "cli", "config-file", "state"],
};

const files = [...new Bun.Glob("**/*.ts").scanSync(SRC)].sort();
const importsOf = (file: string) =>
  [
    ...readFileSync(join(SRC, file), "utf8").matchAll(
      /^(?:import|export)\s(type\s)?[^;"]*?from "([^"]+)"/gms,
    ),
  ].map(([, type, from]) => ({ from: from as string, type: type !== undefined }));
const resolve = (file: string, from: string) => relative(SRC, join(SRC, dirname(file), from));
const roomOf = (file: string) => (file.includes("/") ? (file.split("/")[0] as string) : "");

describe("the arrows between the rooms", () => {
  for (const room of [...new Set(files.map(roomOf))].filter((name) => name !== ""))
    test(`of ${room} go one way`, () => {
      const wrong = files
        .filter((file) => roomOf(file) === room)
        .flatMap((file) =>
          importsOf(file)
            .filter(({ from }) => from.startsWith(".") && !from.endsWith("/package.json"))
            .map(({ from }) => resolve(file, from))
            .filter(
              (target) =>
                roomOf(target) !== room && roomOf(target) !== "" && !ARROWS[room]?.includes(roomOf(target)),
            )
            .map((target) => `${file} → ${target}`),
        );
      expect(wrong).toEqual([]);
    });

  test("of line to os are types and the local time only", () => {
    const used = files
      .filter((file) => roomOf(file) === "line")
      .flatMap((file) =>
        importsOf(file)
          .filter(({ type }) => !type)
          .map(({ from }) => resolve(file, from)),
      )
      .filter((target) => roomOf(target) === "os");
    expect(used).toEqual([]);
  });
});

test("every call past Bun goes through os/ffi", () => {
  const direct = files.filter((file) => importsOf(file).some(({ from }) => from === "bun:ffi"));
  expect(direct.filter((file) => !file.startsWith("os/ffi/"))).toEqual([]);
});

test("the display path evaluates nothing that would cost more than drawing the line", () => {
  const reached = new Set<string>();
  const foreign = new Set<string>();
  const walk = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { from, type } of importsOf(file)) {
      if (type) continue;
      if (from.startsWith(".")) walk(resolve(file, from));
      else foreign.add(from);
    }
  };
  walk("main.ts");
  expect([...foreign]).toEqual(["bun:ffi"]);
  expect(
    [...reached].filter((file) => ["gather", "ledger", "config-file", "build"].includes(roomOf(file))),
  ).toEqual([]);
});
