/** What the build really makes, installed as a release; and the script as a linter sees it. */
import { expect, test } from "bun:test";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hostTarget } from "../../src/release/targets.ts";
import { BINARY } from "../helpers/binary.ts";
import { archive } from "./archive.ts";
import { ground, INSTALLER, install, tree } from "./installer.ts";
import { publish, sums } from "./release.ts";

const SHARE = join(BINARY, "../share");

/** The files below a directory, by their paths in it. */
const filesOf = (directory: string) =>
  [...new Bun.Glob("**").scanSync({ cwd: directory, dot: true })]
    .filter((name) => lstatSync(join(directory, name)).isFile())
    .sort();

test("all that the build makes is installed, draws its line, and is removed", async () => {
  using box = ground();
  const folder = `plimsoll-${hostTarget().name}`;
  const program = await Bun.file(BINARY).bytes();
  const shared = filesOf(SHARE).map((name) => ({
    name: `${folder}/share/${name}`,
    content: readFileSync(join(SHARE, name)),
  }));
  const files = {
    [`${folder}.tar.gz`]: archive(
      [{ name: `${folder}/bin/plimsoll`, content: program, mode: 0o755 }, ...shared],
      0,
    ),
  };
  const from = publish({ ...files, SHA256SUMS: sums(files) }, box.path("release"));
  const before = tree(box.root);
  const { code, stdout, stderr } = await install(box, { from });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`is installed: ${box.program}\n`);
  expect(Bun.stripANSI(stdout)).toMatch(/\nSonnet 5\.5 · medium .*\n.* 31% 312k\/1M /);
  expect(filesOf(box.prefix).filter((name) => name !== "share/doc/plimsoll/directories")).toEqual(
    ["bin/plimsoll", ...filesOf(SHARE).map((name) => `share/${name}`)].sort(),
  );
  for (const { name, content } of [...shared, { name: `${folder}/bin/plimsoll`, content: program }])
    expect(readFileSync(join(box.prefix, name.slice(folder.length))).equals(content)).toBe(true);
  const removed = await install(box, { args: ["--uninstall"] });
  expect(removed).toMatchObject({ code: 0, stderr: "" });
  expect(tree(box.root)).toEqual(before);
});

test.skipIf(Bun.which("shellcheck") === null)("shellcheck finds nothing (where it is installed)", () => {
  const found = Bun.spawnSync(["shellcheck", "--shell=sh", INSTALLER]);
  expect(found.stdout.toString()).toBe("");
  expect(found.exitCode).toBe(0);
});
