/** A right release is installed, whole, by every shell. */
import { describe, expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { byEachShell, CAN_DOWNLOAD, INSTALLER, install, installSandbox, tree } from "./installer.ts";
import { program, publish, release, SHARED } from "./release.ts";
import { serve } from "./server.ts";

/** The files of an installation and their modes. */
const installed = (prefix: string) =>
  [...SHARED, "bin/plimsoll"].map((name) => [name, (statSync(join(prefix, name)).mode & 0o777).toString(8)]);
const whole = [...SHARED.map((name) => [name, "644"]), ["bin/plimsoll", "755"]];

describe("a release is installed", () => {
  byEachShell(
    "from a server, and prints the next step",
    async (shell) => {
      using box = installSandbox();
      using server = serve(release("1.2.3"));
      const { code, stdout, stderr } = await install(box, { shell, from: server.address });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(installed(box.prefix)).toEqual(whole);
      expect(stdout).toContain(`plimsoll 1.2.3 (test) is installed: ${box.program}\n`);
      expect(stdout).toContain("\nthe line of 1.2.3\n");
      expect(stdout).toContain(`export PATH=${box.prefix}/bin:"$PATH"`);
      expect(stdout).toEndWith(`To add it to Claude Code:\n\n  ${box.program} setup\n\n`);
      expect(tree(box.path("tmp"))).toHaveLength(1);
      expect(tree(box.prefix).filter((line) => line.includes(".plimsoll"))).toEqual([]);
    },
    true,
  );

  byEachShell("from a directory, to a prefix with odd characters, under a strict umask", async (shell) => {
    using box = installSandbox(`it's "a" $place; &c \\bin`);
    const from = publish(release("1.2.3"), box.path("a release"));
    const script = readFileSync(box.script, "utf8").replace("set -eu", "set -eu; umask 077");
    writeFileSync(box.script, script);
    const { code, stdout, stderr } = await install(box, { shell, from });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(installed(box.prefix)).toEqual(whole);
    for (const made of ["", "bin", "share/man/man1"])
      expect(statSync(join(box.prefix, made)).mode & 0o777).toBe(0o755);
    const quoted = `'${box.program.replaceAll("'", `'\\''`)}'`;
    expect(stdout).toContain(`  ${quoted} setup\n`);
    expect(Bun.spawnSync(["sh", "-c", `${quoted} --version`]).stdout.toString()).toContain("1.2.3");
  });

  byEachShell(
    "regardless of the caller's environment",
    async (shell) => {
      using box = installSandbox();
      using server = serve(release("1.2.3"));
      const env = {
        CDPATH: "/usr:/tmp",
        IFS: "/.-",
        GREP_OPTIONS: "-v",
        TAR_OPTIONS: "--no-such-option",
        GZIP: "--no-such-option",
        BASE: "https://example.invalid",
        VERSION: "9",
        STAGE: "/",
        RELEASES_URL: "https://example.invalid",
      };
      expect(await install(box, { shell, from: server.address, env })).toMatchObject({ code: 0, stderr: "" });
      expect(installed(box.prefix)).toEqual(whole);
    },
    true,
  );
});

test.skipIf(!CAN_DOWNLOAD)(
  "a given version and the newest are downloaded from the URLs set by the build",
  async () => {
    using box = installSandbox();
    using server = serve({
      ...prefixed("latest/download/", release("2.0.0")),
      ...prefixed("download/v1.2.3/", release("1.2.3")),
    });
    const filledIn = readFileSync(INSTALLER, "utf8").replace(
      /^RELEASES_URL=$/m,
      `RELEASES_URL=${server.address}`,
    );
    writeFileSync(box.script, filledIn);
    const version = () => Bun.spawnSync([box.program, "--version"]).stdout.toString();
    for (const [args, expected] of [
      [[], "2.0.0"],
      [["--version", "1.2.3"], "1.2.3"],
      [["--version=v1.2.3", `--prefix=${box.prefix}/`], "1.2.3"],
      [[], "2.0.0"],
    ] as const) {
      expect(await install(box, { args })).toMatchObject({ code: 0, stderr: "" });
      expect(version()).toStartWith(`plimsoll ${expected} `);
      expect(readFileSync(join(box.prefix, SHARED[0] as string), "utf8")).toEndWith(`of ${expected}\n`);
    }
    const before = tree(box.prefix);
    await install(box);
    expect(tree(box.prefix)).toEqual(before);
    expect(await install(box, { args: ["--version", "3.0.0"] })).toMatchObject({ code: 1 });
    expect(tree(box.prefix)).toEqual(before);
  },
);

const prefixed = (folder: string, files: ReturnType<typeof release>) =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [folder + name, content]));

describe("the next step depends on PATH:", () => {
  test("the name alone, when it leads to the new program", async () => {
    using box = installSandbox();
    const from = publish(release("1.2.3"), box.path("release"));
    const { stdout } = await install(box, { from, env: { PATH: `${box.prefix}/bin/:${box.env.PATH}` } });
    expect(stdout).toContain("\n  plimsoll setup\n");
    expect(stdout).not.toContain("export PATH");
  });
  test("the whole path, when another program of that name precedes it", async () => {
    using box = installSandbox();
    const from = publish(release("1.2.3"), box.path("release"));
    const other = box.path("plimsoll");
    writeFileSync(other, program("0.0.1"), { mode: 0o755 });
    const PATH = `${box.root}:${box.prefix}/bin:${box.env.PATH}`;
    const { stdout } = await install(box, { from, env: { PATH } });
    expect(stdout).toContain(`Another plimsoll precedes it on PATH: ${other}\n`);
    expect(stdout).toContain(`\n  ${box.program} setup\n`);
  });
});

test("without a prefix it goes below ~/.local; a relative one is the caller's", async () => {
  using box = installSandbox();
  const from = publish(release("1.2.3"), box.path("release"));
  const env = { PREFIX: undefined };
  expect(await install(box, { from, env })).toMatchObject({ code: 0 });
  expect(installed(join(box.home, ".local"))).toEqual(whole);
  expect(await install(box, { from, env, args: ["--prefix", "here"], cwd: box.home })).toMatchObject({
    code: 0,
  });
  expect(installed(join(box.home, "here"))).toEqual(whole);
  expect(await install(box, { from, env, args: ["--prefix=~/there"] })).toMatchObject({ code: 0 });
  expect(installed(join(box.home, "there"))).toEqual(whole);
  const crooked = [`${box.home}//a//b/`, `${box.home}/no/../c`];
  for (const prefix of crooked)
    expect(await install(box, { from, env: { PREFIX: prefix } })).toMatchObject({ code: 0, stderr: "" });
  expect(installed(join(box.home, "a/b"))).toEqual(whole);
  expect(installed(join(box.home, "c"))).toEqual(whole);
});

test("a truncated script does nothing", async () => {
  using box = installSandbox();
  const from = publish(release("1.2.3"), box.path("release"));
  const lines = readFileSync(INSTALLER, "utf8").trimEnd().split("\n");
  expect(lines.at(-1)).toBe('main "$@"');
  const before = tree(box.root);
  for (let kept = 10; kept < lines.length; kept += 20) {
    const script = `${lines.slice(0, kept).join("\n")}\n`;
    Bun.spawnSync(["sh", "-s"], {
      stdin: Buffer.from(script),
      env: { ...box.env, PLIMSOLL_BASE_URL: from },
      cwd: box.root,
    });
  }
  expect(tree(box.root)).toEqual(before);
  const all = Bun.spawnSync(["sh", "-s", "--", "--version", "1.2.3"], {
    stdin: Bun.file(INSTALLER),
    env: { ...box.env, PLIMSOLL_BASE_URL: from },
    cwd: join(INSTALLER, ".."),
  });
  expect({ code: all.exitCode, stderr: all.stderr.toString() }).toEqual({ code: 0, stderr: "" });
  expect(installed(box.prefix)).toEqual(whole);
});

test("an invalid command line is refused with exit 2 and a hint", async () => {
  using box = installSandbox();
  const from = publish(release("1.2.3"), box.path("release"));
  const before = tree(box.root);
  for (const args of [
    ["--no-such-option"],
    ["prefix"],
    ["--prefix"],
    ["--prefix="],
    ["--version"],
    ["--version", "../../x"],
    ["--keep-settings"],
    ["--uninstall", "--version", "1"],
    ["--prefix", "two\nlines"],
    ["test"],
  ]) {
    const { code, stdout, stderr } = await install(box, { args, from });
    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
    expect(stderr).toContain("install.sh --help");
  }
  expect(await install(box, { from, env: { PLIMSOLL_TIMEOUT: "soon" } })).toMatchObject({ code: 2 });
  expect(await install(box, { from, env: { PREFIX: undefined, HOME: undefined } })).toMatchObject({
    code: 2,
  });
  expect(tree(box.root)).toEqual(before);
  const help = await install(box, { args: ["--help"] });
  expect(help).toMatchObject({ code: 0, stderr: "" });
  for (const name of [
    "--prefix",
    "--version",
    "--uninstall",
    "--keep-settings",
    "PLIMSOLL_BASE_URL",
    "Exit codes",
  ])
    expect(help.stdout).toContain(name);
});
