import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { parseStatus } from "../../src/gather/git/status.ts";
import type { Pass } from "../../src/gather/part.ts";
import { gatherGit } from "../../src/gather/parts/git.ts";
import type { GitFacts } from "../../src/state/parts.ts";
import type { RepoState } from "../../src/state/scopes.ts";
import { type Sandbox, sandbox } from "../helpers/binary.ts";
import { repoState } from "../state/states.ts";
import { boobyTrap, commit, GIT, git, repository, sprung, trap } from "./repositories.ts";

interface Options {
  readonly path?: string;
  readonly state?: RepoState;
  readonly now?: number;
  readonly env?: Record<string, string>;
}

/** Gather the git part of a root, as a pass does. */
async function gather(box: Sandbox, root: string, options: Options = {}): Promise<GitFacts> {
  const env = { ...box.env, ...(options.path === undefined ? {} : { PATH: options.path }), ...options.env };
  const state = options.state ?? repoState(root);
  const signal = new AbortController().signal;
  const pass: Partial<Pass> = { env, signal, trees: new Set(), now: options.now ?? Date.now() };
  return gatherGit(state, pass as Pass);
}

/** A directory with a `git` that runs `script`. */
function fakeGit(box: Sandbox, script: string): string {
  const folder = box.path("fake-bin");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "git"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "git"), 0o755);
  return `${folder}:/usr/bin:/bin`;
}

