/** Words that this project once used in a sense of its own. Use the technical term: the table has it. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");

const INSTEAD: Readonly<Record<string, string>> = {
  afresh: "again",
  anew: "again",
  fate: "outcome",
  mend: "fix",
  mended: "fixed",
  mends: "fixes",
  nobody: "no other user, no process",
  outlook: "state",
  patience: "timeout",
  persona: "applet",
  told: "reported, passed, given",
  whosever: "of any",
  wish: "option",
  "has to do with": "concerns",
  "at work": "running",
  "go on": "continue",
  "goes on": "continues",
  "in vain": "without success",
  "is no date": "invalid date",
  "of which": "two sentences",
  "stands for nothing": "is invalid",
};
/** The list itself. */
const EXEMPT = ["test/vocabulary.test.ts"];

const PATTERN = new RegExp(`\\b(?:${Object.keys(INSTEAD).join("|")})\\b`, "i");
const FILES = [
  "src/**/*.ts",
  "test/**/*.{ts,sh}",
  "docs/**/*.md",
  "*.{md,ts,sh}",
  ".github/**/*.{md,yml}",
  ".ci/*",
];

test("sources, tests and documents use technical terms", () => {
  const paths = FILES.flatMap((glob) => [...new Bun.Glob(glob).scanSync({ cwd: ROOT, dot: true })]);
  expect(paths.length).toBeGreaterThan(500);
  const found = paths
    .filter((path) => !EXEMPT.includes(path))
    .flatMap((path) =>
      readFileSync(join(ROOT, path), "utf8")
        .split("\n")
        .flatMap((line, index) => {
          const [word] = PATTERN.exec(line) ?? [];
          return word === undefined
            ? []
            : [`${path}:${index + 1}: '${word}': ${INSTEAD[word.toLowerCase()]}`];
        }),
    );
  expect(found).toEqual([]);
});
