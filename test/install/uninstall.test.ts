/** Uninstalling removes exactly what was installed. */
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { byEachShell, type InstallSandbox, install, installSandbox, tree } from "./installer.ts";
import { createInstallation, program, publish, release, SHARED } from "./release.ts";

const UNINSTALL = ["--uninstall"];

/** Settings with a line that the program's setup removes. */
function useIt(box: InstallSandbox): string {
  const settings = join(box.home, ".claude/settings.json");
  mkdirSync(join(settings, ".."), { recursive: true });
  writeFileSync(settings, JSON.stringify({ statusLine: { command: `${box.program} display` } }));
  return settings;
}

describe("the state before the installation is restored", () => {
  byEachShell(
    "where nothing was, where others have files, and where a directory was empty",
    async (shell) => {
      using box = installSandbox("a 'quoted' prefix");
      const from = publish(release("1.0.0"), box.path("release"));
      const untouched = [
        () => {},
        () => mkdirSync(join(box.prefix, "bin"), { recursive: true }),
        () => {
          mkdirSync(join(box.prefix, "share/man/man1"), { recursive: true });
          writeFileSync(join(box.prefix, "share/man/man1/other.1"), "other");
          writeFileSync(join(box.prefix, "bin/other"), "other");
        },
      ];
      for (const prepare of untouched) {
        prepare();
        const before = tree(box.root);
        for (let round = 0; round < 2; round++)
          expect(await install(box, { shell, from })).toMatchObject({ code: 0, stderr: "" });
        const ended = await install(box, { shell, args: UNINSTALL });
        expect(ended).toMatchObject({ code: 0, stderr: "" });
        expect(ended.stdout).toContain(`Plimsoll is uninstalled from ${box.prefix}.\n`);
        expect(tree(box.root)).toEqual(before);
      }
    },
  );

  test("foreign files in our directories stay", async () => {
    using box = installSandbox();
    expect(await install(box, { from: publish(release("1.0.0"), box.path("release")) })).toMatchObject({
      code: 0,
    });
    const mine = join(box.prefix, "share/doc/plimsoll/my notes");
    writeFileSync(mine, "notes");
    await install(box, { args: UNINSTALL });
    expect(tree(box.prefix).map((line) => line.split(" ")[0])).toEqual([
      "",
      "/share",
      "/share/doc",
      "/share/doc/plimsoll",
      "/share/doc/plimsoll/my",
    ]);
  });
});

test("it works with missing files, and twice", async () => {
  for (const missing of [...SHARED, "bin/plimsoll", "share", "bin", "share/doc/plimsoll/directories"]) {
    using box = installSandbox();
    createInstallation("1.0.0", box.prefix);
    rmSync(join(box.prefix, missing), { recursive: true, force: true });
    expect(await install(box, { args: UNINSTALL })).toMatchObject({ code: 0, stderr: "" });
    expect(tree(box.prefix).filter((line) => line.includes("plimsoll."))).toEqual([]);
    const again = await install(box, { args: UNINSTALL });
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(again.stdout).toContain(`Plimsoll is not installed below ${box.prefix}.`);
  }
});

