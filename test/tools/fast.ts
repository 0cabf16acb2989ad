/** `bun run test:fast`: the test files that do not use the compiled binary, in under ten seconds. */
import { dirname, join } from "node:path";
import { Glob } from "bun";

const TESTS = join(import.meta.dir, "..");
const BINARY = join(TESTS, "helpers/binary.ts");

/** Whether a file imports the binary's helper, directly or through others. */
async function usesBinary(path: string, seen = new Set<string>()): Promise<boolean> {
  if (path === BINARY) return true;
  if (seen.has(path) || !path.endsWith(".ts")) return false;
  seen.add(path);
  for (const { path: imported } of new Bun.Transpiler({ loader: "ts" }).scanImports(
    await Bun.file(path).text(),
  ))
    if (imported.startsWith(".") && (await usesBinary(join(dirname(path), imported), seen))) return true;
  return false;
}

const files: string[] = [];
for await (const name of new Glob("**/*.test.ts").scan(TESTS)) {
  const path = join(TESTS, name);
  if (!(await usesBinary(path))) files.push(path);
}
const tests = Bun.spawn([process.execPath, "test", "--parallel", "--timeout", "60000", ...files.sort()], {
  stdio: ["inherit", "inherit", "inherit"],
});
process.exitCode = await tests.exited;
