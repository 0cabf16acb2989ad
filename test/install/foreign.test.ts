/** Foreign files are neither replaced nor removed unless the user agrees. */
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { byEachShell, type InstallSandbox, install, installSandbox, isUsual, tree } from "./installer.ts";
import { createInstallation, program, publish, release, SHARED } from "./release.ts";

const NEW = (box: InstallSandbox) => publish(release("2.0.0"), box.path("release"));
const UNINSTALL = ["--uninstall"];

/** Create a foreign file at `path`. */
const FOREIGN: Record<string, (path: string) => void> = {
  "a file": (path) => writeFileSync(path, "#!/bin/sh\necho mine\n", { mode: 0o755 }),
  "an empty file": (path) => writeFileSync(path, ""),
  "a program that answers as ours": (path) => writeFileSync(path, program("9.9.9"), { mode: 0o755 }),
  "a link to a file": (path) => {
    writeFileSync(`${path}-elsewhere`, "mine");
    symlinkSync(`${path}-elsewhere`, path);
  },
  "a link to a directory": (path) => {
    mkdirSync(`${path}-elsewhere`);
    symlinkSync(`${path}-elsewhere`, path);
  },
  "a link to nothing": (path) => symlinkSync("nothing", path),
};

describe("a new installation refuses, and changes nothing, where there is", () => {
  for (const [what, put] of Object.entries(FOREIGN))
    byEachShell(what, async (shell) => {
      const files = ["bin/plimsoll", "share/man/man1/plimsoll.1", "share/doc/plimsoll/README.md"];
      for (const name of isUsual(shell) ? files : files.slice(0, 1)) {
        using box = installSandbox();
        const path = join(box.prefix, name);
        mkdirSync(dirname(path), { recursive: true });
        put(path);
        const from = NEW(box);
        const before = tree(box.root);
        const refused = await install(box, { shell, from });
        expect(refused.code).toBe(1);
        expect(refused.stderr).toContain(`  ${path}\n`);
        expect(refused.stderr).toContain("--replace");
        expect(tree(box.root)).toEqual(before);
        // Uninstalling keeps and reports it; it is not run.
        const { code, stdout } = await install(box, { shell, args: UNINSTALL });
        expect(code).toBe(0);
        expect(stdout).toContain("Plimsoll is not installed below");
        expect(stdout).toContain(`kept ${path}: install.sh did not install it`);
        expect(tree(box.root)).toEqual(before);
        // With --replace it becomes ours; the target of a link stays.
        expect(await install(box, { shell, from, args: ["--replace"] })).toMatchObject({
          code: 0,
          stderr: "",
        });
        expect(Bun.spawnSync([box.program, "--version"]).stdout.toString()).toBe("plimsoll 2.0.0 (test)\n");
        expect(readFileSync(path, "utf8")).toContain("2.0.0");
        if (existsSync(`${path}-elsewhere`))
          expect(tree(box.root).filter((line) => line.includes("-elsewhere"))).toEqual(
            before.filter((line) => line.includes("-elsewhere") && !line.includes("->")),
          );
        expect(await install(box, { shell, args: UNINSTALL })).toMatchObject({ code: 0, stderr: "" });
        expect(existsSync(path)).toBe(false);
      }
    });
});

test("a directory of that name is not replaced by --replace either", async () => {
  using box = installSandbox();
  mkdirSync(box.program, { recursive: true });
  const from = NEW(box);
  const before = tree(box.root);
  const { code, stderr } = await install(box, { from, args: ["--replace"] });
  expect({ code, named: stderr.includes(`${box.program} is not a file`) }).toEqual({ code: 1, named: true });
  expect(tree(box.root)).toEqual(before);
});

test("replaced files are restored when the installation fails", async () => {
  for (const put of Object.values(FOREIGN)) {
    using box = installSandbox();
    const manual = join(box.prefix, "share/man/man1/plimsoll.1");
    mkdirSync(dirname(manual), { recursive: true });
    put(manual);
    const from = NEW(box);
    const before = tree(box.root);
    const tools = `case "$*" in *bin/plimsoll) exit 1 ;; esac`;
    mkdirSync(box.path("tmp/tools"));
    writeFileSync(box.path("tmp/tools/mv"), `#!/bin/sh\n${tools}\nexec ${Bun.which("mv")} "$@"\n`, {
      mode: 0o755,
    });
    const env = { PATH: `${box.path("tmp/tools")}:${box.env.PATH}` };
    expect(await install(box, { from, args: ["--replace"], env })).toMatchObject({ code: 1 });
    rmSync(box.path("tmp/tools"), { recursive: true });
    expect(tree(box.root)).toEqual(before);
  }
});

