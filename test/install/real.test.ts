/** The real program, installed as a release, draws its line; and the script is as clean as a linter can see. */
import { expect, test } from "bun:test";
import { hostTarget } from "../../build.ts";
import { BINARY } from "../helpers/binary.ts";
import { ground, INSTALLER, install, tree } from "./installer.ts";
import { release } from "./release.ts";
import { serve } from "./server.ts";

test("the real program is installed from a server, draws its line, and is removed", async () => {
  using box = ground();
  const program = await Bun.file(BINARY).bytes();
  using server = serve(release("", { program, targets: [hostTarget().name], compressed: false }));
  const before = tree(box.root);
  const { code, stdout, stderr } = await install(box, { from: server.address, env: { LANG: "C.UTF-8" } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`is installed: ${box.program}\n`);
  expect(Bun.stripANSI(stdout)).toMatch(/\nSonnet 5\.5 · medium .*\n.* 31% 312k\/1M /);
  expect(Buffer.from(await Bun.file(box.program).bytes()).equals(Buffer.from(program))).toBe(true);
  const removed = await install(box, { args: ["--uninstall"] });
  expect(removed).toMatchObject({ code: 0, stderr: "" });
  expect(tree(box.root)).toEqual(before);
});

test.skipIf(Bun.which("shellcheck") === null)("shellcheck finds nothing (where it is installed)", () => {
  const found = Bun.spawnSync(["shellcheck", "--shell=sh", INSTALLER]);
  expect(found.stdout.toString()).toBe("");
  expect(found.exitCode).toBe(0);
});
