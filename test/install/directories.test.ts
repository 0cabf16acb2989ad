/** Uninstalling removes exactly the directories that installers created, including killed and concurrent ones. */
import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { until } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES, processesOf } from "../helpers/processes.ts";
import {
  byEachShell,
  type InstallSandbox,
  install,
  installSandbox,
  isUsual,
  type Shell,
  start,
  tree,
} from "./installer.ts";
import { publish, release } from "./release.ts";

const UNINSTALL = ["--uninstall"];
const names = (directory: string) => tree(directory).map((line) => line.split(" ")[0]);

/** The tools that change files below the prefix. */
const CHANGING = ["mkdir", "mv", "ln", "rm", "rmdir", "chmod"];

/** Keeps the installer's process id for the tools: a tool's parent may be a subshell. */
const keepingPid = (box: InstallSandbox) => [
  "sh",
  "-c",
  `echo $$ >'${box.path("tools/pid")}'; exec "$@"`,
  "sh",
];

/** A PATH on which the `nth` call of these tools kills the installer, before or after it has done its work. */
function killingPath(box: InstallSandbox, nth: number, when: "before" | "after"): string {
  const tools = box.path("tools");
  const count = join(tools, "count");
  mkdirSync(tools, { recursive: true });
  writeFileSync(count, "");
  for (const tool of CHANGING) {
    const work = `${Bun.which(tool)} "$@"`;
    const kill = `kill -KILL "$(cat '${tools}/pid')"; exit 1`;
    const body = when === "before" ? kill : `${work}; ${kill}`;
    const text = `#!/bin/sh\necho >>'${count}'\n[ $(($(wc -l <'${count}'))) != ${nth} ] || { ${body}; }\nexec ${work}\n`;
    writeFileSync(join(tools, tool), text);
    chmodSync(join(tools, tool), 0o755);
  }
  return `${tools}:${box.env.PATH}`;
}

/** Install to prefix/a/b with a kill at every nth step, until a run is not killed. @returns the number of kills */
async function killAtEachStep(
  shell: Shell,
  step: number,
  afterwards: (box: InstallSandbox, before: readonly string[]) => Promise<void>,
): Promise<number> {
  // Each shell starts at another step: together they cover all.
  for (let nth = 1 + ((shell[0]?.length ?? 0) % step), kills = 0; ; nth += step, kills++) {
    using box = installSandbox("prefix/a/b");
    mkdirSync(box.path("prefix"));
    mkdirSync(box.path("tools"));
    const from = publish(release("1.0.0"), box.path("release"));
    const before = names(box.root);
    const PATH = killingPath(box, nth, kills % 2 === 0 ? "before" : "after");
    const { code } = await install(box, { shell, from, env: { PATH }, through: keepingPid(box) });
    if (code === 0) return kills;
    expect(code).toBeNull();
    await until("nothing of it runs", () => !CAN_SEE_PROCESSES || processesOf(box.root).length === 0);
    await afterwards(box, before as string[]);
  }
}

const withoutTools = (box: InstallSandbox) => names(box.root).filter((name) => !name?.startsWith("/tools/"));

describe("a first installation that is killed at any step leaves nothing", () => {
  byEachShell("after it is uninstalled", async (shell) => {
    const kills = await killAtEachStep(shell, isUsual(shell) ? 9 : 31, async (box, before) => {
      expect(await install(box, { shell, args: UNINSTALL })).toMatchObject({ code: 0, stderr: "" });
      expect(withoutTools(box)).toEqual(before as string[]);
    });
    expect(kills).toBeGreaterThan(isUsual(shell) ? 6 : 0);
  });

  byEachShell("after it is repeated and uninstalled", async (shell) => {
    const kills = await killAtEachStep(shell, isUsual(shell) ? 11 : 37, async (box, before) => {
      const from = `file://${box.path("release")}`;
      expect(await install(box, { shell, from })).toMatchObject({ code: 0, stderr: "" });
      expect(names(box.prefix).filter((name) => /\.plimsoll-(install|created)/.test(name ?? ""))).toEqual([]);
      expect(await install(box, { shell, args: UNINSTALL })).toMatchObject({ code: 0, stderr: "" });
      expect(withoutTools(box)).toEqual(before as string[]);
    });
    expect(kills).toBeGreaterThan(isUsual(shell) ? 5 : 0);
  });
});

test("an uninstallation that is killed at any step can be repeated", async () => {
  for (let nth = 1, kills = 0; ; nth += 4, kills++) {
    using box = installSandbox("prefix/a/b");
    mkdirSync(box.path("tools"));
    const from = publish(release("1.0.0"), box.path("release"));
    const before = names(box.root);
    expect(await install(box, { from })).toMatchObject({ code: 0 });
    const PATH = killingPath(box, nth, "before");
    const { code } = await install(box, { args: UNINSTALL, env: { PATH }, through: keepingPid(box) });
    await until("nothing of it runs", () => !CAN_SEE_PROCESSES || processesOf(box.root).length === 0);
    if (code !== 0) expect(await install(box, { args: UNINSTALL })).toMatchObject({ code: 0, stderr: "" });
    // The step between a marker and its directory cannot be recognised: one empty directory and its parents stay.
    const left = withoutTools(box).filter((name) => name !== undefined && !before.includes(name)) as string[];
    const deepest = left.reduce((one, other) => (other.length > one.length ? other : one), "/prefix/a/b");
    for (const directory of left) expect(`${deepest}/`).toStartWith(`${directory}/`);
    expect(left.filter((name) => !statSync(join(box.root, name)).isDirectory())).toEqual([]);
    if (code !== 0) continue;
    expect(kills).toBeGreaterThan(5);
    break;
  }
});