// The terminal is from script(1) of util-linux.
describe.skipIf(process.platform !== "linux" || Bun.which("script") === null)("in a terminal", () => {
  byEachShell("it asks, and no is the default", async (shell) => {
    for (const [answer, code, text] of [
      ["\n", 1, "mine"],
      ["n\n", 1, "mine"],
      ["y\n", 0, "plimsoll 2.0.0"],
    ] as const) {
      using box = installSandbox();
      mkdirSync(dirname(box.program), { recursive: true });
      writeFileSync(box.program, "mine");
      const command = `${shell.join(" ")} ${box.script}`;
      const child = Bun.spawn(["script", "-qec", command, "/dev/null"], {
        env: { ...box.env, SHELL: "/bin/sh", PLIMSOLL_BASE_URL: NEW(box) },
        stdin: "pipe",
        stdout: "pipe",
      });
      let shown = "";
      for await (const chunk of child.stdout) {
        if (!shown.includes("Replace them? [y/N]")) {
          shown += Buffer.from(chunk).toString();
          if (shown.includes("Replace them? [y/N]")) child.stdin.write(answer);
        }
      }
      expect(shown).toContain(`  ${box.program}\r\n`);
      expect(await child.exited).toBe(code);
      expect(readFileSync(box.program, "utf8")).toContain(text);
    }
  });
});

describe("a file that was changed after it was installed", () => {
  byEachShell("is not replaced by an upgrade, nor removed with the others", async (shell) => {
    for (const [name, content] of [
      ["bin/plimsoll", "#!/bin/sh\nexec /opt/plimsoll/bin/plimsoll\n"],
      ["share/zsh/site-functions/_plimsoll", "# changed by the user\n"],
    ] as const) {
      using box = installSandbox();
      createInstallation("1.0.0", box.prefix);
      const path = join(box.prefix, name);
      writeFileSync(path, content);
      const from = NEW(box);
      const before = tree(box.prefix);
      const refused = await install(box, { shell, from });
      expect({ code: refused.code, named: refused.stderr.includes(path) }).toEqual({ code: 1, named: true });
      expect(tree(box.prefix)).toEqual(before);
      const { code, stdout } = await install(box, { shell, args: UNINSTALL });
      expect(code).toBe(0);
      expect(stdout).toContain(`kept ${path}: install.sh did not install it, or it has changed since`);
      expect(readFileSync(path, "utf8")).toBe(content);
      for (const other of [...SHARED, "bin/plimsoll"])
        expect(existsSync(join(box.prefix, other))).toBe(other === name);
    }
  });

  test("keeps the settings that call it", async () => {
    using box = installSandbox();
    createInstallation("1.0.0", box.prefix);
    writeFileSync(box.program, `#!/bin/sh\ntouch ${box.path("ran")}\n`, { mode: 0o755 });
    const { code, stdout } = await install(box, { args: UNINSTALL });
    expect(code).toBe(0);
    expect(stdout).toContain("Claude Code's settings were not changed");
    expect(existsSync(box.path("ran"))).toBe(false);
  });
});

describe("an installation of version 0.1.0, which recorded no checksums,", () => {
  byEachShell("is upgraded, and removed", async (shell) => {
    for (const upgrade of [true, false]) {
      using box = installSandbox();
      createInstallation("0.1.0", box.prefix, { recorded: "as 0.1.0" });
      if (upgrade)
        expect(await install(box, { shell, from: NEW(box) })).toMatchObject({ code: 0, stderr: "" });
      expect(await install(box, { shell, args: UNINSTALL })).toMatchObject({ code: 0, stderr: "" });
      for (const name of [...SHARED, "bin/plimsoll"]) expect(existsSync(join(box.prefix, name))).toBe(false);
    }
  });

  test("is not, if another program has replaced it", async () => {
    using box = installSandbox();
    createInstallation("0.1.0", box.prefix, {
      recorded: "as 0.1.0",
      content: "#!/bin/sh\nexec /opt/plimsoll display\n",
    });
    const from = NEW(box);
    const before = tree(box.root);
    expect(await install(box, { from })).toMatchObject({ code: 1 });
    expect(tree(box.root)).toEqual(before);
    expect(await install(box, { args: UNINSTALL })).toMatchObject({ code: 0 });
    expect(readFileSync(box.program, "utf8")).toContain("/opt/plimsoll");
  });
});

test("links to the program are reported, not removed", async () => {
  using box = installSandbox();
  createInstallation("1.0.0", box.prefix);
  const link = join(box.prefix, "lib/plimsoll/bin/flock");
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(box.program, link);
  symlinkSync("/bin/true", join(dirname(link), "timeout"));
  const { stdout } = await install(box, { args: UNINSTALL });
  expect(stdout).toContain(`rm ${link}\n`);
  expect(stdout).not.toContain("timeout");
});

test("--replace requires an installation", async () => {
  using box = installSandbox();
  expect(await install(box, { args: [...UNINSTALL, "--replace"] })).toMatchObject({ code: 2 });
});
