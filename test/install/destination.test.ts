/** Where the installer may not or cannot write, it says so, and what is there stays as it is. */
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canMountTmpfs, fillDisk, mountTmpfs } from "../helpers/tmpfs.ts";
import { byEachShell, type How, type InstallSandbox, install, installSandbox, tree } from "./installer.ts";
import { createInstallation, program, publish, release } from "./release.ts";
import { serve } from "./server.ts";

const READY = () => release("2.0.0");

async function expectUntouched(box: InstallSandbox, how: How, message: string, code = 1): Promise<void> {
  const before = tree(box.root);
  const ended = await install(box, how);
  expect(ended).toMatchObject({ code });
  expect(ended.stderr).toContain(message);
  expect(tree(box.root)).toEqual(before);
}

/** What others may have in the place of our files. */
const OCCUPIED: Record<string, { by: (prefix: string) => void; message: string }> = {
  "a file for the prefix": {
    by: (prefix) => writeFileSync(prefix, ""),
    message: "prefix is not a directory",
  },
  "a file for bin": {
    by: (prefix) => {
      mkdirSync(prefix);
      writeFileSync(join(prefix, "bin"), "");
    },
    message: "bin is not a directory",
  },
  "a dangling link for bin": {
    by: (prefix) => {
      mkdirSync(prefix);
      symlinkSync("nowhere", join(prefix, "bin"));
    },
    message: "bin is not a directory",
  },
  "a directory for the program": {
    by: (prefix) => mkdirSync(join(prefix, "bin/plimsoll/x"), { recursive: true }),
    message: "bin/plimsoll is not a file: move it away",
  },
  "Homebrew's link for the program": {
    by: (prefix) => {
      mkdirSync(join(prefix, "bin"), { recursive: true });
      symlinkSync("../Cellar/plimsoll/1.0.0/bin/plimsoll", join(prefix, "bin/plimsoll"));
    },
    message: "bin/plimsoll belongs to Homebrew: 'brew upgrade plimsoll' updates it",
  },
  "a foreign link for the manual": {
    by: (prefix) => {
      createInstallation("1.0.0", prefix);
      mkdirSync(join(prefix, "share/man/man1/page"));
      Bun.spawnSync(["ln", "-sf", "page", join(prefix, "share/man/man1/plimsoll.1")]);
    },
    message: "plimsoll.1",
  },
};

describe("nothing is changed where there is", () => {
  for (const [name, { by, message }] of Object.entries(OCCUPIED))
    test(name, async () => {
      using box = installSandbox();
      by(box.prefix);
      await expectUntouched(box, { from: publish(READY(), box.path("release")) }, message);
    });
});

test("a prefix and a bin that are links are followed, and stay", async () => {
  using box = installSandbox();
  mkdirSync(box.path("elsewhere/programs"), { recursive: true });
  symlinkSync("elsewhere", box.prefix);
  symlinkSync("programs", box.path("elsewhere/bin"));
  const from = publish(READY(), box.path("release"));
  for (let round = 0; round < 2; round++)
    expect(await install(box, { from })).toMatchObject({ code: 0, stderr: "" });
  expect(existsSync(box.path("elsewhere/programs/plimsoll"))).toBe(true);
  expect(lstatSync(box.prefix).isSymbolicLink()).toBe(true);
  expect(await install(box, { args: ["--uninstall"] })).toMatchObject({ code: 0, stderr: "" });
  expect(tree(box.path("elsewhere")).map((line) => line.split(" ")[0])).toEqual(["", "/bin", "/programs"]);
});

/** How to run as a user who may not write everywhere; undefined when that cannot be had here. */
function asNobody(): string[] | undefined {
  if (process.geteuid?.() !== 0) return [];
  return Bun.which("setpriv") === null
    ? undefined
    : ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
}

