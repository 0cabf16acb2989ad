import { expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { run, type Sandbox, sandbox } from "../helpers/binary.ts";
import { asOtherUser, OTHER_USER } from "../helpers/other-user.ts";

const config = (box: Sandbox, ...args: string[]) => run(["config", ...args], { env: box.env });
const fileOf = (box: Sandbox) => `${box.home}/.config/plimsoll/config.json`;
const read = (path: string) => readFileSync(path, "utf8");
function write(box: Sandbox, text: string): string {
  const path = fileOf(box);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

test("path depends on the environment", async () => {
  using box = sandbox();
  expect((await config(box, "path")).stdout).toBe(`${fileOf(box)}\n`);
  box.env.XDG_CONFIG_HOME = "/x";
  expect((await config(box, "path")).stdout).toBe("/x/plimsoll/config.json\n");
  box.env.PLIMSOLL_CONFIG = "/y/c.json";
  expect((await config(box, "path")).stdout).toBe("/y/c.json\n");
  for (const name of ["HOME", "XDG_CONFIG_HOME", "PLIMSOLL_CONFIG"]) delete box.env[name];
  expect((await run(["config", "path"], { env: box.env, cwd: "/" })).code).toBe(1);
});

test("init writes a valid configuration with its schema, and replaces one only with --force", async () => {
  using box = sandbox();
  expect((await config(box, "init", "--preset", "seed")).code).toBe(0);
  const path = fileOf(box);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await config(box, "check")).stdout).toBe(`${path} is valid\n`);
  const { $schema } = Bun.JSONC.parse(read(path)) as { $schema: string };
  expect(JSON.parse(read(`${dirname(path)}/${$schema}`))).toMatchObject({ type: "object" });

  const again = await config(box, "init");
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("exists already");
  const before = read(path);
  expect((await config(box, "init", "--force", "--preset", "minimal")).code).toBe(0);
  expect(read(`${path}.bak`)).toBe(before);
  const wrong = await config(box, "init", "--preset", "ful");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("did you mean 'full'?");
  expect((await config(box, "init", "--force", "--preset", "seed")).code).toBe(0);
  expect(read(path)).toContain('"preset": "detailed"');
});

test("check reports errors with their place, as text and JSON", async () => {
  using box = sandbox();
  expect((await config(box, "check")).stdout).toContain("the defaults apply");
  const missing = box.path("missing.json");
  expect(await config(box, "check", missing)).toMatchObject({
    code: 74,
    stderr: `plimsoll: cannot read ${missing}: no such file\n`,
  });
  const path = write(box, '{"rows": [["model", "gti"]]}');
  const plain = await config(box, "check");
  expect(plain).toMatchObject({
    code: 1,
    stderr: `${path}: rows[0][1]: unknown segment 'gti'; did you mean 'git'?\n`,
  });
  const json = await config(box, "check", "--json");
  expect(JSON.parse(json.stdout)).toEqual({
    ok: false,
    path,
    errors: [{ path: "rows[0][1]", message: "unknown segment 'gti'; did you mean 'git'?" }],
  });
  expect((await run(["config", "check", "-"], { env: box.env, stdin: '{"theme":"auto"}' })).code).toBe(0);
});

test("a configuration that cannot be read as a file is an error, and nothing waits for it", async () => {
  using box = sandbox();
  const path = write(box, " ".repeat(257 * 1024));
  const check = () => config(box, "check");
  expect(await check()).toMatchObject({ code: 74, stderr: expect.stringContaining("larger than 256 KiB") });
  rmSync(path);
  symlinkSync("/dev/zero", path);
  expect(await check()).toMatchObject({ code: 74, stderr: expect.stringContaining("not a regular file") });
  rmSync(path);
  Bun.spawnSync(["mkfifo", path]);
  expect(await check()).toMatchObject({ code: 74, stderr: expect.stringContaining("not a regular file") });
  expect((await config(box, "set", "theme", "dark")).code).toBe(74);
  expect((await run(["preview"], { env: box.env })).stderr).toContain("not a regular file");
});

test("set changes one value, keeps comments and a backup, and writes nothing invalid", async () => {
  using box = sandbox();
  const text = '{\n  // mine\n  "theme": "auto", // for now\n}\n';
  const path = write(box, text);
  expect((await config(box, "set", "theme", "fjord-dark")).code).toBe(0);
  expect(read(path)).toBe('{\n  // mine\n  "theme": "fjord-dark", // for now\n}\n');
  expect(read(`${path}.bak`)).toBe(text);
  expect((await config(box, "set", "segments.context.levels", "[60, 80]")).code).toBe(0);
  const good = read(path);
  for (const args of [
    ["thme", "x"],
    ["theme", "nope"],
    ["rows[0][1]", "model"],
    ["bar", "5"],
  ]) {
    const refused = await config(box, "set", ...args);
    expect(refused.code, args.join(" ")).toBe(1);
    expect(refused.stderr).toContain("plimsoll: ");
  }
  // A number where the choices are texts; a key without its beginning.
  expect((await config(box, "set", "clock.hours", "12")).stderr).toContain(
    "did you mean 'segments.clock.hours'?",
  );
  expect((await config(box, "set", "clock", "12")).stderr).toContain("segments.clock.hours");
  expect(read(path)).toBe(good);
  expect((await config(box, "set", "segments.clock.hours", "12")).code).toBe(0);
  expect(read(path)).toContain('"hours": "12"');
  write(box, good);
  expect((await config(box, "set", "a..b", "1")).code).toBe(2);
  expect((await config(box, "set", "theme")).code).toBe(2);
  expect(read(path)).toBe(good);
});

