/** The real build, installed as a release; and the linter on the script. */
import { expect, test } from "bun:test";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hostTarget } from "../../src/build/release/targets.ts";
import { BINARY, BUILT } from "../helpers/binary.ts";
import { archive } from "./archive.ts";
import { INSTALLER, type InstallSandbox, install, installSandbox, tree } from "./installer.ts";
import { publish, sums } from "./release.ts";

const SHARE = join(BUILT, "../share");

/** The files below a directory, by their paths in it. */
const filesOf = (directory: string) =>
  [...new Bun.Glob("**").scanSync({ cwd: directory, dot: true })]
    .filter((name) => lstatSync(join(directory, name)).isFile())
    .sort();

/** The build as a release in the sandbox. */
function built(box: InstallSandbox) {
  const folder = `plimsoll-${hostTarget().name}`;
  const program = readFileSync(BINARY);
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
  return {
    folder,
    program,
    shared,
    from: publish({ ...files, SHA256SUMS: sums(files) }, box.path("release")),
  };
}

test("all files of the build are installed, the line is drawn, and all are removed", async () => {
  using box = installSandbox();
  const { folder, program, shared, from } = built(box);
  const before = tree(box.root);
  const { code, stdout, stderr } = await install(box, { from });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`is installed: ${box.program}\n`);
  expect(Bun.stripANSI(stdout)).toMatch(/\nSonnet 5\.5 · medium .*\n.* 31% 312k\/1M /);
  const records = ["share/doc/plimsoll/checksums", "share/doc/plimsoll/directories"];
  expect(filesOf(box.prefix).filter((name) => !records.includes(name))).toEqual(
    ["bin/plimsoll", ...filesOf(SHARE).map((name) => `share/${name}`)].sort(),
  );
  for (const { name, content } of [...shared, { name: `${folder}/bin/plimsoll`, content: program }])
    expect(readFileSync(join(box.prefix, name.slice(folder.length))).equals(content)).toBe(true);
  const removed = await install(box, { args: ["--uninstall"] });
  expect(removed).toMatchObject({ code: 0, stderr: "" });
  expect(tree(box.root)).toEqual(before);
});

test("the line of another installation stays, however its path is quoted in the settings", async () => {
  using box = installSandbox();
  const { from } = built(box);
  for (const name of ["other", `it's "my" \\bin x`]) {
    const args = ["--prefix", box.path(name)];
    for (const each of [[], args])
      expect(await install(box, { from, args: each })).toMatchObject({ code: 0 });
    const { exitCode } = Bun.spawnSync([box.path(`${name}/bin/plimsoll`), "setup"], { env: box.env });
    expect(exitCode).toBe(0);
    const settings = join(box.home, ".claude/settings.json");
    const before = readFileSync(settings, "utf8");
    const { stdout } = await install(box, { args: ["--uninstall"] });
    expect(stdout).toContain(`calls ${box.path(name)}/bin/plimsoll, and was kept.\n`);
    expect(readFileSync(settings, "utf8")).toBe(before);
    expect(await install(box, { args: [...args, "--uninstall"] })).toMatchObject({ code: 0 });
    expect(existsSync(settings)).toBe(false);
  }
});

test.skipIf(Bun.which("shellcheck") === null)("shellcheck finds nothing (where it is installed)", () => {
  const found = Bun.spawnSync(["shellcheck", "--shell=sh", INSTALLER]);
  expect(found.stdout.toString()).toBe("");
  expect(found.exitCode).toBe(0);
});
