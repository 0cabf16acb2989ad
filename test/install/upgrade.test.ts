/** A render during an upgrade never finds the program missing or incomplete. */
import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../helpers/binary.ts";
import { install, installSandbox, tree } from "./installer.ts";
import { createInstallation, publish, release, SHARED } from "./release.ts";

test("concurrent upgrades and downgrades during renders", async () => {
  using box = installSandbox();
  createInstallation("1.0.0", box.prefix);
  const versions = ["1.0.0", "2.0.0"].map((version) => publish(release(version), box.path(version)));
  const [drawn, stop] = [box.path("drawn"), box.path("stop")];
  writeFileSync(drawn, "");
  await using renders = Bun.spawn(
    [
      "sh",
      "-c",
      `until [ -e "$2" ]; do "$0" display || echo "exit $?"; done >>"$1" 2>&1`,
      box.program,
      drawn,
      stop,
    ],
    { env: box.env },
  );
  const lines = () => readFileSync(drawn, "utf8").trim().split("\n");
  for (let round = 0; round < 4; round++) {
    const ends = await Promise.all(versions.map((from) => install(box, { from })));
    expect(ends.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      versions.map(() => ({ code: 0, stderr: "" })),
    );
    // All files are of one version.
    const [, version] = /"plimsoll (\S+) /.exec(readFileSync(box.program, "utf8")) ?? [];
    for (const name of SHARED)
      expect(readFileSync(join(box.prefix, name), "utf8")).toBe(`${name} of ${version}\n`);
    const soFar = lines().length;
    await until("it is drawn again", () => lines().length > soFar);
  }
  writeFileSync(stop, "");
  await renders.exited;
  expect([...new Set(lines())].sort()).toEqual(["the line of 1.0.0", "the line of 2.0.0"]);
  expect(tree(box.prefix).filter((line) => line.includes(".plimsoll-install"))).toEqual([]);
  expect(existsSync(box.program)).toBe(true);
});