test("set creates a missing file, and refuses one that is not JSON", async () => {
  using box = sandbox();
  expect((await config(box, "set", "icons", "ascii")).code).toBe(0);
  expect(read(fileOf(box))).toBe('{\n  "icons": "ascii"\n}\n');
  const broken = write(box, "{ broken");
  expect((await config(box, "set", "icons", "ascii")).code).toBe(1);
  expect(read(broken)).toBe("{ broken");
});

test("changes at the same time are all made", async () => {
  using box = sandbox();
  const settings = {
    theme: "fjord-dark",
    icons: "ascii",
    style: "capsule",
    margin: 3,
    padding: 2,
    "bar.cells": 7,
  };
  const results = await Promise.all(
    Object.entries(settings).map(([key, value]) => config(box, "set", key, String(value))),
  );
  expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
  const { "bar.cells": cells, ...plain } = settings;
  expect(JSON.parse(read(fileOf(box)))).toEqual({ ...plain, bar: { cells } });
});

test("a change keeps permissions and owner, and the backup is a new file", async () => {
  using box = sandbox();
  const path = write(box, '{ "theme": "auto" }');
  const isRoot = process.geteuid?.() === 0;
  chmodSync(path, 0o664);
  if (isRoot) chownSync(path, 12, 34);
  const expectKept = () => {
    for (const file of [path, `${path}.bak`]) {
      const { mode, uid, gid } = lstatSync(file);
      expect(mode & 0o777).toBe(0o664);
      if (isRoot) expect([uid, gid]).toEqual([12, 34]);
    }
  };
  Bun.spawnSync(["mkfifo", `${path}.bak`]);
  expect((await config(box, "set", "icons", "ascii")).code).toBe(0);
  expectKept();
  rmSync(`${path}.bak`);
  writeFileSync(box.path("victim"), "precious");
  symlinkSync(box.path("victim"), `${path}.bak`);
  expect((await config(box, "init", "--force")).code).toBe(0);
  expectKept();
  expect(read(box.path("victim"))).toBe("precious");
  expect(read(`${path}.bak`)).toContain("ascii");
});

test.skipIf(OTHER_USER === undefined)("a file that this user may not write is refused", async () => {
  using box = sandbox();
  const path = box.path("config.json");
  writeFileSync(path, "{}");
  chmodSync(box.root, 0o777);
  chmodSync(path, 0o444);
  const refused = await asOtherUser(["config", "set", "icons", "ascii"], {
    ...box.env,
    PLIMSOLL_CONFIG: path,
  });
  expect(refused).toMatchObject({ code: 74, stderr: expect.stringContaining(`${path}: permission denied`) });
  expect(read(path)).toBe("{}");
});

test("init that cannot write the schema writes nothing, and can run again", async () => {
  using box = sandbox();
  const schema = `${dirname(fileOf(box))}/config.schema.json`;
  mkdirSync(schema, { recursive: true });
  const failed = await config(box, "init");
  expect(failed).toMatchObject({ code: 74, stderr: `plimsoll: cannot write ${schema}: it is a directory\n` });
  expect(readdirSync(dirname(schema))).toEqual(["config.schema.json"]);
  rmSync(schema, { recursive: true });
  expect((await config(box, "init")).code).toBe(0);
});

test("a link to a missing configuration is not replaced", async () => {
  using box = sandbox();
  const path = box.path("home/.config/plimsoll/config.json");
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(box.path("missing.json"), path);
  const { code, stderr } = await run(["config", "set", "margin", "3"], { env: box.env });
  expect(code).toBe(74);
  expect(stderr).toContain("it is a link to a missing file");
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
});

test("a configuration behind a symlink is changed in place, and the link is kept", async () => {
  using box = sandbox();
  const path = write(box, "");
  const target = box.path("dotfiles.json");
  writeFileSync(target, "{}");
  await Bun.file(path).delete();
  symlinkSync(target, path);
  expect((await config(box, "set", "icons", "ascii")).code).toBe(0);
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(read(target)).toContain("ascii");
});

test("a directory in place of the file is an error, and nothing is written", async () => {
  using box = sandbox();
  mkdirSync(fileOf(box), { recursive: true });
  const refused = await config(box, "set", "icons", "ascii");
  expect(refused.code).toBe(74);
  expect(refused.stderr).toContain("cannot read");
});

test("the schema that the build makes is the one that the program prints", async () => {
  using box = sandbox();
  const printed = (await config(box, "schema")).stdout;
  const built = `${import.meta.dir}/../../dist/config.schema.json`;
  expect(JSON.parse(printed)).toEqual(JSON.parse(read(built)));
});

test("edit fails without a terminal", async () => {
  using box = sandbox();
  const refused = await config(box, "edit");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("needs a terminal");
});
