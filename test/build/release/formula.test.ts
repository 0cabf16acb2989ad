/** The Homebrew formula, evaluated as by Homebrew. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { $ } from "bun";
import manifest from "../../../package.json";
import { type Sandbox, sandbox } from "../../helpers/binary.ts";
import { ADDRESS, make, sums } from "./made.ts";

setDefaultTimeout(60_000);

type Machine = readonly [system: string, processor: string, target: string];

const hasRuby = Bun.which("ruby") !== null;
describe.skipIf(!hasRuby)(`the formula${hasRuby ? "" : " (no ruby on this machine)"}`, () => {
  /** The formula's data on such a machine, after installing it below the prefix. */
  async function install(box: Sandbox, [system, processor, target]: Machine, ...more: string[]) {
    await make(box.path("dist"));
    await $`tar -xzf ${box.path("dist", `plimsoll-${target}.tar.gz`)} -C ${box.root}`;
    const script = join(import.meta.dir, "homebrew.rb");
    const words = [box.path("dist/plimsoll.rb"), system, processor, box.path("prefix"), ...more];
    const ruby = Bun.spawn(["ruby", "-w", script, ...words], {
      cwd: box.path(`plimsoll-${target}`),
      env: box.env,
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err] = await Promise.all([
      new Response(ruby.stdout).text(),
      new Response(ruby.stderr).text(),
    ]);
    expect({ code: await ruby.exited, err }).toEqual({ code: 0, err: "" });
    return JSON.parse(out);
  }

  for (const machine of [
    ["macos", "arm", "darwin-arm64"],
    ["macos", "intel", "darwin-x64"],
    ["linux", "arm", "linux-arm64"],
    ["linux", "intel", "linux-x64"],
  ] as const satisfies Machine[])
    test(`on ${machine.join(", ")}: names the archive and its sum, and installs all of it`, async () => {
      using box = sandbox();
      const said = await install(box, machine);
      const archive = `plimsoll-${machine[2]}.tar.gz`;
      expect(said).toEqual({
        desc: expect.any(String),
        homepage: "https://example.org/owner/plimsoll",
        version: manifest.version,
        license: manifest.license,
        url: `${ADDRESS}/download/v${manifest.version}/${archive}`,
        sha256: sums(box.path("dist")).get(archive),
        caveats: expect.stringContaining("plimsoll setup"),
      });
      const installed = (await $`find . -type f`.cwd(box.path("prefix")).text()).trim().split("\n").sort();
      expect(installed).toEqual([
        "./bin/plimsoll",
        "./etc/bash_completion.d/plimsoll",
        "./share/doc/plimsoll/CHANGELOG.md",
        "./share/doc/plimsoll/LICENSE",
        "./share/doc/plimsoll/README.md",
        "./share/doc/plimsoll/config.schema.json",
        "./share/doc/plimsoll/manual.md",
        "./share/fish/vendor_completions.d/plimsoll.fish",
        "./share/man/man1/plimsoll.1",
        "./share/zsh/site-functions/_plimsoll",
      ]);
    });

  test("passes its own test", async () => {
    using box = sandbox();
    await install(box, ["linux", "intel", "linux-x64"], "test");
  });
});
