/**
 * Output that was reviewed once, kept as text in a folder `goldens` beside the test. `bun run test:update` writes what
 * the program prints now: review the diff before committing it.
 */
import { expect } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Whether goldens are written instead of compared; never in CI. */
const UPDATING = process.env.PLIMSOLL_UPDATE_GOLDENS === "1" && !process.env.CI;

export interface Goldens {
  /** Expect `text` to be the golden `name`. A missing golden fails. */
  expect(name: string, text: string): void;
  /** The names of the goldens in the folder, sorted. */
  names(): string[];
}

/** The goldens of a test file. @param directory the test's `import.meta.dir` */
export function goldens(directory: string): Goldens {
  const folder = join(directory, "goldens");
  return {
    expect: (name, text) => expectFile(join(folder, `${name}${SUFFIX}`), text),
    names: () =>
      readdirSync(folder)
        .map((file) => basename(file, SUFFIX))
        .sort(),
  };
}

const SUFFIX = ".golden.txt";

/** Expect `text` to be the content of `path`, which is a golden or a generated document. */
export function expectFile(path: string, text: string): void {
  if (UPDATING) {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
  expect(existsSync(path) ? readFileSync(path, "utf8") : `missing: ${path}`).toBe(text);
}
