/** Screens as they were looked at and found good. `UPDATE_GOLDEN=1 bun test …` writes them anew: look at them again. */
import { expect } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export function expectGolden(name: string, text: string): void {
  const path = join(import.meta.dir, "golden", `${name}.golden.txt`);
  if (process.env.UPDATE_GOLDEN || !existsSync(path)) {
    if (process.env.CI) throw new Error(`${path} is not there`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, "utf8"));
}
