import { renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import manifest from "../../../package.json";
import { headCommit } from "./commit.ts";
import type { Target } from "./targets.ts";

const ROOT = join(import.meta.dir, "../../..");

/**
 * Compile one executable and put it in place by rename.
 *
 * Why each setting is set. All are measured by test/bench.
 * - bytecode: the program is not parsed at start.
 * - ES modules, split: what is imported on demand is a file of its own within the executable, so that a command is not
 *   charged for the others' functions, all of which a single CommonJS file makes at start. A render gains a tenth.
 * - autoload off: otherwise the binary reads bunfig.toml (and runs its preload), .env, tsconfig.json and package.json
 *   of the directory it is started in: somebody else's code, and a listing of a directory that may be huge.
 * - jitPolicy 100: compiling hot code, and starting the threads that do, costs a render more than it brings. Commands
 *   that work for longer set it back to 1 (src/main.ts).
 * - "--cwd", which changes into the directory we are in already: without it Bun asks for that directory's name before
 *   anything else, and refuses to start where it was deleted. macOS has no such name for it.
 *
 * @param entrypoint another program than Plimsoll, compiled alike: what the benchmarks compare with
 * @param workers the entry points of worker threads, files of their own also within the executable
 * @param define further constants, for a test build
 */
export async function compile(
  target: Target,
  outfile: string,
  {
    entrypoint = join(ROOT, "src/main.ts"),
    workers = [join(ROOT, "src/ledger/read-worker.ts")],
    define = {},
  }: { entrypoint?: string; workers?: readonly string[]; define?: Record<string, string> } = {},
): Promise<{ bytes: number; tookMs: number }> {
  const started = performance.now();
  // Its name stays in the executable, as the root of what stack traces name.
  const partial = join(`${outfile}.${process.pid}.partial`, "plimsoll");
  const result = await Bun.build({
    entrypoints: [entrypoint, ...workers],
    target: "bun",
    format: "esm",
    splitting: true,
    minify: true,
    bytecode: true,
    compile: {
      target: target.bun,
      outfile: partial,
      autoloadBunfig: false,
      autoloadDotenv: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
      jitPolicy: 100,
      execArgv: target.name.startsWith("linux") ? ["--cwd=/proc/self/cwd"] : [],
    },
    define: {
      PLIMSOLL_VERSION: JSON.stringify(manifest.version),
      PLIMSOLL_COMMIT: JSON.stringify(await headCommit()),
      PLIMSOLL_LIBC: JSON.stringify(target.libc),
      ...define,
    },
  });
  if (!result.success) throw new AggregateError(result.logs, `${target.name}: the build failed`);
  renameSync(partial, outfile);
  rmSync(dirname(partial), { recursive: true });
  return { bytes: statSync(outfile).size, tookMs: performance.now() - started };
}
