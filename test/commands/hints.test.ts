/** Every command has a help text, and rejects what it does not know with exit code 2 and a hint. */
import { expect, test } from "bun:test";
import { COMMANDS } from "../../src/commands/index.ts";
import { run, sandbox } from "../helpers/binary.ts";

test("every command has help, and rejects what it does not know with exit code 2 and a hint", async () => {
  using box = sandbox();
  for (const name of Object.keys(COMMANDS)) {
    const help = await run([name, "--help"], { env: box.env });
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain(`Usage: plimsoll ${name}`);
    expect((await run([name, "--version"], { env: box.env })).stdout).toStartWith("plimsoll ");
    // These never lose their row to a mistake in the command: they show the error and exit with 0.
    if (name === "display" || name === "subagents") continue;
    expect(await run([name, "--no-such-option"], { env: box.env })).toMatchObject({ code: 2, stdout: "" });
  }
  const unknown = await run(["displya"], { env: box.env });
  expect(unknown).toMatchObject({ code: 2, stdout: "" });
  expect(unknown.stderr).toContain("did you mean 'plimsoll display'?");
  const option = await run(["display", "--no-such-option"], { env: box.env });
  expect(option.code).toBe(0);
  expect(option.stdout).toContain("--no-such-option");
});
