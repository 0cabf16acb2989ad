/** In a checkout the installer builds the files, unless it is given a release. */
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json";
import { INSTALLER, type InstallSandbox, install, installSandbox } from "./installer.ts";
import { program, publish, release, SHARED } from "./release.ts";

/** A checkout whose build writes a script, and a Bun that runs it. @returns how to install from it */
function checkout(box: InstallSandbox, shared: readonly string[]) {
  const directory = box.path("a checkout");
  mkdirSync(join(directory, "bin"), { recursive: true });
  const write = (name: string, content: string) =>
    writeFileSync(join(directory, name), content, { mode: 0o755 });
  write("install.sh", readFileSync(INSTALLER, "utf8"));
  write(
    "package.json",
    JSON.stringify({ name: "plimsoll", devDependencies: manifest.devDependencies }, null, 2),
  );
  write("build.ts", "");
  const builds = shared.map((name) => `mkdir -p dist/${name}; rmdir dist/${name}; echo built >dist/${name}`);
  write(
    "bin/bun",
    `#!/bin/sh
case $1 in
  --version) echo ${manifest.devDependencies.bun} ;;
  build.ts) echo "dist/plimsoll  114.3 MB"; mkdir -p dist; cp ../program dist/plimsoll; ${builds.join("; ")} ;;
  run) echo "ran $2" ;;
esac
`,
  );
  writeFileSync(box.path("program"), program("3.0.0"), { mode: 0o755 });
  return {
    ...box,
    script: join(directory, "install.sh"),
    env: { ...box.env, PATH: `${directory}/bin:${box.env.PATH}` },
  };
}

test("the program and its files are built and installed", async () => {
  for (const shared of [[], SHARED]) {
    using box = checkout(installSandbox(), shared);
    const { code, stdout, stderr } = await install(box, { args: ["--prefix", "here"], cwd: box.home });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`plimsoll 3.0.0 (test) is installed: ${box.home}/here/bin/plimsoll\n`);
    expect(stdout).toStartWith("Building Plimsoll …\n");
    expect(stdout).not.toContain("MB");
    for (const name of shared) expect(readFileSync(join(box.home, "here", name), "utf8")).toBe("built\n");
  }
});

test("npm installs a missing Bun without its own notices", async () => {
  using box = checkout(installSandbox(), []);
  const directory = join(box.script, "..");
  mkdirSync(join(directory, "node_modules/bun/bin"), { recursive: true });
  renameSync(join(directory, "bin/bun"), join(directory, "bun"));
  writeFileSync(
    join(directory, "bin/npm"),
    `#!/bin/sh
case " $* " in *" --no-update-notifier "*) ;; *) echo "npm notice New minor version of npm available!" >&2 ;; esac
mv bun node_modules/bun/bin/bun.exe
`,
    { mode: 0o755 },
  );
  expect(await install(box)).toMatchObject({ code: 0, stderr: "" });
});

test("it works from any directory, regardless of CDPATH", async () => {
  using box = checkout(installSandbox(), []);
  mkdirSync(box.path("decoy/a checkout"), { recursive: true });
  const env = { CDPATH: box.path("decoy") };
  const relative = { ...box, script: "a checkout/install.sh" };
  expect(await install(relative, { env })).toMatchObject({ code: 0, stderr: "" });
});

test("'install.sh test' checks and tests, and installs nothing", async () => {
  using box = checkout(installSandbox(), []);
  const { code, stdout } = await install(box, { args: ["test"] });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "ran check\nran test\n" });
});

test("with a URL a release is downloaded; a version alone requires one", async () => {
  using box = checkout(installSandbox(), []);
  const from = publish(release("1.2.3"), box.path("release"));
  expect((await install(box, { from })).stdout).toContain("plimsoll 1.2.3 (test) is installed");
  const { code, stderr } = await install(box, { args: ["--version", "1.2.3"] });
  expect(code).toBe(1);
  expect(stderr).toContain("set PLIMSOLL_BASE_URL");
});

test("a script on stdin does not belong to a checkout, wherever it is run", async () => {
  using box = checkout(installSandbox(), []);
  const child = Bun.spawnSync(["sh"], {
    stdin: Bun.file(INSTALLER),
    cwd: join(box.script, ".."),
    env: { ...box.env, PLIMSOLL_BASE_URL: "" },
  });
  expect(child.exitCode).toBe(1);
  expect(child.stderr.toString()).toContain("set PLIMSOLL_BASE_URL");
});
