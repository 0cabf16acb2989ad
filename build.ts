/**
 * Makes the executables.
 *
 *   bun build.ts                  this machine's, as dist/plimsoll
 *   bun build.ts --all            every target's, as dist/plimsoll-<os>-<arch>[-musl], and dist/SHA256SUMS
 *   bun build.ts NAME…            the named targets
 *   bun build.ts --outfile FILE   this machine's, as FILE
 */
import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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
 * Why each setting is set. All are measured by test/bench.
 * - bytecode with CommonJS: the program is not parsed at start.
 * - autoload off: otherwise the binary reads bunfig.toml (and runs its preload), .env, tsconfig.json and package.json
 *   of the directory it is started in: somebody else's code, and a listing of a directory that may be huge.
 */
async function compile(target: Target, outfile: string, commit: string): Promise<void> {
  const started = performance.now();
  const partial = `${outfile}.${process.pid}.partial`;
  const result = await Bun.build({
    // A worker is a file of its own, also within the executable.
    entrypoints: [join(ROOT, "src/main.ts"), join(ROOT, "src/ledger/read-worker.ts")],
    target: "bun",
    format: "cjs",
    minify: true,
    bytecode: true,
    compile: {
      target: target.bun,
      outfile: partial,
      autoloadBunfig: false,
      autoloadDotenv: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
    define: {
      PLIMSOLL_VERSION: JSON.stringify(manifest.version),
      PLIMSOLL_COMMIT: JSON.stringify(commit),
      PLIMSOLL_LIBC: JSON.stringify(target.libc),
    },
  });
  if (!result.success) throw new AggregateError(result.logs, `${target.name}: the build failed`);
  renameSync(partial, outfile);
  const megabytes = (statSync(outfile).size / 1e6).toFixed(1);
  const ms = Math.round(performance.now() - started);
  console.log(
    `${outfile.startsWith(`${ROOT}/`) ? outfile.slice(ROOT.length + 1) : outfile}  ${megabytes} MB  ${ms} ms`,
  );
}

/** The commit the tree stands at, with `+` when it differs from it; "unknown" outside a checkout. */
async function headCommit(): Promise<string> {
  const head = await $`git -C ${ROOT} rev-parse --short=12 HEAD`.quiet().nothrow();
  if (head.exitCode !== 0) return "unknown";
  const changes = await $`git -C ${ROOT} --no-optional-locks status --porcelain`.quiet().nothrow();
  return head.text().trim() + (changes.text().trim() === "" ? "" : "+");
}

function hostTarget(): Target {
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

const { values, positionals } = parseArgs({
  options: { all: { type: "boolean" }, outfile: { type: "string" } },
  allowPositionals: true,
});
const commit = await headCommit();
if (values.all || positionals.length > 0) {
  mkdirSync(DIST, { recursive: true });
  const targets = values.all ? TARGETS : positionals.map(findTarget);
  const files = targets.map((target) => join(DIST, `plimsoll-${target.name}`));
  for (const [index, target] of targets.entries()) await compile(target, files[index] as string, commit);
  await writeChecksums(files);
} else {
  const outfile = values.outfile ?? join(DIST, "plimsoll");
  mkdirSync(dirname(outfile), { recursive: true });
  await compile(hostTarget(), outfile, commit);
}