describe("several installers at once leave nothing, and no mixture", () => {
  byEachShell("after one uninstallation", async (shell) => {
    for (let round = 0; round < 3; round++) {
      using box = installSandbox("prefix/a/b");
      const versions = ["1.0.0", "2.0.0", "3.0.0"];
      const addresses = versions.map((version) => publish(release(version), box.path(version)));
      const before = names(box.root);
      const ends = await Promise.all(addresses.map((from) => install(box, { shell, from })));
      for (const ended of ends) expect(ended).toMatchObject({ code: 0, stderr: "" });
      const [, version] = /"plimsoll (\S+) /.exec(readFileSync(box.program, "utf8")) ?? [];
      expect(readFileSync(join(box.prefix, "share/man/man1/plimsoll.1"), "utf8")).toContain(`of ${version}`);
      expect(await install(box, { shell, args: UNINSTALL })).toMatchObject({ code: 0, stderr: "" });
      expect(names(box.root)).toEqual(before);
    }
  });

  test("when one of them fails", async () => {
    for (let round = 0; round < 5; round++) {
      using box = installSandbox("prefix/a/b");
      const good = publish(release("1.0.0"), box.path("1.0.0"));
      const bad = publish(release("2.0.0", { program: "#!/bin/sh\nexit 1\n" }), box.path("2.0.0"));
      const before = names(box.root);
      const ends = await Promise.all([good, bad].map((from) => install(box, { from })));
      expect(ends.map(({ code }) => code)).toEqual([0, 1]);
      expect(await install(box, { args: UNINSTALL })).toMatchObject({ code: 0, stderr: "" });
      expect(names(box.root)).toEqual(before);
    }
  });
});

test("those above the prefix are removed too, by any path to it; existing ones stay", async () => {
  using box = installSandbox();
  mkdirSync(box.path("was/empty"), { recursive: true });
  symlinkSync("was", box.path("link"));
  const from = publish(release("1.0.0"), box.path("release"));
  const before = tree(box.root);
  for (const [there, back] of [
    ["rel/x", "rel/x"],
    ["rel/x/", box.path("rel/x")],
    ["was/empty/new/x", "link/empty/new/x"],
    ["link/empty", "was/empty"],
  ] as const) {
    expect(await install(box, { from, args: ["--prefix", there] })).toMatchObject({ code: 0, stderr: "" });
    expect(await install(box, { args: [...UNINSTALL, "--prefix", back] })).toMatchObject({ code: 0 });
    expect(tree(box.root)).toEqual(before);
  }
});

test("one that another process creates at the same time is not ours", async () => {
  using box = installSandbox();
  const tools = box.path("tools");
  mkdirSync(tools);
  // 'bin' exists just before the rename.
  const mv = `#!/bin/sh
for last; do :; done
case $last in */bin) ${Bun.which("mkdir")} -p "$last" ;; esac
exec ${Bun.which("mv")} "$@"
`;
  writeFileSync(join(tools, "mv"), mv);
  chmodSync(join(tools, "mv"), 0o755);
  const from = publish(release("1.0.0"), box.path("release"));
  const PATH = `${tools}:${box.env.PATH}`;
  expect(await install(box, { from, env: { PATH } })).toMatchObject({ code: 0, stderr: "" });
  expect(existsSync(box.program)).toBe(true);
  expect(await install(box, { args: UNINSTALL })).toMatchObject({ code: 0, stderr: "" });
  expect(names(box.prefix)).toEqual(["", "/bin"]);
});

test("the lock of a dead installer is broken, that of another machine is waited for", async () => {
  using box = installSandbox();
  mkdirSync(box.prefix);
  const from = publish(release("1.0.0"), box.path("release"));
  const lock = join(box.prefix, ".plimsoll-install.lock");
  const host = Bun.spawnSync(["uname", "-n"]).stdout.toString().trim();
  const ended = Bun.spawnSync(["true"]).pid;
  symlinkSync(`${host}.${ended}`, lock);
  expect(await install(box, { from })).toMatchObject({ code: 0, stderr: "" });
  symlinkSync("another-machine.1", lock);
  const waiting = start(box, { from, args: UNINSTALL });
  const child = start(box, { from });
  await until(
    "it is ready to come into place",
    () =>
      [
        ...new Bun.Glob(".plimsoll-install.*/tree/share/doc/plimsoll").scanSync({
          cwd: box.prefix,
          dot: true,
          onlyFiles: false,
        }),
      ].length > 0,
  );
  expect(existsSync(box.program)).toBe(true);
  await Bun.file(lock).delete();
  expect([await waiting.exited, await child.exited]).toEqual([0, 0]);
});

test("a lock that is released after a long wait is taken, not reported", async () => {
  using box = installSandbox();
  const tools = box.path("tools");
  mkdirSync(tools);
  mkdirSync(box.prefix);
  const lock = join(box.prefix, ".plimsoll-install.lock");
  symlinkSync("another-machine.1", lock);
  // The lock is released between the 30th attempt and the look at its holder.
  const ls = `#!/bin/sh
echo >>'${tools}/count'
[ $(($(wc -l <'${tools}/count'))) != 30 ] || rm -f '${lock}'
exec ${Bun.which("ls")} "$@"
`;
  writeFileSync(join(tools, "ls"), ls, { mode: 0o755 });
  writeFileSync(join(tools, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
  const from = publish(release("1.0.0"), box.path("release"));
  const env = { PATH: `${tools}:${box.env.PATH}` };
  expect(await install(box, { from, env })).toMatchObject({ code: 0, stderr: "" });
  expect(readFileSync(join(tools, "count"), "utf8").length).toBeGreaterThanOrEqual(30);
});
