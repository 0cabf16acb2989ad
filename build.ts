/**
 * Makes the executables and what is installed beside them.
 *
 *   bun build.ts                  this machine's, as dist/plimsoll, with dist/share/ (manual, completions, documents)
 *   bun build.ts --all            a release: dist/plimsoll-<os>-<arch>[-musl].tar.gz of every target, install.sh,
 *                                 SHA256SUMS over all; with --releases also plimsoll.rb, the Homebrew formula
 *   bun build.ts NAME…            the same of the named targets
 *   bun build.ts --outfile FILE   this machine's executable, as FILE
 *
 *   --releases URL                where releases are found: URL/download/vVERSION/FILE, URL/latest/download/FILE
 *   --outdir DIR                  instead of dist
 *
 * Beside them config.schema.json, the configuration's JSON Schema, made from the registries in the source.
 */
import { mkdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { commitTime } from "./src/build/release/commit.ts";
import { compile } from "./src/build/release/compile.ts";
import { release, writeFiles } from "./src/build/release/release.ts";
import { configSchema, shareFiles } from "./src/build/release/share.ts";
import { findTarget, hostTarget, TARGETS, type Target } from "./src/build/release/targets.ts";

const ROOT = import.meta.dir;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      all: { type: "boolean" },
      outfile: { type: "string" },
      outdir: { type: "string", default: join(ROOT, "dist") },
      releases: { type: "string" },
    },
    allowPositionals: true,
  });
  const { outdir, releases } = values;
  const targets = values.all ? TARGETS : positionals.map(findTarget);
  if (values.outfile !== undefined) return compileAndSay(hostTarget(), values.outfile);
  const time = await commitTime();
  const share = await shareFiles(time);
  if (targets.length > 0) {
    const installer = await Bun.file(join(ROOT, "install.sh")).text();
    await release(targets, { outdir, releases, installer, share, time, compile: compileAndSay }, say);
    if (releases === undefined)
      console.log(
        "without --releases: no formula, and install.sh is told by PLIMSOLL_BASE_URL where to look",
      );
    return;
  }
  await compileAndSay(hostTarget(), join(outdir, "plimsoll"));
  await writeFiles(outdir, share);
  await Bun.write(join(outdir, "config.schema.json"), configSchema());
}

async function compileAndSay(target: Target, outfile: string): Promise<void> {
  mkdirSync(dirname(outfile), { recursive: true });
  const { tookMs } = await compile(target, outfile);
  say(outfile, `compiled in ${Math.round(tookMs)} ms`);
}

const say = (file: string, how = ""): void =>
  console.log(
    `${relative(process.cwd(), file)}  ${(Bun.file(file).size / 1e6).toFixed(1)} MB  ${how}`.trimEnd(),
  );

await main();
