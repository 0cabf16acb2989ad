/** The worked example of CONTRIBUTING.md is done as it says, in a copy of the project, and works. */
import { expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const DOCUMENT = join(ROOT, "CONTRIBUTING.md");

test("adding the documented segment touches its file, its test and the registry, and all holds", async () => {
  const copy = mkdtempSync(join(tmpdir(), "plimsoll-contributing-"));
  try {
    for (const name of ["src", "test/line", "package.json", "tsconfig.json", "bunfig.toml"])
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    const blocks = [
      ...readFileSync(DOCUMENT, "utf8").matchAll(/```ts\n\/\/ (file|registry): (\S+)\n(.*?)```/gs),
    ];
    expect(blocks.map(([, kind]) => kind)).toEqual(["file", "file", "registry"]);
    for (const [, kind, path, code] of blocks as unknown as [string, string, string, string][]) {
      const target = join(copy, path);
      if (kind === "file") writeFileSync(target, code);
      else {
        const [importLine, entry] = code.split("\n") as [string, string];
        const registry = readFileSync(target, "utf8");
        const changed = registry
          .replace(/\nimport /, `\n${importLine}\nimport `)
          .replace(/(SEGMENTS: readonly Segment\[\] = \[\n)/, `$1${entry}\n`);
        expect(changed.length).toBe(registry.length + code.length);
        writeFileSync(target, changed);
      }
    }
    const env = { PATH: process.env.PATH ?? "", HOME: copy, PLIMSOLL_TEST_ROUNDS: "300" };
    const run = async (...command: string[]) => {
      const child = Bun.spawn(command, { cwd: copy, env, stdout: "pipe", stderr: "pipe" });
      const output = (
        await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
      ).join("");
      return { code: await child.exited, output };
    };
    const shown = await run(process.execPath, "src/main.ts", "segments", "waiting");
    expect(shown.output).toContain("The share of the session");
    const files = ["segments/waiting", "registry", "property", "explain"].map(
      (name) => `test/line/${name}.test.ts`,
    );
    const tested = await run(process.execPath, "test", ...files);
    expect(tested.output).toContain(" 0 fail");
    expect(tested.code).toBe(0);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}, 60_000);
