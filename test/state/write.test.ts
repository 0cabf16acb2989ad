import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { prepareStateDirectory, StateDirectoryError } from "../../src/state/directory.ts";
import { LOG_LIMIT, PASS_LOG_LIMIT, PassLog } from "../../src/state/log.ts";
import { type StatePaths, stateFile, statePaths } from "../../src/state/paths.ts";
import { readState } from "../../src/state/scopes.ts";
import { sweep } from "../../src/state/sweep.ts";
import { replaceFile, writeState } from "../../src/state/write.ts";
import { sandbox } from "../helpers/binary.ts";
import { canMountTmpfs, fillDisk, mountTmpfs } from "../helpers/tmpfs.ts";
import { SESSION_ID, sessionState } from "./states.ts";

function prepared() {
  const box = sandbox();
  const paths = statePaths(box.env);
  if (!paths) throw new Error("no state directory");
  prepareStateDirectory(paths);
  return { box, paths, file: stateFile(paths, "session", SESSION_ID) };
}

describe("writing state", () => {
  test("creates a file that only its owner can read, and leaves no other file", () => {
    const { box, paths, file } = prepared();
    using _ = box;
    writeState(file, sessionState());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(paths.sessions)).toEqual([`${SESSION_ID}.json`]);
  });

  test("replaces a symbolic link instead of following it", () => {
    const { box, paths, file } = prepared();
    using _ = box;
    writeFileSync(box.path("precious"), "precious");
    symlinkSync(box.path("precious"), file);
    writeState(file, sessionState());
    expect(readFileSync(box.path("precious"), "utf8")).toBe("precious");
    expect(readState(paths, "session", SESSION_ID)).toEqual(sessionState());
  });

  test("refuses a state that is too large to be read, and keeps the old one", () => {
    const { box, paths, file } = prepared();
    using _ = box;
    writeState(file, sessionState());
    expect(() => writeState(file, sessionState({ cwd: "x".repeat(70_000) }))).toThrow(/more than its 65536/);
    expect(readState(paths, "session", SESSION_ID)).toEqual(sessionState());
  });

  test.skipIf(!canMountTmpfs())(
    "on a full disk fails, keeps the old file, and leaves nothing (needs root)",
    () => {
      using box = sandbox();
      mkdirSync(box.state);
      using _ = mountTmpfs(box.state, "size=64k");
      const file = `${box.state}/a.json`;
      replaceFile(file, Buffer.from("old"));
      fillDisk(`${box.state}/filler`);
      expect(() => replaceFile(file, Buffer.alloc(40_000, "n"))).toThrow(/ENOSPC|no space/i);
      expect(readFileSync(file, "utf8")).toBe("old");
      expect(readdirSync(box.state).sort()).toEqual(["a.json", "filler"]);
    },
  );
});

