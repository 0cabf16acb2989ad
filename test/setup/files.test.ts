/** Links, permissions, full disks, and other things in place of the settings file. */
import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { BINARY, run } from "../helpers/binary.ts";
import { asOtherUser, OTHER_USER } from "../helpers/other-user.ts";
import { canMountTmpfs, fillDisk, mountTmpfs } from "../helpers/tmpfs.ts";
import { type Home, home, LINE } from "./home.ts";

const TEXT = '{\n  "a": 1\n}\n';
const IS_ROOT = process.geteuid?.() === 0;

/** Setup fails with this code and message, prints the snippet to paste, and leaves nothing behind. */
async function refuses(here: Home, code: number, word: string): Promise<void> {
  const glob = new Bun.Glob("**");
  const files = () =>
    [...glob.scanSync({ cwd: here.home, dot: true, onlyFiles: false })]
      .filter((name) => !name.startsWith(".local"))
      .sort();
  const before = files();
  const done = await here.setup();
  expect({ code: done.code, stderr: done.stderr }).toEqual({ code, stderr: expect.stringContaining(word) });
  expect(JSON.parse(done.stderr.slice(done.stderr.indexOf("{\n")))).toEqual({ statusLine: LINE });
  expect(files()).toEqual(before);
}

describe("a symbolic link", () => {
  test("to a repository of dotfiles is followed and stays, relative steps and linked directories included", async () => {
    using here = home();
    const file = here.path("home/dotfiles/claude/settings.json");
    here.write(TEXT, file);
    symlinkSync("dotfiles/claude", here.path("home/.claude"));
    symlinkSync("claude/settings.json", here.path("home/dotfiles/link.json"));
    symlinkSync("../../dotfiles/link.json", here.path("home/project/.claude.json"));
    mkdirSync(here.path("home/project/.claude"));
    const link = here.path("home/project/.claude/settings.json");
    symlinkSync("../../dotfiles/link.json", link);
    const { code, stdout } = await here.setup("--project");
    expect(code).toBe(0);
    expect(stdout).toContain(`${link} (a link to ${file})`);
    expect(readlinkSync(link)).toBe("../../dotfiles/link.json");
    expect(here.json(file)).toEqual({ a: 1, statusLine: LINE });
    // Any path leads to the same file.
    expect((await here.setup("--remove")).code).toBe(0);
    expect(here.read(file)).toBe(TEXT);
    expect(lstatSync(here.settings.replace("/settings.json", "")).isSymbolicLink()).toBe(true);
    expect(readdirSync(here.path("home/dotfiles/claude"))).toEqual(["settings.json"]);
  });

  test("that dangles: its file is created, with its directories, and removed again", async () => {
    using here = home();
    mkdirSync(here.path("home/.claude"));
    symlinkSync(here.path("home/dotfiles/new/settings.json"), here.settings);
    expect((await here.setup()).code).toBe(0);
    expect(here.json(here.path("home/dotfiles/new/settings.json"))).toEqual({ statusLine: LINE });
    expect((await here.setup("--remove")).code).toBe(0);
    expect(existsSync(here.path("home/dotfiles"))).toBe(false);
    expect(lstatSync(here.settings).isSymbolicLink()).toBe(true);
  });

  test("that loops is an error", async () => {
    using here = home();
    mkdirSync(here.path("home/.claude"));
    symlinkSync("settings.json", here.settings);
    await refuses(here, 74, "its symbolic links form a loop");
    rmSync(here.path("home/.claude"), { recursive: true });
    symlinkSync(".claude", here.path("home/.claude"));
    await refuses(here, 74, "its symbolic links form a loop");
  });
});

test("a file with further hard links is refused: they would be detached", async () => {
  using here = home();
  here.write(TEXT);
  linkSync(here.settings, here.path("home/other.json"));
  await refuses(here, 1, "has 2 hard links");
  expect(here.read()).toBe(TEXT);
});

test("a read-only file is refused, also for root", async () => {
  using here = home();
  here.write(TEXT);
  chmodSync(here.settings, 0o444);
  await refuses(here, 74, "is not writable");
  expect(here.read()).toBe(TEXT);
  // With nothing to do, nothing is refused.
  chmodSync(here.settings, 0o644);
  await here.setup();
  chmodSync(here.settings, 0o400);
  expect((await here.setup()).code).toBe(0);
  expect((await here.setup("--remove")).code).toBe(74);
  expect(here.json()).toHaveProperty("statusLine");
});

test("a file that is not regular is reported without blocking", async () => {
  using here = home();
  mkdirSync(here.settings, { recursive: true });
  await refuses(here, 74, "it is a directory");
  rmSync(here.settings, { recursive: true });
  Bun.spawnSync(["mkfifo", here.settings]);
  await refuses(here, 74, "it is not a regular file");
  rmSync(here.path("home/.claude"), { recursive: true });
  here.write("", here.path("home/.claude"));
  await refuses(here, 74, "a component of the path is not a directory");
});

