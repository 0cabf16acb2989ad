/** The files of a release: archives, sums, installer. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $ } from "bun";
import manifest from "../../../package.json";
import { shareFiles } from "../../../src/build/release/share.ts";
import { hostTarget, TARGETS } from "../../../src/build/release/targets.ts";
import { ADDRESS, make, sums, TIME } from "./made.ts";

setDefaultTimeout(60_000);

const ROOT = join(import.meta.dir, "../../..");
const root = mkdtempSync(join(tmpdir(), "plimsoll-release-"));
const dist = join(root, "dist");

beforeAll(() => make(dist));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The POSIX headers of an archive. */
function entriesOf(file: string) {
  const tar = Buffer.from(Bun.gunzipSync(readFileSync(file)));
  const entries = [];
  for (let at = 0; tar[at] !== 0; ) {
    const text = (offset: number, length: number) =>
      tar.toString("latin1", at + offset, at + offset + length).replace(/\0.*/s, "");
    const number = (offset: number, length: number) => Number.parseInt(text(offset, length), 8);
    entries.push({
      path: text(0, 100),
      mode: number(100, 8),
      uid: number(108, 8),
      gid: number(116, 8),
      mtime: number(136, 12),
    });
    at += 512 * (1 + Math.ceil(number(124, 12) / 512));
  }
  return entries;
}
const archiveOf = (name: string, folder = dist) => join(folder, `plimsoll-${name}.tar.gz`);

describe("an archive", () => {
  test("contains one folder, laid out as below a prefix, sorted, owned by root, with the commit's time", () => {
    const entries = entriesOf(archiveOf("linux-x64"));
    expect(entries.filter(({ uid, gid, mtime }) => uid !== 0 || gid !== 0 || mtime !== TIME)).toEqual([]);
    expect(entries.map(({ mode, path }) => `${mode.toString(8)} ${path}`)).toEqual([
      "755 plimsoll-linux-x64/",
      "755 plimsoll-linux-x64/bin/",
      "755 plimsoll-linux-x64/bin/plimsoll",
      "755 plimsoll-linux-x64/share/",
      "755 plimsoll-linux-x64/share/bash-completion/",
      "755 plimsoll-linux-x64/share/bash-completion/completions/",
      "644 plimsoll-linux-x64/share/bash-completion/completions/plimsoll",
      "755 plimsoll-linux-x64/share/doc/",
      "755 plimsoll-linux-x64/share/doc/plimsoll/",
      "644 plimsoll-linux-x64/share/doc/plimsoll/CHANGELOG.md",
      "644 plimsoll-linux-x64/share/doc/plimsoll/LICENSE",
      "644 plimsoll-linux-x64/share/doc/plimsoll/README.md",
      "644 plimsoll-linux-x64/share/doc/plimsoll/config.schema.json",
      "644 plimsoll-linux-x64/share/doc/plimsoll/manual.md",
      "755 plimsoll-linux-x64/share/fish/",
      "755 plimsoll-linux-x64/share/fish/vendor_completions.d/",
      "644 plimsoll-linux-x64/share/fish/vendor_completions.d/plimsoll.fish",
      "755 plimsoll-linux-x64/share/man/",
      "755 plimsoll-linux-x64/share/man/man1/",
      "644 plimsoll-linux-x64/share/man/man1/plimsoll.1",
      "755 plimsoll-linux-x64/share/zsh/",
      "755 plimsoll-linux-x64/share/zsh/site-functions/",
      "644 plimsoll-linux-x64/share/zsh/site-functions/_plimsoll",
    ]);
  });

  test("unpacks to the packed files", async () => {
    const into = join(root, "unpacked");
    await $`mkdir ${into} && tar -xzf ${archiveOf("darwin-arm64")} -C ${into}`;
    const folder = join(into, "plimsoll-darwin-arm64");
    for (const { path, content } of await shareFiles(TIME))
      expect(Buffer.from(content).equals(readFileSync(join(folder, path)))).toBe(true);
    expect(readFileSync(join(folder, "bin/plimsoll"), "utf8")).toContain("# darwin-arm64");
    expect(statSync(join(folder, "bin/plimsoll")).mode & 0o777).toBe(0o755);
    expect(statSync(join(folder, "share/man/man1/plimsoll.1")).mode & 0o777).toBe(0o644);
  });

  test("is reproducible, byte for byte", async () => {
    const again = join(root, "again");
    await make(again);
    expect(sums(again)).toEqual(sums(dist));
  });

  test("rejects a path that does not fit", async () => {
    const share = [{ path: `share/${"long/".repeat(20)}name`, content: new Uint8Array() }];
    await expect(make(join(root, "long"), { share })).rejects.toThrow("does not fit a plain ustar archive");
  });
});