describe.skipIf(GIT === null)("a working tree (needs git)", () => {
  test("has its branch, commit and changes", async () => {
    using box = sandbox();
    const root = repository(box);
    writeFileSync(join(root, "second"), "x");
    commit(root, "second");
    writeFileSync(join(root, "tracked"), "changed");
    writeFileSync(join(root, "second"), "staged");
    git(root, "add", "second");
    writeFileSync(join(root, "second"), "staged, and changed again");
    writeFileSync(join(root, "new file"), "");
    writeFileSync(join(root, "new\nline"), "");
    expect(await gather(box, root)).toEqual({
      branch: "main",
      commit: git(root, "rev-parse", "HEAD").slice(0, 8),
      staged: 1,
      modified: 2,
      untracked: 2,
      conflicts: 0,
      stashes: 0,
    });
  });

  test("has its distance to the upstream", async () => {
    using box = sandbox();
    const upstream = repository(box, "upstream");
    git(box.root, "clone", "-q", upstream, "clone");
    const clone = box.path("clone");
    commit(clone, "ours");
    commit(upstream, "theirs");
    commit(upstream, "theirs too");
    git(clone, "fetch", "-q");
    expect(await gather(box, clone)).toMatchObject({ upstream: "origin/main", ahead: 1, behind: 2 });
  });

  test("has renames, conflicts, stashes, and the operation in progress", async () => {
    using box = sandbox();
    const root = repository(box);
    writeFileSync(join(root, "tracked"), "stash me");
    git(root, "stash", "-q");
    git(root, "mv", "tracked", "renamed");
    expect(await gather(box, root)).toMatchObject({ staged: 1, modified: 0, stashes: 1 });
    git(root, "reset", "-q", "--hard");
    git(root, "checkout", "-q", "-b", "other");
    writeFileSync(join(root, "tracked"), "theirs");
    commit(root, "theirs");
    git(root, "checkout", "-q", "main");
    writeFileSync(join(root, "tracked"), "ours");
    commit(root, "ours");
    expect(() => git(root, "merge", "other")).toThrow();
    expect(await gather(box, root)).toMatchObject({ conflicts: 1, operation: "merge" });
    git(root, "merge", "--abort");
    expect(() => git(root, "rebase", "other")).toThrow();
    const facts = await gather(box, root);
    expect(facts).toMatchObject({ conflicts: 1, operation: "rebase 1/1" });
    expect(facts.branch).toBeUndefined();
  });

  test("may be without a commit, or have a detached HEAD", async () => {
    using box = sandbox();
    mkdirSync(box.path("empty"));
    git(box.path("empty"), "init", "-q", "-b", "trunk");
    const empty = await gather(box, box.path("empty"));
    expect(empty.branch).toBe("trunk");
    expect(empty.commit).toBeUndefined();
    const root = repository(box);
    git(root, "checkout", "-q", "--detach");
    const detached = await gather(box, root);
    expect(detached.branch).toBeUndefined();
    expect(detached.commit).toBeDefined();
  });

  test("that is linked has its name", async () => {
    using box = sandbox();
    const root = repository(box);
    git(root, "worktree", "add", "-q", "-b", "feature", box.path("wt-feature"));
    expect(await gather(box, box.path("wt-feature"))).toMatchObject({
      branch: "feature",
      worktree: "wt-feature",
    });
  });

  test("keeps its index unlocked and unwritten", async () => {
    using box = sandbox();
    const root = repository(box);
    // Stat data that differ from the index make a plain `git status` update it.
    utimesSync(join(root, "tracked"), new Date(2020, 1), new Date(2020, 1));
    const index = join(root, ".git/index");
    const before = { bytes: readFileSync(index), inode: statSync(index).ino };
    expect(await gather(box, root)).toMatchObject({ modified: 0 });
    expect(readFileSync(index)).toEqual(before.bytes);
    expect(statSync(index).ino).toBe(before.inode);
    writeFileSync(`${index}.lock`, "somebody else's");
    expect(await gather(box, root)).toMatchObject({ modified: 0 });
    expect(readFileSync(`${index}.lock`, "utf8")).toBe("somebody else's");
    rmSync(`${index}.lock`);
    Bun.spawnSync([GIT ?? "git", "status"], { cwd: root, env: { ...box.env } });
    expect(readFileSync(index)).not.toEqual(before.bytes);
  });

  test("leaves untracked files out when it is configured so", async () => {
    using box = sandbox();
    const root = repository(box);
    writeFileSync(join(root, "new"), "");
    git(root, "config", "status.showUntrackedFiles", "no");
    const facts = await gather(box, root);
    expect(facts.untracked).toBeUndefined();
    expect(facts.partial).toBeUndefined();
  });

  test("with a broken .git does not report the enclosing repository", async () => {
    using box = sandbox();
    const outer = repository(box);
    const inner = join(outer, "inner");
    mkdirSync(join(inner, ".git"), { recursive: true });
    expect(gather(box, inner)).rejects.toThrow(/not a git repository/);
  });
});

