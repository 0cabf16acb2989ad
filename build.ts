/**
 * Makes the executables.
 *
 *   bun build.ts                  this machine's, as dist/plimsoll
 *   bun build.ts --all            every target's, as dist/plimsoll-<os>-<arch>[-musl], and dist/SHA256SUMS
 *   bun build.ts NAME…            the named targets
 *   bun build.ts --outfile FILE   this machine's, as FILE
 *
 * Beside them dist/config.schema.json, the configuration's JSON Schema, made from the registries in the source.
 */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { $ } from "bun";
import manifest from "./package.json";

const ROOT = import.meta.dir;
const DIST = join(ROOT, "dist");

/** What can be built: the name as in the file, Bun's name for it, and the C library that `bun:ffi` opens there. */
const TARGETS = [
  { name: "linux-x64", bun: "bun-linux-x64", libc: "libc.so.6" },
  { name: "linux-arm64", bun: "bun-linux-arm64", libc: "libc.so.6" },
  { name: "linux-x64-musl", bun: "bun-linux-x64-musl", libc: "libc.musl-x86_64.so.1" },
  { name: "linux-arm64-musl", bun: "bun-linux-arm64-musl", libc: "libc.musl-aarch64.so.1" },
  { name: "darwin-x64", bun: "bun-darwin-x64", libc: "libSystem.B.dylib" },
  { name: "darwin-arm64", bun: "bun-darwin-arm64", libc: "libSystem.B.dylib" },
] as const satisfies readonly { name: string; bun: Bun.Build.CompileTarget; libc: string }[];

type Target = (typeof TARGETS)[number];

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

/** The commit the tree stands at, with `+` when it differs from it; "unknown" outside a checkout. */
async function headCommit(): Promise<string> {
  const head = await $`git -C ${ROOT} rev-parse --short=12 HEAD`.quiet().nothrow();
  if (head.exitCode !== 0) return "unknown";
  const changes = await $`git -C ${ROOT} --no-optional-locks status --porcelain`.quiet().nothrow();
  return head.text().trim() + (changes.text().trim() === "" ? "" : "+");
}

/** The target that runs on this machine. */
export function hostTarget(): Target {
  const loader = `/lib/ld-musl-${process.arch === "x64" ? "x86_64" : "aarch64"}.so.1`;
  const musl =
    process.platform === "linux" && existsSync(loader) && !existsSync("/lib64/ld-linux-x86-64.so.2");
  const name = `${process.platform}-${process.arch}${musl ? "-musl" : ""}`;
  return findTarget(name);
}

function findTarget(name: string): Target {
  const target = TARGETS.find((candidate) => candidate.name === name);
  if (!target)
    throw new Error(`no target '${name}'; there are ${TARGETS.map((each) => each.name).join(", ")}`);
  return target;
}

async function writeChecksums(files: readonly string[]): Promise<void> {
  const lines = await Promise.all(
    files.map(async (file) => {
      const hash = new Bun.CryptoHasher("sha256").update(await Bun.file(file).bytes()).digest("hex");
      return `${hash}  ${basename(file)}\n`;
    }),
  );
  await Bun.write(join(DIST, "SHA256SUMS"), lines.join(""));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { all: { type: "boolean" }, outfile: { type: "string" } },
    allowPositionals: true,
  });
  const named = values.all ? TARGETS : positionals.map(findTarget);
  const jobs =
    named.length > 0
      ? named.map((target) => ({ target, outfile: join(DIST, `plimsoll-${target.name}`) }))
      : [{ target: hostTarget(), outfile: values.outfile ?? join(DIST, "plimsoll") }];
  for (const { target, outfile } of jobs) {
    mkdirSync(dirname(outfile), { recursive: true });
    const { bytes, tookMs } = await compile(target, outfile);
    console.log(
      `${relative(process.cwd(), outfile)}  ${(bytes / 1e6).toFixed(1)} MB  ${Math.round(tookMs)} ms`,
    );
  }
  const { jsonSchema } = await import("./src/config/schema.ts");
  await Bun.write(join(DIST, "config.schema.json"), `${JSON.stringify(jsonSchema(), null, 2)}\n`);
  if (named.length > 0) await writeChecksums(jobs.map((job) => job.outfile));
}

if (import.meta.main) await main();
