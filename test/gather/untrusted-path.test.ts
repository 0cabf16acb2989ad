/** Programs in the working tree, on PATH by an absolute entry: the compiled binary runs none of them. */
import { expect, test } from "bun:test";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { readState } from "../../src/state/scopes.ts";
import { GIT, sprung, trap } from "./repositories.ts";
import { configure, gather, payload, type World, world, writeConfig } from "./world.ts";

/** A program in a folder that creates a mark. */
function plant(marks: string, folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  renameSync(trap(marks, name, "echo planted"), join(folder, name));
}

const gatherIn = (here: World, cwd: string, path: string, more: object = {}) =>
  gather(here, {
    args: ["--force"],
    stdin: payload("s", here.session("s"), cwd, more),
    env: { PATH: path },
  });

test.skipIf(GIT === null)("git, a user's command and its interpreter are looked for elsewhere", async () => {
  using here = world();
  const root = here.repo("repo");
  const marks = here.box.path("marks");
  const bin = join(root, "node_modules/.bin");
  for (const name of ["git", "planted-tool", "sh", "ccusage"]) plant(marks, bin, name);
  // A user's program with an interpreter that is looked up in PATH.
  const own = here.box.path("own");
  mkdirSync(own);
  await Bun.write(join(own, "own-tool"), "#!/usr/bin/env sh\necho own\n");
  await Bun.$`chmod +x ${join(own, "own-tool")}`.quiet();
  const command = (name: string) => ({ run: [name] as [string], refreshMs: 1_000, deadlineMs: 5_000 });
  configure(here, { planted: command("planted-tool"), own: command("own-tool") });

  const { report } = await gatherIn(here, root, `${bin}:${own}:/usr/bin:/bin`);
  expect(sprung(marks)).toEqual([]);
  expect(report.parts.find(({ part }) => part === "git")?.outcome).toBe("good");
  const commands = readState(here.paths, "session", "s")?.parts.commands?.value;
  expect(commands?.own?.text).toBe("own");
  expect(commands?.planted?.error).toContain("not found in PATH");

  // The session has changed to another directory; PATH is still that of its project.
  const elsewhere = here.repo("elsewhere");
  const moved = { workspace: { current_dir: elsewhere, project_dir: root, added_dirs: [] } };
  await gatherIn(here, elsewhere, `${bin}:${own}:/usr/bin:/bin`, moved);
  expect(sprung(marks)).toEqual([]);

  // The traps work: in a directory that is not a working tree.
  const outside = here.box.path("outside");
  for (const name of ["planted-tool"]) plant(marks, outside, name);
  await gatherIn(here, root, `${outside}:${own}:/usr/bin:/bin`);
  expect(sprung(marks)).toEqual(["ran-planted-tool"]);
});

test.skipIf(GIT === null)("working trees that are linked to the same repository count as well", async () => {
  using here = world();
  const root = here.repo("repo");
  const marks = here.box.path("marks");
  const [one, two] = [here.box.path("one"), here.box.path("two")];
  for (const tree of [one, two])
    await Bun.$`${GIT} -C ${root} -c user.email=a@b -c user.name=a worktree add -q --detach ${tree}`.quiet();
  plant(marks, join(two, "bin"), "git");
  for (const cwd of [root, one, two]) await gatherIn(here, cwd, `${join(two, "bin")}:/usr/bin:/bin`);
  expect(sprung(marks)).toEqual([]);
});

test.skipIf(GIT === null)("the part reports when the only git is the repository's own", async () => {
  using here = world();
  const root = here.repo("repo");
  const marks = here.box.path("marks");
  plant(marks, join(root, "bin"), "git");
  const { report } = await gatherIn(here, root, join(root, "bin"));
  expect(report.parts.find(({ part }) => part === "git")?.error).toBe(
    `no git outside of the working tree (${root}/bin/git is not run)`,
  );
  expect(sprung(marks)).toEqual([]);
});

test("ccusage of the project is not run", async () => {
  using here = world();
  const cwd = here.box.path("project");
  const marks = here.box.path("marks");
  plant(marks, join(cwd, "node_modules/.bin"), "ccusage");
  writeConfig(here, { billing: { source: "ccusage" } });
  const { report } = await gatherIn(here, cwd, `${join(cwd, "node_modules/.bin")}:/usr/bin:/bin`);
  expect(report.parts.find(({ scope, part }) => scope === "account" && part === "usage")?.error).toContain(
    "not found",
  );
  expect(sprung(marks)).toEqual([]);
});