describe.skipIf(GIT === null)("a hostile repository (needs git)", () => {
  /** The marks are outside of the repository; nothing may create one. */
  async function mustRunNothing(
    prepare: (root: string, box: Sandbox, marks: string) => string,
  ): Promise<void> {
    using box = sandbox();
    const marks = box.path("marks");
    const root = prepare(repository(box), box, marks);
    const facts = await gather(box, root, { path: `.:${GIT?.replace(/\/git$/, "")}:/usr/bin:/bin` });
    expect(sprung(marks)).toEqual([]);
    expect(facts.branch).toBeDefined();
  }

  test("triggers its traps when plain git is called: the traps work", () => {
    using box = sandbox();
    const marks = box.path("marks");
    const root = repository(box);
    for (const name of ["a.evil", "b.dot", "c.process"]) writeFileSync(join(root, name), "one\n");
    commit(root, "files");
    boobyTrap(root, marks);
    // One trap hides the next: fsmonitor reports no change, a failing filter ends the status.
    for (const unset of [
      "core.fsmonitor",
      "filter.longrunning.process",
      "filter.evil.required",
      "filter.evil.clean",
    ]) {
      Bun.spawnSync([GIT ?? "git", "status"], { cwd: root, env: { ...box.env } });
      git(root, "config", "--unset", unset);
    }
    rmSync(join(root, ".git/info/attributes"));
    Bun.spawnSync([GIT ?? "git", "status"], { cwd: root, env: { ...box.env } });
    for (const trap of ["fsmonitor", "process", "clean-evil", "clean-with.dot", "hook-post-index-change"])
      expect(sprung(marks)).toContain(`ran-${trap}`);
  });

  test("runs nothing: no hook, filter, fsmonitor, alias, pager, diff driver, helper, or ./git", () =>
    mustRunNothing((root, _box, marks) => {
      for (const name of ["a.evil", "b.dot", "c.process"]) writeFileSync(join(root, name), "one\n");
      commit(root, "files");
      boobyTrap(root, marks);
      return root;
    }));

  test("runs nothing in a linked worktree either, with its own traps", () =>
    mustRunNothing((root, box, marks) => {
      for (const name of ["a.evil", "b.dot", "c.process"]) writeFileSync(join(root, name), "one\n");
      commit(root, "files");
      git(root, "worktree", "add", "-q", "-b", "feature", box.path("wt"));
      git(root, "config", "extensions.worktreeConfig", "true");
      boobyTrap(root, marks);
      const worktree = box.path("wt");
      git(worktree, "config", "--worktree", "core.fsmonitor", trap(marks, "worktree-fsmonitor"));
      git(worktree, "config", "--worktree", "filter.own.clean", trap(marks, "worktree-clean"));
      writeFileSync(join(worktree, ".gitattributes"), "* filter=own\n");
      for (const name of ["a.evil", "b.dot", "c.process", "tracked"])
        writeFileSync(join(worktree, name), "two\n");
      return worktree;
    }));

  test("runs nothing through included configuration", () =>
    mustRunNothing((root, box, marks) => {
      writeFileSync(
        box.path("included"),
        `[core]\n\tfsmonitor = ${trap(marks, "included-fsmonitor")}\n[filter "inc"]\n\tclean = ${trap(marks, "included-clean")}\n`,
      );
      git(root, "config", "include.path", box.path("included"));
      git(root, "config", "includeIf.onbranch:main.path", box.path("included"));
      writeFileSync(join(root, ".git/info/attributes"), "* filter=inc\n");
      writeFileSync(join(root, "tracked"), "two\n");
      return root;
    }));

  test("fetches no missing object, through any transport, where plain git would", async () => {
    using box = sandbox();
    const root = repository(box);
    const marks = box.path("marks");
    const trapped = trap(marks, "transport");
    writeFileSync(join(root, "file"), "content\n".repeat(50));
    commit(root, "files");
    // A staged near-rename makes git read both blobs; one is removed.
    const blob = git(root, "rev-parse", "HEAD:file").trim();
    git(root, "mv", "file", "moved");
    writeFileSync(join(root, "moved"), "content\n".repeat(51));
    git(root, "add", "moved");
    rmSync(join(root, ".git/objects", blob.slice(0, 2), blob.slice(2)));
    const hostile = {
      "core.repositoryFormatVersion": "1",
      "extensions.partialClone": "evil",
      "remote.evil.promisor": "true",
      "remote.evil.url": `ext::${trapped}`,
      "remote.evil.uploadpack": trapped,
      "protocol.allow": "always",
      "protocol.ext.allow": "always",
    };
    for (const [key, value] of Object.entries(hostile)) git(root, "config", key, value);
    // git may fail without the blob: it matters that nothing runs.
    const gathered = await gather(box, root).catch((error: Error) => error.message);
    expect(sprung(marks)).toEqual([]);
    expect(gathered).toMatch(/^git status exited with/);
    Bun.spawnSync([GIT ?? "git", "status"], { cwd: root, env: { ...box.env } });
    expect(sprung(marks)).toEqual(["ran-transport"]);
  });

  test("with a filter that cannot be overridden is skipped", async () => {
    using box = sandbox();
    const root = repository(box);
    const marks = box.path("marks");
    writeFileSync(
      join(root, ".git/config"),
      `${readFileSync(join(root, ".git/config"), "utf8")}[filter "a=b"]\n\tclean = ${trap(marks, "equals")}\n`,
    );
    writeFileSync(join(root, ".git/info/attributes"), "* filter=a=b\n");
    writeFileSync(join(root, "tracked"), "two\n");
    expect(gather(box, root)).rejects.toThrow(/cannot be made safe/);
    expect(sprung(marks)).toEqual([]);
  });

  test("ignores git's variables in the client's environment", async () => {
    using box = sandbox();
    const marks = box.path("marks");
    const root = repository(box);
    const other = repository(box, "other");
    commit(other, "other");
    const facts = await gather(box, root, {
      env: {
        GIT_DIR: join(other, ".git"),
        GIT_WORK_TREE: other,
        GIT_INDEX_FILE: box.path("nothing"),
        GIT_EXTERNAL_DIFF: trap(marks, "env-diff"),
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "core.fsmonitor",
        GIT_CONFIG_VALUE_0: trap(marks, "env-fsmonitor"),
        GIT_CONFIG_PARAMETERS: `'core.fsmonitor=${trap(marks, "env-parameters")}'`,
        GIT_EXEC_PATH: marks,
        GIT_TRACE: box.path("trace"),
      },
    });
    expect(facts.commit).toBe(git(root, "rev-parse", "HEAD").slice(0, 8));
    expect(sprung(marks)).toEqual([]);
    expect(existsSync(box.path("trace"))).toBe(false);
  });
});

