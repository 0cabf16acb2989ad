import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readHead } from "../../src/claude/head.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "plimsoll-head-")));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function git(directory: string, ...args: string[]): string {
  const result = Bun.spawnSync(
    [
      "git",
      "-C",
      directory,
      "-c",
      "user.name=t",
      "-c",
      "user.email=t@example.com",
      "-c",
      "protocol.file.allow=always",
      ...args,
    ],
    {
      env: { PATH: process.env.PATH ?? "", HOME: root, GIT_CONFIG_NOSYSTEM: "1" },
    },
  );
  if (!result.success) throw new Error(result.stderr.toString());
  return result.stdout.toString().trim();
}

function repository(name: string, branch = "main"): string {
  const directory = join(root, name);
  mkdirSync(directory);
  git(directory, "init", "-q", "-b", branch);
  return directory;
}

describe("the branch, read without git,", () => {
  test("is known before the first commit, and from a nested directory", () => {
    const repo = repository("fresh", "trunk");
    mkdirSync(join(repo, "a/b/c"), { recursive: true });
    expect(readHead(repo)).toEqual({ root: repo, branch: "trunk" });
    expect(readHead(join(repo, "a/b/c/"))).toEqual({ root: repo, branch: "trunk" });
    expect(readHead(join(repo, "gone/long/ago"))).toEqual({ root: repo, branch: "trunk" });
  });

  test("keeps the slashes of its name", () => {
    expect(readHead(repository("slashes", "feature/a/b"))?.branch).toBe("feature/a/b");
  });

  test("is a commit when HEAD is detached", () => {
    const repo = repository("detached");
    git(repo, "commit", "-q", "--allow-empty", "-m", "x");
    git(repo, "checkout", "-q", "--detach");
    expect(readHead(repo)).toEqual({ root: repo, commit: git(repo, "rev-parse", "HEAD") });
  });

  test("is the worktree's own in a linked worktree", () => {
    const repo = repository("linked");
    git(repo, "commit", "-q", "--allow-empty", "-m", "x");
    git(repo, "worktree", "add", "-q", "-b", "side", join(root, "linked-side"));
    expect(readHead(join(root, "linked-side"))).toEqual({
      root: join(root, "linked-side"),
      branch: "side",
      worktree: "linked-side",
    });
  });

  test("is the submodule's own in a submodule with a relative link", () => {
    const inner = repository("inner", "inner-main");
    git(inner, "commit", "-q", "--allow-empty", "-m", "x");
    const outer = repository("outer");
    git(outer, "submodule", "--quiet", "add", inner, "sub");
    git(join(outer, "sub"), "checkout", "-q", "-b", "own");
    expect(readHead(join(outer, "sub"))).toEqual({ root: join(outer, "sub"), branch: "own" });
  });

  test("is undefined outside a repository", () => {
    expect(readHead(root)).toBeUndefined();
    expect(readHead("/")).toBeUndefined();
    expect(readHead("relative")).toBeUndefined();
  });

  test("is unknown where HEAD is a placeholder, as in a reftable repository", () => {
    const repo = repository("reftable");
    writeFileSync(join(repo, ".git/HEAD"), "ref: refs/heads/.invalid\n");
    expect(readHead(repo)).toEqual({ root: repo });
  });

  test("is not read from an invalid HEAD: a FIFO, a link, an oversized file, garbage", () => {
    const repo = repository("hostile");
    const head = join(repo, ".git/HEAD");
    const becomes = (make: () => void) => {
      rmSync(head, { recursive: true });
      make();
      return readHead(repo)?.branch;
    };
    expect(becomes(() => Bun.spawnSync(["mkfifo", head]))).toBeUndefined();
    expect(becomes(() => symlinkSync("/etc/passwd", head))).toBeUndefined();
    expect(becomes(() => mkdirSync(head))).toBeUndefined();
    expect(becomes(() => writeFileSync(head, `ref: refs/heads/${"x".repeat(1e6)}`))).toBeUndefined();
    expect(becomes(() => writeFileSync(head, new Uint8Array([0, 255, 254, 1])))).toBeUndefined();
  });
});
