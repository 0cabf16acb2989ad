/** Real faults of the state directory: reported by name, and fixed where it is ours. */
import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gather, payload, states } from "../gather/world.ts";
import { run } from "../helpers/binary.ts";
import { asOtherUser, OTHER_USER } from "../helpers/other-user.ts";
import { canMountTmpfs, fillDisk, mountTmpfs } from "../helpers/tmpfs.ts";
import {
  age,
  doctor,
  expectFixed,
  expectLeft,
  HOUR_S,
  healthy,
  ID,
  type Report,
  snapshot,
} from "./clinic.ts";

test("open to others: made private", async () => {
  using here = await healthy();
  const [file] = readdirSync(here.paths.sessions);
  const session = join(here.paths.sessions, file as string);
  chmodSync(here.paths.root, 0o755);
  chmodSync(session, 0o644);
  chmodSync(here.paths.ledger, 0o666);
  const { bad, of } = await doctor(here);
  expect(bad).toEqual(["permissions"]);
  expect(of("permissions").details).toEqual([
    `${here.paths.root}: 0755, not 0700`,
    `${here.paths.ledger}: 0666, not 0600`,
    `${session}: 0644, not 0600`,
  ]);
  expect(await expectFixed(here, "permissions")).toHaveLength(3);
  expect([here.paths.root, session].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
});

test("a symbolic link instead of it, or in it: reported, not followed, not changed", async () => {
  using here = await healthy();
  renameSync(here.paths.root, `${here.paths.root}.real`);
  symlinkSync(`${here.paths.root}.real`, here.paths.root);
  const linked = await doctor(here);
  expect(linked.bad).toContain("state");
  expect(linked.of("state").hint).toContain(`set PLIMSOLL_STATE to ${here.paths.root}.real`);
  await expectLeft(here, "state");
  rmSync(here.paths.root);
  renameSync(`${here.paths.root}.real`, here.paths.root);

  const target = here.box.path("elsewhere");
  writeFileSync(target, "theirs", { mode: 0o644 });
  symlinkSync(target, join(here.paths.sessions, "link"));
  expect((await doctor(here)).of("permissions").details?.[0]).toEndWith("link: a symbolic link");
  await expectLeft(here, "permissions");
  expect([readFileSync(target, "utf8"), statSync(target).mode & 0o777]).toEqual(["theirs", 0o644]);
});

test("a folder that is a link to foreign files: nothing in it is read, removed or changed", async () => {
  using here = await healthy();
  const theirs = here.box.path("theirs");
  mkdirSync(theirs);
  rmSync(here.paths.sessions, { recursive: true });
  symlinkSync(theirs, here.paths.sessions);
  for (const name of ["package.json", "a.json.12.ab.tmp"]) {
    writeFileSync(join(theirs, name), "{}", { mode: 0o644 });
    age(join(theirs, name), 400 * 24 * HOUR_S);
  }
  const before = snapshot(theirs);
  expect((await doctor(here)).of("permissions").details).toEqual([`${here.paths.sessions}: a symbolic link`]);
  await expectLeft(here, "permissions");
  expect(snapshot(theirs)).toEqual(before);
});

test("a directory with other files: refused by passes, and not changed by --fix", async () => {
  using here = await healthy();
  const shared = here.box.path("shared");
  mkdirSync(join(shared, "sessions"), { recursive: true, mode: 0o755 });
  writeFileSync(join(shared, "tool"), "#!/bin/sh", { mode: 0o755 });
  for (const name of ["sessions/game.json", "draft.tmp"]) {
    writeFileSync(join(shared, name), "theirs", { mode: 0o644 });
    age(join(shared, name), 400 * 24 * HOUR_S);
  }
  const before = snapshot(shared);
  const env = { ...here.box.env, PLIMSOLL_STATE: shared };
  const pass = await run(["gather", "--wait", "--force"], { env, stdin: "" });
  expect([pass.code, pass.stderr]).toEqual([74, expect.stringContaining("contains other files")]);
  const { of, bad, fixed } = await doctor(here, { env, args: ["--fix"] });
  expect([bad, fixed]).toEqual([["state"], []]);
  expect(of("state").text).toBe(`${shared} contains other files`);
  expect(snapshot(shared)).toEqual(before);
});

test.skipIf(OTHER_USER === undefined)(
  "owned by root: one error that names the directory and the fix",
  async () => {
    using here = await healthy();
    const closed = here.box.path("closed");
    mkdirSync(join(closed, "plimsoll"), { recursive: true, mode: 0o700 });
    chmodSync(here.box.root, 0o755);
    const { stdout } = await asOtherUser(["doctor", "--json"], {
      ...here.box.env,
      PLIMSOLL_STATE: join(closed, "plimsoll"),
    });
    const results = (JSON.parse(stdout) as Report).results.filter(({ check }) => check !== "settings");
    expect(results.filter(({ level }) => level === "bad")).toEqual([
      {
        check: "state",
        level: "bad",
        text: `${closed}/plimsoll cannot be accessed: ${closed} belongs to user 0`,
        hint: expect.stringContaining(`sudo chown -R "$(id -un)" ${closed}`),
        fixable: false,
      },
    ]);
  },
);

test("torn and invalid files: removed, and another version's kept", async () => {
  using here = await healthy();
  const torn = join(here.paths.sessions, "torn.json");
  const foreign = join(here.paths.repos, "foreign.json");
  const newer = join(here.paths.accounts, "newer.json");
  writeFileSync(torn, '{"version":1,"sessi', { mode: 0o600 });
  writeFileSync(foreign, "{}", { mode: 0o600 });
  writeFileSync(newer, '{"version":99}', { mode: 0o600 });
  writeFileSync(here.paths.lastPayload, "{", { mode: 0o600 });
  const { bad, of } = await doctor(here);
  expect(bad).toEqual(["files"]);
  expect(of("files").details).toEqual([torn, foreign, here.paths.lastPayload]);
  await expectFixed(here, "files");
  expect([torn, foreign, newer].map((path) => existsSync(path))).toEqual([false, false, true]);
  expect(states(here, ID, "/").session?.sessionId).toBe(ID);
});

test("temporary files of killed writers: old ones are removed, young ones stay", async () => {
  using here = await healthy();
  const [old, young] = ["a.json.12.ab.tmp", "b.json.13.cd.tmp"].map((name) =>
    join(here.paths.sessions, name),
  ) as [string, string];
  const half = `${here.paths.ledger}.reindex-12`;
  for (const path of [old, young, half]) writeFileSync(path, "{", { mode: 0o600 });
  for (const path of [old, half]) age(path, 1.1 * HOUR_S);
  expect((await doctor(here)).bad).toEqual(["leftovers"]);
  await expectFixed(here, "leftovers");
  expect([old, young, half].map((path) => existsSync(path))).toEqual([false, true, false]);
});

test("a log that is not rotated: rotated, and nothing is lost", async () => {
  using here = await healthy();
  writeFileSync(here.paths.log, `${"x".repeat(300_000)}\n`, { mode: 0o600 });
  expect((await doctor(here)).bad).toEqual(["log"]);
  await expectFixed(here, "log");
  expect(existsSync(here.paths.log)).toBe(false);
  expect(statSync(`${here.paths.log}.1`).size).toBe(300_001);
});

test("failed parts, and their log entries, are info", async () => {
  using here = await healthy();
  const root = here.repo("repo");
  await gather(here, { args: ["--cwd", root], env: { PATH: "/nonexistent" } });
  const { of, code } = await doctor(here);
  expect(of("parts").details).toEqual([`${root}, git: git is not installed`]);
  expect(of("log").details?.[0]).toEndWith("repo git: git is not installed");
  expect(code).toBe(0);
});

test.skipIf(!canMountTmpfs())("a disk that is full, or read-only (needs mount)", async () => {
  using here = await healthy();
  rmSync(here.paths.root, { recursive: true });
  mkdirSync(here.paths.root, { mode: 0o700 });
  using disk = mountTmpfs(here.paths.root, "size=512k,mode=700");
  await gather(here, { stdin: payload(ID, here.session(ID, 2), here.box.home) });
  expect((await doctor(here)).bad).toEqual([]);
  fillDisk(join(here.paths.root, "filler"));
  expect((await doctor(here)).of("state").text).toEndWith("cannot be written: no space left on the device");
  rmSync(join(here.paths.root, "filler"));
  disk.remount("ro");
  const { of } = await doctor(here);
  expect(of("state").text).toContain("cannot be written: EROFS");
  expect(of("ledger").level).toBe("good");
});