test("started in a deleted directory, it reports that", async () => {
  using here = home();
  const { exitCode, stderr } = Bun.spawnSync(
    ["/bin/sh", "-c", `mkdir gone && cd gone && rmdir ../gone && exec '${BINARY}' setup`],
    { env: here.env, cwd: here.home },
  );
  expect(exitCode).toBe(74);
  expect(stderr.toString()).toContain("cannot use the working directory: no such file or directory");
});

test("permissions of the file are kept, through setup and removal", async () => {
  for (const mode of [0o600, 0o644, 0o664]) {
    using here = home();
    here.write(TEXT);
    chmodSync(here.settings, mode);
    await here.setup();
    expect(statSync(here.settings).mode & 0o7777).toBe(mode);
    await here.setup("--remove");
    expect(statSync(here.settings).mode & 0o7777).toBe(mode);
  }
});

test.skipIf(!IS_ROOT)("the owner of the file is kept (needs root)", async () => {
  using here = home();
  here.write(TEXT);
  chownSync(here.settings, 4321, 8765);
  await here.setup();
  expect(statSync(here.settings)).toMatchObject({ uid: 4321, gid: 8765 });
});

test.skipIf(OTHER_USER === undefined)(
  "a file of another user: the owner is reported (needs root)",
  async () => {
    using here = home();
    here.write(TEXT);
    chmodSync(here.settings, 0o644);
    const open = ["", "home", "home/.claude"].map((directory) => here.path(directory));
    mkdirSync(here.state);
    for (const directory of [...open, here.state]) chmodSync(directory, 0o777);
    chownSync(here.state, OTHER_USER as number, OTHER_USER as number);
    const { code, stderr } = await asOtherUser(["setup"], here.env);
    expect([code, stderr]).toEqual([74, expect.stringContaining("belongs to user 0 and is not writable")]);
    expect(stderr).toContain("run setup as that user");
    expect(here.read()).toBe(TEXT);
  },
);

test.skipIf(!IS_ROOT)("with sudo in another user's home: reports that root owns the state", async () => {
  using here = home();
  chownSync(here.home, 4321, 8765);
  const { PLIMSOLL_STATE: _, ...env } = here.env;
  const { stderr, code } = await run(["setup"], { env, cwd: here.project });
  expect(code).toBe(0);
  expect(stderr).toContain(`root owns ${here.home}/.local, in a directory of user 4321`);
  expect(stderr).toContain(`chown -R 4321 ${here.home}/.local`);
  expect((await here.setup("--refresh", "3")).stderr).not.toContain("root owns");
});

test("no escape sequences without a terminal", async () => {
  using here = home();
  const { stdout } = await here.setup();
  expect(stdout).toContain("In a sample session:\nSonnet 5.5 · medium · ");
  expect(stdout).not.toContain("\u001b");
});

test.skipIf(IS_ROOT)(
  "a directory that is not writable, and a file that is not readable (not as root)",
  async () => {
    using here = home();
    const directory = here.path("home/.claude");
    here.write(TEXT);
    chmodSync(directory, 0o555);
    await refuses(here, 74, "permission denied");
    expect(here.read()).toBe(TEXT);
    chmodSync(directory, 0o755);
    chmodSync(here.settings, 0);
    await refuses(here, 74, "permission denied");
    expect(statSync(here.settings).size).toBe(TEXT.length);
  },
);

const HAS_TMPFS = canMountTmpfs();

describe.skipIf(!HAS_TMPFS)("on a disk (needs root and the right to mount)", () => {
  test("that is read-only, or has no space for the new file: nothing is lost", async () => {
    using here = home();
    const directory = here.path("home/.claude");
    mkdirSync(directory);
    using disk = mountTmpfs(directory, "size=256k");
    const text = `{"text":"${"x".repeat(100_000)}"}`;
    here.write(text);
    fillDisk(join(directory, "filler"));
    await refuses(here, 74, "no space left");
    expect(here.read()).toBe(text);
    rmSync(join(directory, "filler"));
    disk.remount("ro");
    await refuses(here, 74, "read-only");
    expect(here.read()).toBe(text);
  });

  test("that has no space for the backup: nothing is changed; removal skips the backup", async () => {
    using here = home();
    here.write(TEXT);
    expect((await here.setup()).code).toBe(0);
    const text = here.read() as string;
    rmSync(here.state, { recursive: true });
    mkdirSync(here.state, { mode: 0o700 });
    using disk = mountTmpfs(here.state, "size=64k,mode=700");
    fillDisk(join(here.state, "gather.log"));
    const done = await here.setup("--refresh", "2");
    expect(done).toMatchObject({ code: 74 });
    expect(done.stderr).toContain(`cannot write a backup to ${here.state}: no space left`);
    expect(here.read()).toBe(text);
    disk.remount("ro");
    const removed = await here.setup("--remove");
    expect(removed).toMatchObject({ code: 0, stderr: expect.stringContaining("no backup was written") });
    expect(here.read()).toBe(TEXT);
  });
});