describe("a git that misbehaves", () => {
  const tree = (box: Sandbox) => {
    const root = box.path("tree");
    mkdirSync(join(root, ".git"), { recursive: true });
    writeFileSync(join(root, ".git/HEAD"), "ref: refs/heads/main\n");
    return root;
  };
  const STATUS = String.raw`printf '# branch.oid 0123456789abcdef\0# branch.head main\0'`;

  test("and is not installed is an error of the part", async () => {
    using box = sandbox();
    expect(gather(box, tree(box), { path: "/nonexistent" })).rejects.toThrow("git is not installed");
  });

  test("and hangs is killed with its descendants, and the error says so", async () => {
    using box = sandbox();
    const path = fakeGit(
      box,
      `trap '' TERM; sleep 61.5 & echo $! > '${box.path("child")}'; wait; sleep 61.5`,
    );
    const started = performance.now();
    expect(await gather(box, tree(box), { path }).catch((error: Error) => error.message)).toBe(
      "git config did not finish within 1 s",
    );
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(existsSync(`/proc/${readFileSync(box.path("child"), "utf8").trim()}`)).toBe(false);
  });

  test("and floods is killed at 512 KiB, in flat memory", async () => {
    using box = sandbox();
    const path = fakeGit(box, "yes 0123456789");
    expect(gather(box, tree(box), { path })).rejects.toThrow("git config wrote more than 512 KiB");
  });

  test("and dies or fails is reported", async () => {
    using box = sandbox();
    const dying = fakeGit(box, "kill -SEGV $$");
    expect(gather(box, tree(box), { path: dying })).rejects.toThrow(/died of signal 11/);
    const failing = fakeGit(box, "echo 'fatal: detected dubious ownership' >&2; exit 128");
    expect(gather(box, tree(box), { path: failing })).rejects.toThrow(
      "git config exited with 128: fatal: detected dubious ownership",
    );
  });

  test("and prints something else than a status is an error", async () => {
    using box = sandbox();
    const path = fakeGit(box, `case "$*" in *get-regexp*) exit 1;; esac; printf 'hello\\0'`);
    expect(gather(box, tree(box), { path })).rejects.toThrow(/not that of git status/);
  });

  test("because of too many untracked files is run again for tracked ones only, and marked", async () => {
    using box = sandbox();
    const asked = box.path("asked");
    const path = fakeGit(
      box,
      `case "$*" in *get-regexp*) exit 1;; *untracked-files=normal*) echo full >> '${asked}'; exec sleep 61.5;; esac
      echo tracked >> '${asked}'; ${STATUS}; printf '1 .M N... 100644 100644 100644 a b file\\0'`,
    );
    const state = repoState(tree(box));
    const now = Date.now();
    const facts = await gather(box, state.root, { path, state, now });
    expect(facts).toMatchObject({ branch: "main", modified: 1, partial: true });
    expect(facts.untracked).toBeUndefined();
    // The next passes skip the full status for some time.
    await gather(box, state.root, { path, state, now: now + 5_000 });
    expect(readFileSync(asked, "utf8")).toBe("full\ntracked\ntracked\n");
    await gather(box, state.root, { path, state, now: now + 301_000 });
    expect(readFileSync(asked, "utf8")).toBe("full\ntracked\ntracked\nfull\ntracked\n");
  });

  test("with a missing working tree is an error of the part", async () => {
    using box = sandbox();
    expect(gather(box, box.path("gone"))).rejects.toThrow("the git working tree is gone");
  });
});

