/** A release: an archive per target, the installer, the Homebrew formula, and SHA256SUMS. */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type ArchiveFile, tarGz } from "./archive.ts";
import { FORMULA_TARGETS, formula } from "./formula.ts";
import { configSchema } from "./share.ts";
import type { Target } from "./targets.ts";

export interface ReleaseOptions {
  /** The output folder. */
  readonly outdir: string;
  /** The URL of the releases: `URL/download/vVERSION/FILE`. Without it no formula is written. */
  readonly releases: string | undefined;
  /** The text of install.sh. */
  readonly installer: string;
  /** The files installed with the executable. */
  readonly share: readonly ArchiveFile[];
  /** The modification time of every file, in seconds since 1970. */
  readonly time: number;
  /** Compile a target to a file. */
  compile(target: Target, outfile: string): Promise<unknown>;
}

/**
 * Write for each target `plimsoll-<target>/`, laid out as installed, and its archive; then the other files.
 * @param onFile called with the path of each file written
 * @throws Error when the address cannot be written into the installer
 */
export async function release(
  targets: readonly Target[],
  options: ReleaseOptions,
  onFile: (file: string) => void,
): Promise<void> {
  const { outdir, releases, installer } = options;
  const address = releases === undefined ? undefined : checkAddress(releases);
  const script = address === undefined ? installer : withAddress(installer, address);
  const sums = new Map<string, string>();
  const write = async (name: string, content: string | Uint8Array) => {
    const file = join(outdir, name);
    await Bun.write(file, content);
    const sum = new Bun.CryptoHasher("sha256").update(content).digest("hex");
    sums.set(name, sum);
    onFile(file);
    return sum;
  };

  const byTarget = new Map<string, string>();
  for (const target of targets) {
    const archive = await tarGz(await unpacked(target, options), options.time);
    byTarget.set(target.name, await write(`plimsoll-${target.name}.tar.gz`, archive));
  }
  await write("config.schema.json", configSchema());
  await write("install.sh", script);
  chmodSync(join(outdir, "install.sh"), 0o755);
  // An older formula would name other archives.
  rmSync(join(outdir, "plimsoll.rb"), { force: true });
  if (address !== undefined && FORMULA_TARGETS.every((name) => byTarget.has(name)))
    await write("plimsoll.rb", formula(address, byTarget));
  const lines = [...sums.keys()].sort().map((name) => `${sums.get(name)}  ${name}\n`);
  await Bun.write(join(outdir, "SHA256SUMS"), lines.join(""));
  onFile(join(outdir, "SHA256SUMS"));
}

/** Build one target's folder. @returns its files, with their paths in the archive */
async function unpacked(target: Target, { outdir, share, compile }: ReleaseOptions): Promise<ArchiveFile[]> {
  const folder = join(outdir, `plimsoll-${target.name}`);
  rmSync(folder, { recursive: true, force: true });
  const program = join(folder, "bin/plimsoll");
  mkdirSync(dirname(program), { recursive: true });
  await compile(target, program);
  await writeFiles(folder, share);
  const inFolder = share.map((file) => ({ ...file, path: `${basename(folder)}/${file.path}` }));
  const executable = {
    path: `${basename(folder)}/bin/plimsoll`,
    content: await Bun.file(program).bytes(),
    executable: true,
  };
  return [executable, ...inFolder];
}

/** Write files into a folder. */
export async function writeFiles(folder: string, files: readonly ArchiveFile[]): Promise<void> {
  await Promise.all(files.map(({ path, content }) => Bun.write(join(folder, path), content)));
}

/** It is inserted into a shell script and a Ruby program. @throws Error for one with special characters */
export function checkAddress(releases: string): string {
  if (!/^(https?|file):\/\/[\w.~:/%@-]+$/.test(releases))
    throw new Error(`--releases: invalid address '${releases}': expected https://host/owner/name/releases`);
  return releases.replace(/\/+$/, "");
}

/** @throws Error when the script has no such line */
function withAddress(installer: string, releases: string): string {
  const line = /^RELEASES_URL=$/m;
  if (!line.test(installer)) throw new Error("install.sh has no line 'RELEASES_URL=' for the address");
  return installer.replace(line, () => `RELEASES_URL='${releases}'`);
}
