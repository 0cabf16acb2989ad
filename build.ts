/**
 * Builds the executables and the files installed with them.
 *
 *   bun build.ts                  dist/plimsoll for this machine, with dist/share/ (manual, completions, documents)
 *   bun build.ts --all            a release: dist/plimsoll-<os>-<arch>[-musl].tar.gz for every target, install.sh and
 *                                 SHA256SUMS; with --releases also plimsoll.rb, the Homebrew formula
 *   bun build.ts NAME…            the same for the named targets
 *   bun build.ts --outfile FILE   the executable for this machine, as FILE
 *
 *   --releases URL                the releases' URL: URL/download/vVERSION/FILE, URL/latest/download/FILE; written into
 *                                 install.sh and the documents
 *   --outdir DIR                  instead of dist
 *
 * All but --outfile also write config.schema.json, the configuration's JSON Schema.
 */
import { mkdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";

import { commitTime, compile } from "./src/build/release/compile.ts";
import { checkAddress, release, writeFiles } from "./src/build/release/release.ts";
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
  if (values.outfile !== undefined) return compileAndReport(hostTarget(), values.outfile);
  const time = await commitTime();
  const share = await shareFiles(time, releases === undefined ? undefined : checkAddress(releases));
  if (targets.length > 0) {
    const installer = await Bun.file(join(ROOT, "install.sh")).text();
    await release(targets, { outdir, releases, installer, share, time, compile: compileAndReport }, report);
    if (releases === undefined)
      console.log("without --releases: no formula, and install.sh needs PLIMSOLL_BASE_URL");
    return;
  }
  await compileAndReport(hostTarget(), join(outdir, "plimsoll"));
  await writeFiles(outdir, share);
  await Bun.write(join(outdir, "config.schema.json"), configSchema());
}

async function compileAndReport(target: Target, outfile: string): Promise<void> {
  mkdirSync(dirname(outfile), { recursive: true });
  const { tookMs } = await compile(target, outfile);
  report(outfile, `compiled in ${Math.round(tookMs)} ms`);
}

const report = (file: string, how = ""): void =>
  console.log(
    `${relative(process.cwd(), file)}  ${(Bun.file(file).size / 1e6).toFixed(1)} MB  ${how}`.trimEnd(),
  );

await main();
