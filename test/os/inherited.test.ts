/** What a wrapper was started with reaches its command as it was: descriptors, and the limit of open files. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { BINARY, sandbox } from "../helpers/binary.ts";

const onLinux = process.platform === "linux";
const box = sandbox();
mkdirSync(box.path("bin"));
for (const name of ["flock", "timeout"]) symlinkSync(BINARY, box.path(`bin/${name}`));
afterAll(() => box[Symbol.dispose]());

const WRAPPERS = [
  ["timeout", `${box.path("bin/timeout")} 20`],
  ["flock", `${box.path("bin/flock")} lock`],
  ["flock --close", `${box.path("bin/flock")} -o lock`],
  ["flock --no-fork", `${box.path("bin/flock")} -F lock`],
  ["plimsoll run", `${BINARY} run 20`],
  ["plimsoll run --max-output", `${BINARY} run --max-output 1M 20`],
  ["plimsoll lock run", `${BINARY} lock run it`],
  ["plimsoll lock run --close", `${BINARY} lock run --close it`],
] as const;

function shell(script: string): string {
  const { stdout } = Bun.spawnSync(["/bin/sh", "-c", script], { env: box.env, cwd: box.root });
  return stdout.toString();
}

describe.each(WRAPPERS)("%s", (name, wrapper) => {
  test("passes on the descriptors that it inherited, and of its own only a lock to inherit", () => {
    writeFileSync(box.path("in"), "");
    const script = `exec 3<in 4<in 9<in; ${wrapper} sh -c 'for fd in /dev/fd/*; do readlink "$fd"; done; echo to9 >&8' 8>out`;
    const links = shell(script)
      .split("\n")
      .filter((link) => link.startsWith(box.root) || link.startsWith("anon_inode"));
    const locks = links.filter((link) => /\/(lock|it\.lock)$/.test(link));
    expect(locks).toHaveLength(/flock|lock run/.test(name) && !name.includes("--close") ? 1 : 0);
    expect(links.filter((link) => !locks.includes(link)).sort()).toEqual([
      ...["in", "in", "in", "out"].map((file) => box.path(file)),
    ]);
    expect(shell("cat out")).toBe("to9\n");
  });

  test.skipIf(!onLinux)("leaves the soft limit of open files where it was", () => {
    expect(shell(`ulimit -Sn 200; ulimit -Hn 400; ${wrapper} sh -c 'ulimit -Sn; ulimit -Hn'; :`)).toBe(
      "200\n400\n",
    );
    // Set for the wrapper only: then its parent's limit does not apply.
    expect(shell(`(ulimit -n 300; exec ${wrapper} sh -c 'ulimit -Sn; ulimit -Hn'); :`)).toBe("300\n300\n");
  });
});
