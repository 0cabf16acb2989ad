/** Git repositories for tests, friendly and hostile. git is called without the machine's own configuration. */
import { chmodSync, existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../helpers/binary.ts";

export const GIT = Bun.which("git");

/** A repository with one commit of one file, `tracked`. */
export function repository(box: Sandbox, name = "repo"): string {
  const root = box.path(name);
  mkdirSync(root, { recursive: true });
  git(root, "init", "-q", "-b", "main");
  writeFileSync(join(root, "tracked"), "one\n");
  commit(root, "first");
  return root;
}

export function commit(root: string, message: string): void {
  git(root, "add", "-A");
  git(root, "commit", "-q", "--allow-empty", "-m", message);
}

/** Run plain git. @returns its output */
export function git(cwd: string, ...args: string[]): string {
  const done = Bun.spawnSync([GIT ?? "git", "-c", "protocol.file.allow=always", ...args], {
    cwd,
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      HOME: "/nonexistent",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "T",
      GIT_AUTHOR_EMAIL: "t@example.org",
      GIT_COMMITTER_NAME: "T",
      GIT_COMMITTER_EMAIL: "t@example.org",
    },
  });
  if (!done.success) throw new Error(`git ${args.join(" ")}: ${done.stderr}`);
  return done.stdout.toString();
}

/** A program that creates a file named `what` in `marks`, and then runs `then`. */
export function trap(marks: string, what: string, then = "exit 0"): string {
  mkdirSync(marks, { recursive: true });
  const path = join(marks, `trap-${what.replaceAll("/", "_")}.sh`);
  writeFileSync(
    path,
    `#!/bin/sh\necho ran > '${join(marks, `ran-${what.replaceAll("/", "_")}`)}'\n${then}\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

/** Every setting by which a repository can make git run something, each with its own trap. */
export function boobyTrap(root: string, marks: string): void {
  const set = (key: string, value: string) => git(root, "config", key, value);
  const program = (what: string, then?: string) => trap(marks, what, then);
  set("core.fsmonitor", program("fsmonitor"));
  set("core.hooksPath", join(root, "hooks"));
  mkdirSync(join(root, "hooks"));
  for (const hook of [
    "post-index-change",
    "pre-commit",
    "post-checkout",
    "reference-transaction",
    "pre-auto-gc",
  ]) {
    writeFileSync(join(root, "hooks", hook), `#!/bin/sh\nexec '${program(`hook-${hook}`)}' "$@"\n`);
    chmodSync(join(root, "hooks", hook), 0o755);
  }
  for (const filter of ["evil", "with.dot", "With Blank"]) {
    set(`filter.${filter}.clean`, `${program(`clean-${filter}`)}; cat`);
    set(`filter.${filter}.smudge`, `${program(`smudge-${filter}`)}; cat`);
    set(`filter.${filter}.required`, "true");
  }
  set("filter.longrunning.process", program("process"));
  set("filter.longrunning.required", "true");
  writeFileSync(
    join(root, ".git/info/attributes"),
    "*.evil filter=evil diff=evil\n*.dot filter=with.dot\n*.process filter=longrunning\n*.worded -text\n",
  );
  set("diff.external", program("diff-external"));
  set("diff.evil.textconv", program("textconv"));
  set("diff.evil.command", program("diff-command"));
  for (const name of ["status", "config"]) set(`alias.${name}`, `!${program(`alias-${name}`)}`);
  for (const key of [
    "core.pager",
    "pager.status",
    "pager.config",
    "core.editor",
    "core.sshCommand",
    "core.askPass",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "credential.helper",
    "gpg.program",
    "uploadpack.packObjectsHook",
    "interactive.diffFilter",
    "sequence.editor",
  ])
    set(key, program(key));
  set("status.submoduleSummary", "true");
  set("log.showSignature", "true");
  writeFileSync(join(root, "git"), `#!/bin/sh\nexec '${program("git-in-the-directory")}'\n`);
  chmodSync(join(root, "git"), 0o755);
  // Same size, other time: git has to read them, and therefore to filter them, to find changes.
  for (const name of ["a.evil", "b.dot", "c.process"]) writeFileSync(join(root, name), "two\n");
  // Other time, same content: plain git updates its index, and calls a hook for that.
  utimesSync(join(root, "tracked"), new Date(2020, 1), new Date(2020, 1));
}

/** The traps that were triggered. */
export function sprung(marks: string): string[] {
  return existsSync(marks) ? [...new Bun.Glob("ran-*").scanSync({ cwd: marks })].sort() : [];
}
