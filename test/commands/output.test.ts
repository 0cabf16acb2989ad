/** What a command cannot say, it has not done well; what nobody reads any more is no error. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { BINARY, sandbox } from "../helpers/binary.ts";

const COMMANDS = [
  ["--help"],
  ["--version"],
  ["gather", "--help"],
  ["config", "schema"],
  ["config", "path"],
  ["segments"],
  ["preview"],
  ["sessions"],
  ["usage", "daily"],
  ["doctor", "--json"],
];

describe.skipIf(!existsSync("/dev/full"))("on a full disk", () => {
  test.each(COMMANDS.map((command) => [command.join(" "), command] as const))(
    "%s fails with 74",
    (_, command) => {
      using box = sandbox();
      const { exitCode, stderr } = Bun.spawnSync([BINARY, ...command], {
        env: box.env,
        cwd: box.home,
        stdin: "ignore",
        stdout: Bun.file("/dev/full"),
      });
      expect(stderr.toString()).toContain("standard output cannot be written: no space left on device");
      expect(exitCode).toBe(74);
    },
  );
});

test("a pipe that nobody reads any more ends a command quietly", () => {
  using box = sandbox();
  // Until the reader has ended, the shell writes.
  const script = `{ trap '' PIPE; while echo x; do :; done 2>/dev/null; "$@"; echo "exit $?" >&2; } | true`;
  const { stderr } = Bun.spawnSync(["sh", "-c", script, "sh", BINARY, "config", "schema"], { env: box.env });
  expect(stderr.toString()).toBe("exit 0\n");
});