describe("the output of git status", () => {
  test("is parsed by fields, with arbitrary paths", () => {
    const fields = [
      "# branch.oid 0123456789abcdef0123456789abcdef01234567",
      "# branch.head a b",
      "# branch.upstream origin/a b",
      "# branch.ab +3 -14",
      "# stash 2",
      "1 A. N... 000000 100644 100644 0 1 ? path",
      "1 .M N... 100644 100644 100644 1 1 # branch.head evil",
      "2 R. N... 100644 100644 100644 1 1 R100 new",
      "u not a conflict but the origin of a rename",
      "u UU N... 100644 100644 100644 100644 1 2 3 file",
      "? untracked",
      "! ignored",
    ];
    expect(parseStatus(`${fields.join("\0")}\0`)).toEqual({
      commit: "01234567",
      branch: "a b",
      upstream: "origin/a b",
      ahead: 3,
      behind: 14,
      stashes: 2,
      staged: 2,
      modified: 1,
      conflicts: 1,
      untracked: 1,
    });
  });

  test("that was cut is an error", () => {
    expect(() => parseStatus("# branch.oid 0\0# branch.he")).toThrow(/ends in the middle/);
    expect(() => parseStatus("")).toThrow();
  });
});

describe.skipIf(GIT === null)("more changes than are read (needs git)", () => {
  /** Many files with names of 130 bytes; each takes some 250 bytes of the status. */
  function many(root: string, count: number): string[] {
    mkdirSync(join(root, "many"));
    const names = Array.from({ length: count }, (_, index) => `many/${String(index).padStart(125, "0")}`);
    for (const name of names) writeFileSync(join(root, name), "one\n");
    return names;
  }

  test("are counted as far as they were read, and marked as a lower bound", async () => {
    using box = sandbox();
    const root = repository(box);
    const names = many(root, 3_000);
    commit(root, "many");
    for (const name of names) writeFileSync(join(root, name), "changed\n");
    const state = repoState(root);
    for (const _ of ["a full status", "one without untracked files"]) {
      const facts = await gather(box, root, { state });
      expect(facts).toMatchObject({ branch: "main", staged: 0, conflicts: 0, partial: true, atLeast: true });
      expect(facts.modified).toBeGreaterThan(1_500);
      expect(facts.modified).toBeLessThan(3_000);
      expect(facts.untracked).toBeUndefined();
    }
  });

  test("are exact where only the untracked files are too many", async () => {
    using box = sandbox();
    const root = repository(box);
    for (const name of many(root, 5_000)) renameSync(join(root, name), join(root, name.slice(5)));
    writeFileSync(join(root, "tracked"), "changed\n");
    const facts = await gather(box, root);
    expect(facts).toMatchObject({ modified: 1, partial: true });
    expect(facts.atLeast).toBeUndefined();
  });

  test("do not hide conflicts, which git lists after them", async () => {
    using box = sandbox();
    const root = repository(box);
    const names = many(root, 3_000);
    commit(root, "many");
    git(root, "checkout", "-q", "-b", "other");
    writeFileSync(join(root, "tracked"), "theirs\n");
    commit(root, "theirs");
    git(root, "checkout", "-q", "main");
    writeFileSync(join(root, "tracked"), "ours\n");
    commit(root, "ours");
    expect(() => git(root, "merge", "-q", "other")).toThrow();
    for (const name of names) writeFileSync(join(root, name), "changed\n");
    expect(await gather(box, root)).toMatchObject({ conflicts: 1, atLeast: true, operation: "merge" });
  });

  test("with a cut last record, or a rename without its origin, do not count that one", () => {
    const start = "# branch.oid abc\0# branch.head main\x001 .M N... 1 2 3 a b first\0";
    const parse = (rest: string) => parseStatus(start.replace("\x001", "\0" + "1") + rest, { isCut: true });
    expect(parse("").modified).toBe(1);
    expect(parse("1 .M N... 1 2 3 a b seco").modified).toBe(1);
    expect(parse("2 R. N... 1 2 3 a b R100 new\0")).toMatchObject({ modified: 1, staged: 0 });
    expect(parse("2 R. N... 1 2 3 a b R100 new\0old\0")).toMatchObject({ modified: 1, staged: 1 });
  });
});