describe("the state directory", () => {
  test("is made private, repeatedly", () => {
    const { box, paths } = prepared();
    using _ = box;
    chmodSync(paths.root, 0o755);
    chmodSync(paths.sessions, 0o777);
    prepareStateDirectory(paths);
    for (const path of [paths.root, paths.sessions, paths.repos, paths.accounts, paths.locks])
      expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test("is refused when it or one of its folders is a link or a file", () => {
    const { box, paths } = prepared();
    using _ = box;
    mkdirSync(box.path("elsewhere"));
    symlinkSync(box.path("elsewhere"), box.path("link"));
    const linked = statePaths({ PLIMSOLL_STATE: box.path("link") }) as StatePaths;
    expect(() => prepareStateDirectory(linked)).toThrow(StateDirectoryError);
    expect(readdirSync(box.path("elsewhere"))).toEqual([]);
    const withFile = { ...paths, repos: box.path("file") };
    writeFileSync(box.path("file"), "");
    expect(() => prepareStateDirectory(withFile)).toThrow(/is not a directory/);
  });

  test("is refused where other files are kept, and their modes stay unchanged", () => {
    using box = sandbox();
    const paths = statePaths({ PLIMSOLL_STATE: box.path("shared") }) as StatePaths;
    mkdirSync(`${paths.root}/sessions`, { recursive: true, mode: 0o755 });
    mkdirSync(`${paths.root}/editor`);
    expect(() => prepareStateDirectory(paths)).toThrow(/contains other files/);
    expect(readdirSync(paths.root).sort()).toEqual(["editor", "sessions"]);
    expect([paths.root, paths.sessions].map((path) => statSync(path).mode & 0o777)).toEqual([0o755, 0o755]);
  });

  test("may be empty, incomplete, a mount point, or hold files that were added later", () => {
    for (const names of [[], ["locks", "sessions"], ["lost+found"], ["repos", "accounts", "notes"]]) {
      using box = sandbox();
      const paths = statePaths({ PLIMSOLL_STATE: box.path("state") }) as StatePaths;
      for (const name of names) mkdirSync(`${paths.root}/${name}`, { recursive: true });
      prepareStateDirectory(paths);
      expect(existsSync(paths.accounts)).toBe(true);
    }
  });
});

describe("the log", () => {
  const lines = (path: string) => (existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : []);

  test("holds at most 10,000 bytes of one pass, and reports that messages were dropped", () => {
    const { box, paths } = prepared();
    using _ = box;
    const log = new PassLog(paths, "test");
    for (let count = 0; count < 1_000; count++) log.write(`message ${count} ${"x".repeat(count % 300)}`);
    expect(statSync(paths.log).size).toBeLessThanOrEqual(PASS_LOG_LIMIT);
    expect(statSync(paths.log).size).toBeGreaterThan(PASS_LOG_LIMIT - 500);
    expect(lines(paths.log).at(-1)).toInclude("further messages of this pass are dropped");
    expect(statSync(paths.log).mode & 0o777).toBe(0o600);
  });

  test("has one line per message, whatever the message contains", () => {
    const { box, paths } = prepared();
    using _ = box;
    new PassLog(paths, "test").write("branch \u001b[31mred\nsecond\u202e\u0007");
    expect(lines(paths.log)).toHaveLength(1);
    expect(lines(paths.log)[0]).toMatch(/test: branch +\[31mred second$/);
  });

  test("is rotated when it is full, without loss", () => {
    const { box, paths } = prepared();
    using _ = box;
    const said: string[] = [];
    for (let pass = 0; pass < 15; pass++) {
      const log = new PassLog(paths, `pass ${pass}`);
      for (let count = 0; count < 10; count++) {
        said.push(`line ${pass}/${count}`);
        log.write(`line ${pass}/${count} ${"x".repeat(800)}`);
      }
    }
    const kept = [...lines(`${paths.log}.1`), ...lines(paths.log)].map(
      (line) => line.match(/line \d+\/\d+/)?.[0],
    );
    expect(kept as string[]).toEqual(said);
    expect(statSync(paths.log).size).toBeLessThanOrEqual(LOG_LIMIT);
    expect(statSync(`${paths.log}.1`).size).toBeLessThanOrEqual(LOG_LIMIT);
  });

  test("of many concurrent passes loses and tears no line", async () => {
    const { box, paths } = prepared();
    using _ = box;
    const writers = Array.from({ length: 8 }, (_, writer) =>
      Bun.spawn([process.execPath, `${import.meta.dir}/log-writer.ts`, String(writer)], {
        env: box.env,
        stdio: ["ignore", "ignore", "inherit"],
      }),
    );
    for (const writer of writers) expect(await writer.exited).toBe(0);
    const kept = [...lines(`${paths.log}.1`), ...lines(paths.log)];
    expect(kept).toHaveLength(8 * 18);
    for (const line of kept) expect(line).toMatch(/ w\d: line \d+ x{800}$/);
  });
});

describe("sweeping", () => {
  const DAY = 86_400_000;
  const age = (path: string, ms: number) => {
    const seconds = (Date.now() - ms) / 1000;
    expect(Bun.spawnSync(["touch", "-d", `@${seconds}`, path]).exitCode).toBe(0);
  };

  test("removes sessions after 7 days, temporary files after an hour, and nothing younger", () => {
    const { box, paths } = prepared();
    using _ = box;
    const made = (path: string, ms: number) => {
      writeFileSync(path, "{}");
      age(path, ms);
    };
    made(`${paths.sessions}/old-session.json`, 7.1 * DAY);
    made(`${paths.sessions}/new-session.json`, 6.9 * DAY);
    made(`${paths.sessions}/a.json.12.ab.tmp`, DAY / 20);
    made(`${paths.sessions}/b.json.12.ab.tmp`, DAY / 30);
    made(`${paths.repos}/oldrepo.json`, 8 * DAY);
    made(`${paths.accounts}/account.json`, 8 * DAY);
    made(paths.lastPayload, 7.1 * DAY);
    made(`${paths.ledger}.damaged-2026-11-20T10-00-00-000Z`, 400 * DAY);
    made(`${paths.ledger}.damaged-2026-11-20T10-00-00-000Z.salvage-12`, DAY / 20);
    made(paths.ledger, 400 * DAY);
    made(`${paths.locks}/session-old-session.lock`, 8 * DAY);
    made(`${paths.locks}/session-new-session.lock`, 6 * DAY);
    made(`${paths.locks}/deploy.lock`, 400 * DAY);
    expect(sweep(paths, Date.now())).toBe(5);
    expect(existsSync(paths.lastPayload)).toBe(false);
    expect(existsSync(`${paths.ledger}.damaged-2026-11-20T10-00-00-000Z`)).toBe(true);
    expect(readdirSync(paths.sessions).sort()).toEqual(["b.json.12.ab.tmp", "new-session.json"]);
    expect(readdirSync(paths.repos)).toEqual([]);
    expect(readdirSync(paths.accounts)).toEqual(["account.json"]);
    expect(existsSync(paths.ledger)).toBe(true);
    expect(readdirSync(paths.locks).sort()).toEqual([
      "deploy.lock",
      "session-new-session.lock",
      "sweep.lock",
    ]);
  });

  test("removes only our files: no other temporary files, and no targets of links", () => {
    const { box, paths } = prepared();
    using _ = box;
    const theirs = box.path("theirs");
    mkdirSync(theirs);
    rmSync(paths.sessions, { recursive: true });
    symlinkSync(theirs, paths.sessions);
    const kept = ["package.json", "a.json.12.ab.tmp"].map((name) => `${theirs}/${name}`);
    kept.push(`${paths.root}/draft.tmp`, `${paths.repos}/draft.tmp`, `${paths.repos}/draft.json.tmp`);
    for (const path of kept) {
      writeFileSync(path, "{}");
      age(path, 400 * DAY);
    }
    expect(sweep(paths, Date.now())).toBe(0);
    expect(kept.filter((path) => !existsSync(path))).toEqual([]);
  });

  test("runs once an hour", () => {
    const { box, paths } = prepared();
    using _ = box;
    const old = `${paths.sessions}/old-session.json`;
    sweep(paths, Date.now());
    writeFileSync(old, "{}");
    age(old, 8 * DAY);
    expect(sweep(paths, Date.now())).toBe(0);
    age(`${paths.locks}/sweep.lock`, DAY / 20);
    expect(sweep(paths, Date.now())).toBe(1);
  });

  test("continues after the clock was ahead, and removes nothing because of it", () => {
    const { box, paths } = prepared();
    using _ = box;
    const state = `${paths.sessions}/session.json`;
    const temporary = `${paths.sessions}/a.json.12.ab.tmp`;
    const lock = `${paths.locks}/session-session.lock`;
    sweep(paths, Date.now());
    for (const file of [state, temporary, lock]) writeFileSync(file, "{}");
    for (const file of [state, temporary, lock, `${paths.locks}/sweep.lock`]) age(file, -400 * DAY);
    expect(sweep(paths, Date.now())).toBe(0);
    for (const file of [state, temporary, lock, `${paths.locks}/sweep.lock`])
      expect(Math.abs(Date.now() - statSync(file).mtimeMs)).toBeLessThan(60_000);
    // They age from now.
    sweep(paths, Date.now() + 8 * DAY);
    expect([state, temporary, lock].filter((file) => existsSync(file))).toEqual([]);
  });

  test("does not change the time of the target of a link", () => {
    const { box, paths } = prepared();
    using _ = box;
    const theirs = box.path("theirs");
    writeFileSync(theirs, "{}");
    age(theirs, -400 * DAY);
    symlinkSync(theirs, `${paths.sessions}/link.json`);
    sweep(paths, Date.now());
    expect(statSync(theirs).mtimeMs).toBeGreaterThan(Date.now() + 300 * DAY);
  });

  test("keeps a session that a pass has locked", async () => {
    const { box, paths } = prepared();
    using _ = box;
    const old = `${paths.sessions}/old-session.json`;
    writeFileSync(old, "{}");
    age(old, 8 * DAY);
    const { tryLock } = await import("../../src/os/lock/flock.ts");
    using lock = tryLock(`${paths.locks}/session-old-session.lock`);
    expect(lock).toBeDefined();
    expect(sweep(paths, Date.now())).toBe(0);
    expect(existsSync(old)).toBe(true);
  });
});
