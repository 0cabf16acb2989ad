/** The rooms of src/ and the arrows between them; and what the display path may not touch. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const SRC = join(import.meta.dir, "../src");

/** What each room may import from. A room that is missing here may import from nowhere. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  process: [],
  output: ["process"],
  "json-text": [],
  claude: ["process", "json-text"],
  state: ["process", "claude"],
  line: ["claude", "state", "process"],
  ledger: ["claude", "state"],
  config: ["line", "state", "process", "json-text"],
  editor: ["config", "line", "output"],
  display: ["line", "claude", "state", "process", "config", "output"],
  gather: ["ledger", "process", "claude", "state", "line", "config", "output"],
  doctor: ["display", "setup", "gather", "ledger", "process", "claude", "state", "config", "line"],
  setup: ["claude", "state", "process", "json-text"],
  selftest: ["process", "state", "commands", "output"],
  usage: ["ledger", "claude", "state", "process", "line", "output"],
  personas: ["process", "commands", "output"],
  manual: ["commands", "personas", "state"],
  release: ["manual", "config"],
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
  for (const room of [...new Set(files.map(roomOf))].filter((name) => name !== "" && name !== "commands"))
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

  test("of line to process are types and the local time only", () => {
    const used = files
      .filter((file) => roomOf(file) === "line")
      .flatMap((file) =>
        importsOf(file)
          .filter(({ type }) => !type)
          .map(({ from }) => resolve(file, from)),
      )
      .filter((target) => roomOf(target) === "process");
    expect(used).toEqual([]);
  });
});

test("every call past Bun goes through process/libc", () => {
  const direct = files.filter((file) => importsOf(file).some(({ from }) => from === "bun:ffi"));
  expect(direct.filter((file) => !file.startsWith("process/libc/"))).toEqual([]);
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
    [...reached].filter((file) => ["gather", "ledger", "config", "manual", "release"].includes(roomOf(file))),
  ).toEqual([]);
});