describe("the status line in Claude Code's settings", () => {
  test("is removed by the program, before that is removed", async () => {
    using box = installSandbox();
    createInstallation("1.0.0", box.prefix);
    const settings = useIt(box);
    const { code, stdout } = await install(box, { args: UNINSTALL });
    expect({ code, settings: existsSync(settings) }).toEqual({ code: 0, settings: false });
    expect(stdout).toContain("the status line is taken out\n");
  });

  test("stays if it calls another installation", async () => {
    using box = installSandbox();
    const other = box.path("other");
    for (const prefix of [box.prefix, other]) createInstallation("1.0.0", prefix);
    const settings = useIt(box);
    const names = (path: string) =>
      createInstallation("1.0.0", box.prefix, {
        content: program(
          "1.0.0",
          `case "$3" in --dry-run) echo '-    "command": "${path} display",'; exit ;; esac`,
        ),
      });
    names(join(other, "bin/plimsoll"));
    const { code, stdout } = await install(box, { args: UNINSTALL });
    expect({ code, settings: existsSync(settings) }).toEqual({ code: 0, settings: true });
    expect(stdout).toContain(`calls ${other}/bin/plimsoll, and was kept.\n`);
    // A line that calls a link to the program, or a missing program, is removed.
    for (const path of [box.path("link"), join(other, "bin/gone")]) {
      names(path);
      if (!existsSync(box.path("link"))) symlinkSync(box.program, box.path("link"));
      useIt(box);
      expect(await install(box, { args: UNINSTALL })).toMatchObject({ code: 0, stderr: "" });
      expect(existsSync(settings)).toBe(false);
    }
  });

  test("stays with --keep-settings", async () => {
    using box = installSandbox();
    createInstallation("1.0.0", box.prefix);
    const settings = useIt(box);
    const { code, stdout } = await install(box, { args: [...UNINSTALL, "--keep-settings"] });
    expect({ code, settings: existsSync(settings) }).toEqual({ code: 0, settings: true });
    expect(stdout).toContain("Claude Code's settings were not changed");
    expect(existsSync(box.program)).toBe(false);
  });

  test("keeps all files if it cannot be removed", async () => {
    using box = installSandbox();
    createInstallation("1.0.0", box.prefix, {
      content: program("1.0.0", 'case "$2" in --remove) echo "broken settings" >&2; exit 1 ;; esac'),
    });
    const before = tree(box.root);
    const { code, stderr } = await install(box, { args: UNINSTALL });
    expect(code).toBe(1);
    expect(stderr).toContain("broken settings\ninstall.sh: cannot remove the status line");
    expect(stderr).toContain("--keep-settings");
    expect(tree(box.root)).toEqual(before);
  });

  const unusable: Record<string, (box: InstallSandbox) => void> = {
    "has no setup command, or does not run": ({ prefix }) =>
      createInstallation("1.0.0", prefix, { content: "#!/no/such/interpreter\n" }),
    "is missing": (box) => rmSync(box.program),
  };
  for (const [how, spoil] of Object.entries(unusable))
    test(`must be removed by the user if the program ${how}`, async () => {
      using box = installSandbox();
      createInstallation("1.0.0", box.prefix);
      useIt(box);
      spoil(box);
      const { code, stdout } = await install(box, { args: UNINSTALL });
      expect(code).toBe(0);
      expect(stdout).toContain(`a "statusLine" that calls ${box.program}, remove it`);
      expect(existsSync(box.program)).toBe(false);
    });
});

test("configuration and ledger stay, with a hint how to remove them", async () => {
  using box = installSandbox();
  createInstallation("1.0.0", box.prefix);
  const [config, state] = [join(box.home, ".config/plimsoll"), join(box.root, "the state")];
  mkdirSync(config, { recursive: true });
  mkdirSync(state);
  writeFileSync(join(state, "ledger.db"), "precious");
  const { stdout } = await install(box, { args: UNINSTALL, env: { PLIMSOLL_STATE: state } });
  expect(stdout).toContain(`rm -r ${config}\n`);
  expect(stdout).toContain(`rm -r '${state}'\n`);
  expect(existsSync(join(state, "ledger.db"))).toBe(true);
});

test("a package manager's files are not removed", async () => {
  using box = installSandbox();
  mkdirSync(join(box.prefix, "bin"), { recursive: true });
  symlinkSync("../Cellar/plimsoll/1.0.0/bin/plimsoll", box.program);
  const before = tree(box.root);
  const { code, stderr } = await install(box, { args: UNINSTALL });
  expect(code).toBe(1);
  expect(stderr).toContain("'brew uninstall plimsoll' removes it");
  expect(tree(box.root)).toEqual(before);
});

test("nothing outside the prefix is removed, whatever the record of directories contains", async () => {
  using box = installSandbox();
  createInstallation("1.0.0", box.prefix);
  mkdirSync(box.path("empty"));
  writeFileSync(
    join(box.prefix, "share/doc/plimsoll/directories"),
    `../empty\n/\n\n${box.path("empty")}\nshare/../../empty\n`,
  );
  expect(await install(box, { args: UNINSTALL })).toMatchObject({ code: 0, stderr: "" });
  expect(existsSync(box.path("empty"))).toBe(true);
});
