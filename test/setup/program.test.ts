import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { findFragility } from "../../src/setup/fragile-path.ts";
import { programName } from "../../src/setup/program.ts";
import { type Sandbox, sandbox } from "../helpers/binary.ts";

/** A program in `opt/Cellar/plimsoll/1.2.0`, as installed by Homebrew, and links to it. */
function versionedInstall(): Sandbox & {
  name(as: string, path: string[], shared?: boolean): ReturnType<typeof programName>;
} {
  const box = sandbox();
  for (const folder of ["opt/Cellar/plimsoll/1.2.0", "opt/bin", "node_modules/.bin", "other"])
    mkdirSync(box.path(folder), { recursive: true });
  const executable = box.path("opt/Cellar/plimsoll/1.2.0/plimsoll");
  for (const file of [executable, box.path("other/plimsoll")]) {
    writeFileSync(file, "#!/bin/sh\n");
    chmodSync(file, 0o755);
  }
  symlinkSync(executable, box.path("opt/bin/plimsoll"));
  symlinkSync(executable, box.path("node_modules/.bin/plimsoll"));
  const name = (as: string, path: string[], shared = false) =>
    programName(
      { env: { PATH: path.map((each) => box.path(each)).join(":") }, cwd: box.root, as, executable },
      { shared },
    );
  return Object.assign(box, { name });
}

test("a name on PATH that is this program is preferred to the path it was started by, and that to its own", () => {
  using here = versionedInstall();
  const started = here.path("opt/Cellar/plimsoll/1.2.0/plimsoll");
  expect(here.name(started, ["other", "opt/bin"]).program).toBe(here.path("opt/bin/plimsoll"));
  expect(here.name("./opt/bin/plimsoll", ["other"]).program).toBe(here.path("opt/bin/plimsoll"));
  expect(here.name("plimsoll", ["other"]).program).toBe(started);
  // argv[0] named another program, or was invented.
  expect(here.name("./other/plimsoll", []).program).toBe(started);
});

test("of several names, a permanent one", () => {
  using here = versionedInstall();
  expect(here.name("plimsoll", ["node_modules/.bin", "opt/bin"]).program).toMatch(/bin\/plimsoll$/);
  expect(findFragility("/home/u/x/node_modules/.bin/plimsoll", {})?.text).toContain("node_modules");
});

test("for a shared file: the bare name if it is this program, else a path and a warning", () => {
  using here = versionedInstall();
  expect(here.name("plimsoll", ["opt/bin", "other"], true)).toEqual({ program: "plimsoll" });
  // The first on PATH is what a shell would run.
  const other = here.name("plimsoll", ["other", "opt/bin"], true);
  expect(other.program).toBe(here.path("opt/bin/plimsoll"));
  expect(other.fragility?.text).toContain("shared with the project");
});

test("paths that an update, a clean-up or a reboot removes", () => {
  for (const [path, why] of [
    ["/opt/homebrew/Cellar/plimsoll/0.1.0/bin/plimsoll", "Homebrew"],
    ["/nix/store/abc-plimsoll/bin/plimsoll", "Nix store"],
    ["/home/u/.npm/_npx/12ab/node_modules/.bin/plimsoll", "cache"],
    ["/home/u/p/node_modules/.bin/plimsoll", "node_modules"],
    ["/tmp/x/plimsoll", "temporary"],
    ["/private/var/folders/ab/T/plimsoll", "temporary"],
    ["/scratch/x/plimsoll", "temporary"],
    ["/opt/plimsoll-0.2.1/bin/plimsoll", "one version"],
    ["/home/u/.mise/installs/plimsoll/0.2/plimsoll", "one version"],
    ["/home/u/bin/plimsoll-linux-x64", "named like a download"],
    [`${import.meta.dir}/../../dist/plimsoll`, "a checkout"],
  ] as const)
    expect([path, findFragility(path, { TMPDIR: "/scratch/" })?.text]).toEqual([
      path,
      expect.stringContaining(why),
    ]);
  for (const path of [
    "/usr/local/bin/plimsoll",
    "/opt/homebrew/bin/plimsoll",
    "/home/u/.local/bin/plimsoll",
    "/home/u/dist/plimsoll",
    "/home/u/.nix-profile/bin/plimsoll",
  ])
    expect([path, findFragility(path, { TMPDIR: "/scratch" })]).toEqual([path, undefined]);
});