describe.skipIf(GIT === null)("an executable of the repository (needs git)", () => {
  /** A `git` in a folder of the repository that creates a mark, and runs the real one. */
  function planted(folder: string, marks: string): void {
    mkdirSync(folder, { recursive: true });
    renameSync(trap(marks, "git", `exec ${GIT} "$@"`), join(folder, "git"));
  }

  test("is not run, in whatever form PATH names it", async () => {
    using box = sandbox();
    const root = repository(box);
    const marks = box.path("marks");
    const folder = join(root, "node_modules/.bin");
    planted(folder, marks);
    symlinkSync(folder, box.path("link-to-folder"));
    mkdirSync(box.path("bin"));
    symlinkSync(join(folder, "git"), box.path("bin/git"));
    for (const entry of [
      folder,
      `${root}/./node_modules/../node_modules/.bin/`,
      box.path("link-to-folder"),
      box.path("bin"),
    ]) {
      const facts = await gather(box, root, { path: `${entry}:${dirname(GIT as string)}` });
      expect(facts.branch).toBe("main");
      expect(sprung(marks)).toEqual([]);
      await expect(gather(box, root, { path: entry })).rejects.toThrow("no git outside of the working tree");
    }
    // A program outside of the repository is run: the trap works.
    planted(box.path("own-bin"), marks);
    await gather(box, root, { path: box.path("own-bin") });
    expect(sprung(marks)).toEqual(["ran-git"]);
  });

  test("of the enclosing repository or of the main working tree is not run either", async () => {
    using box = sandbox();
    const outer = repository(box, "outer");
    const inner = repository(box, "outer/packages/inner");
    const linked = box.path("linked");
    git(outer, "worktree", "add", "-q", linked);
    const marks = box.path("marks");
    planted(join(outer, "tools"), marks);
    for (const root of [inner, linked]) {
      await gather(box, root, { path: `${outer}/tools:${dirname(GIT as string)}` });
      expect(sprung(marks)).toEqual([]);
    }
  });

  test("is trusted when the home directory itself is in git", async () => {
    using box = sandbox();
    git(box.home, "init", "-q", "-b", "main");
    const marks = box.path("marks");
    planted(join(box.home, "bin"), marks);
    await gather(box, box.home, { path: join(box.home, "bin") });
    expect(sprung(marks)).toEqual(["ran-git"]);
  });
});