test("SHA256SUMS covers all published files, and matches them", async () => {
  const published = readdirSync(dist, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "SHA256SUMS")
    .map(({ name }) => name)
    .sort();
  expect([...sums(dist).keys()]).toEqual(published);
  expect(published).toEqual(
    [
      ...TARGETS.map(({ name }) => `plimsoll-${name}.tar.gz`),
      "config.schema.json",
      "install.sh",
      "plimsoll.rb",
    ].sort(),
  );
  for (const [name, sum] of sums(dist))
    expect(new Bun.CryptoHasher("sha256").update(readFileSync(join(dist, name))).digest("hex")).toBe(sum);
});

describe("the address of the releases", () => {
  test("is written into the installer", async () => {
    expect((await $`sh ${join(dist, "install.sh")}`.text()).trim()).toBe(ADDRESS);
    expect(statSync(join(dist, "install.sh")).mode & 0o111).not.toBe(0);
  });

  test("is written into the documents, which have no placeholder then", async () => {
    for (const { path, content } of await shareFiles(TIME, ADDRESS)) {
      const text = new TextDecoder().decode(content);
      if (!path.endsWith(".md") || path.endsWith("CHANGELOG.md")) continue;
      expect(text).not.toMatch(/OWNER|\]\(\.\.\/\.\.\/releases|^releases=\$/m);
      expect(text).toContain(
        path.endsWith("README.md") ? `](${ADDRESS}/latest/download/install.sh)` : `\nreleases=${ADDRESS}\n`,
      );
    }
  });

  test("is refused with characters special to a shell or Ruby", async () => {
    for (const releases of [
      "https://a/b'; id; '",
      "https://a/#{`id`}",
      "ftp://a/b",
      "owner/name",
      "https://a b",
    ])
      await expect(make(join(root, "refused"), { releases })).rejects.toThrow("invalid address");
    await expect(make(join(root, "refused"), { installer: "#!/bin/sh\n" })).rejects.toThrow("RELEASES_URL=");
  });

  test("is required for a formula, as are all of its archives; an older formula is removed", async () => {
    const folder = join(root, "without");
    await make(
      folder,
      {},
      TARGETS.filter(({ name }) => !name.includes("musl")),
    );
    expect(sums(folder).has("plimsoll.rb")).toBe(true);
    await make(folder, {}, TARGETS.slice(0, 1));
    expect(readdirSync(folder)).not.toContain("plimsoll.rb");
    expect([...sums(folder).keys()]).toEqual([
      "config.schema.json",
      "install.sh",
      "plimsoll-linux-x64.tar.gz",
    ]);
    await make(folder, { releases: undefined });
    expect(readdirSync(folder)).not.toContain("plimsoll.rb");
    expect(readFileSync(join(folder, "install.sh"), "utf8")).toContain("\nRELEASES_URL=\n");
  });
});

test("bun build.ts makes a release of this machine's executable, which is reproducible", async () => {
  const folder = join(root, "real");
  const target = hostTarget().name;
  await Promise.all([
    $`${process.execPath} build.ts ${target} --outdir ${folder}`.cwd(ROOT).quiet(),
    $`${process.execPath} build.ts --outfile ${join(root, "alone")}`.cwd(ROOT).quiet(),
  ]);
  await $`tar -xzf ${archiveOf(target, folder)} -C ${root}`;
  const program = join(root, `plimsoll-${target}/bin/plimsoll`);
  expect(readFileSync(program).equals(readFileSync(join(root, "alone")))).toBe(true);
  expect(await $`${program} --version`.text()).toStartWith(`plimsoll ${manifest.version} (`);
});