describe.skipIf(asNobody() === undefined)(
  "without permission to write (root needs setpriv to lose it)",
  () => {
    const refuses = (place: string) => async (shell: readonly string[]) => {
      using box = installSandbox();
      const through = asNobody();
      if (place !== "") createInstallation("1.0.0", box.prefix);
      const from = publish(READY(), box.path("release"));
      // Everything is writable except the one directory.
      Bun.spawnSync(["chmod", "-R", "a+rwX", box.root]);
      chmodSync(box.path(place), 0o555);
      await expectUntouched(box, { shell, from, through }, `no permission to write to ${box.path(place)}`);
      chmodSync(box.path(place), 0o777);
      expect(await install(box, { shell, from, through })).toMatchObject({ code: 0, stderr: "" });
    };
    byEachShell("to the prefix", refuses("prefix"));
    test("to the directory that would contain the prefix", () => refuses("")(["sh"]));
    test("to bin, or another directory of ours", async () => {
      await refuses("prefix/bin")(["sh"]);
      await refuses("prefix/share/doc/plimsoll")(["sh"]);
    });
  },
);

/** A program of so many bytes: random ones do not get smaller in the archive, zeros almost vanish. */
const ofBytes = (filling: Uint8Array) =>
  Buffer.concat([Buffer.from(`${program("2.0.0")}exit\n`), Buffer.from(filling)]);

describe.skipIf(!canMountTmpfs())("on a small disk (needs root, and the right to mount)", () => {
  const SMALL = "size=512k";
  const random = () => crypto.getRandomValues(new Uint8Array(60_000));
  const LARGE: Record<string, Uint8Array> = {
    "the download does not fit": Buffer.concat(Array.from({ length: 20 }, random)),
    "what is unpacked does not fit": new Uint8Array(2_000_000),
  };
  for (const [name, filling] of Object.entries(LARGE))
    byEachShell(
      name,
      async (shell) => {
        using box = installSandbox();
        mkdirSync(box.prefix);
        using _disk = mountTmpfs(box.prefix, SMALL);
        createInstallation("1.0.0", box.prefix);
        const files = release("2.0.0", { program: ofBytes(filling) });
        using server = serve(files);
        await expectUntouched(box, { shell, from: server.address }, `no space left in ${box.prefix}`);
        await expectUntouched(
          box,
          { shell, from: publish(files, box.path("release")) },
          `no space left in ${box.prefix}`,
        );
      },
      true,
    );

  test("that is full to the last byte, or read-only", async () => {
    using box = installSandbox();
    mkdirSync(box.prefix);
    using disk = mountTmpfs(box.prefix, SMALL);
    createInstallation("1.0.0", box.prefix);
    const from = publish(READY(), box.path("release"));
    fillDisk(join(box.prefix, "filling"));
    await expectUntouched(box, { from }, `no space left in ${box.prefix}`);
    disk.remount("ro");
    await expectUntouched(box, { from }, "to write to");
  });

  test("for temporary files, which are not needed", async () => {
    using box = installSandbox();
    using _disk = mountTmpfs(box.path("tmp"), "size=4k");
    fillDisk(box.path("tmp/filling"));
    const from = publish(READY(), box.path("release"));
    for (const shell of [["sh"], ["bash"]])
      expect(await install(box, { shell, from })).toMatchObject({ code: 0, stderr: "" });
  });

  test("for the programs alone, to which bin leads: all is as before when they do not fit", async () => {
    using box = installSandbox();
    mkdirSync(box.prefix);
    mkdirSync(box.path("programs"));
    symlinkSync("../programs", join(box.prefix, "bin"));
    using _disk = mountTmpfs(box.path("programs"), SMALL);
    createInstallation("1.0.0", box.prefix);
    const large = publish(
      release("2.0.0", { program: ofBytes(new Uint8Array(2_000_000)) }),
      box.path("large"),
    );
    await expectUntouched(box, { from: large }, "cannot write");
    expect(await install(box, { from: publish(READY(), box.path("release")) })).toMatchObject({ code: 0 });
    expect(Bun.spawnSync([box.program, "--version"]).stdout.toString()).toContain("2.0.0");
  });
});
