/** Compiling an executable, and the version information in it. */
import { renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { $ } from "bun";
import manifest from "../../../package.json";
import type { Target } from "./targets.ts";

export const ROOT = join(import.meta.dir, "../../..");

/**
 * Compile one executable, and move it into place by rename.
 *
 * Reasons for the settings, all measured by test/bench:
 * - bytecode: the program is not parsed at start.
 * - ES modules, split: modules imported on demand are separate files in the executable, so that a command does not
 *   instantiate the functions of all others, as with a single CommonJS file. A render gains a tenth.
 * - autoload off: otherwise the binary reads bunfig.toml (and runs its preload), .env, tsconfig.json and package.json of
 *   the working directory: foreign code, and a listing of a directory that may be huge.
 * - jitPolicy 100: compiling hot code, and starting the threads for it, costs a render more than it gains. Long-running
 *   commands set it back to 1 (src/main.ts).
 * - "--cwd" into the present directory: without it Bun resolves the directory's name first, and refuses to start in a
 *   deleted one. macOS has no such path.
 *
 * @param entrypoint another program than Plimsoll, compiled alike for benchmarks
 * @param workers entry points of worker threads: separate files in the executable
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
  // The file name appears in stack traces.
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

/** @returns the commit of HEAD, with `+` for uncommitted changes; "unknown" outside a checkout */
async function headCommit(): Promise<string> {
  const head = await $`git -C ${ROOT} rev-parse --short=12 HEAD`.quiet().nothrow();
  if (head.exitCode !== 0) return "unknown";
  const changes = await $`git -C ${ROOT} --no-optional-locks status --porcelain`.quiet().nothrow();
  return head.text().trim() + (changes.text().trim() === "" ? "" : "+");
}

/** tar(1) warns of times before 1980. */
const FALLBACK_TIME_S = 315_532_800;

/**
 * The modification time of built files, for reproducible builds: SOURCE_DATE_EPOCH (reproducible-builds.org), else the
 * commit's, else 1980.
 * @returns seconds since 1970
 */
export async function commitTime(): Promise<number> {
  if (/^\d+$/.test(process.env.SOURCE_DATE_EPOCH ?? "")) return Number(process.env.SOURCE_DATE_EPOCH);
  const time = await $`git -C ${ROOT} log -1 --format=%ct`.quiet().nothrow();
  return time.exitCode === 0 ? Number(time.text()) : FALLBACK_TIME_S;
}
