/** Output that cannot be written is an error: a script must not mistake half of it for the whole. */

import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { BINARY, sandbox } from "../helpers/binary.ts";

const ANSWERS = [
  "--help",
  "--version",
  "gather --help",
  "config check",
  "config path",
  "config schema",
  "config schema --markdown",
  "doctor --json",
  "explain --json",
  "gather --json",
  "lock list --json",
  "lock status x",
  "lock status x --json",
  "preview --width 80",
  "segments",
  "segments --json",
  "segments --markdown",
  "selftest --json",
  "sessions",
  "sessions --json",
];

const answer = (words: string, env: Record<string, string | undefined>, stdout: Bun.BunFile | "pipe") =>
  Bun.spawnSync([BINARY, ...words.split(" ")], { env, stdin: "ignore", stdout, stderr: "pipe" });

for (const words of ANSWERS)
  test.skipIf(!existsSync("/dev/full"))(`${words}: a full disk is reported, with exit 74`, () => {
    using box = sandbox();
    Bun.spawnSync([BINARY, "lock", "run", "x", "true"], { env: box.env });
    expect(answer(words, box.env, "pipe").stdout?.length).toBeGreaterThan(0);
    const { exitCode, stderr } = answer(words, box.env, Bun.file("/dev/full"));
    expect({ exitCode, stderr: stderr.toString() }).toEqual({
      exitCode: 74,
      stderr: "plimsoll: cannot write to stdout: No space left on device\n",
    });
  });

test("a reader that exits early is not an error", async () => {
  using box = sandbox();
  const script = `{ "$1" config schema; echo "exit $?" >&2; } | head -n 1`;
  const { stdout, stderr } = await Bun.$`sh -c ${script} sh ${BINARY}`.env(box.env).quiet();
  expect({ stdout: stdout.toString(), stderr: stderr.toString() }).toEqual({
    stdout: "{\n",
    stderr: "exit 0\n",
  });
});
