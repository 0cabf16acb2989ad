/** Every command has a help text, and rejects what it does not know with exit code 2 and a hint. */
import { expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { COMMANDS } from "../../src/commands/index.ts";
import { BINARY, run, sandbox } from "../helpers/binary.ts";

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
  expect(unknown.stderr).toContain(`did you mean '${BINARY} display'?`);
  const option = await run(["display", "--no-such-option"], { env: box.env });
  expect(option.code).toBe(0);
  expect(option.stdout).toContain("--no-such-option");
  expect(await run(["subagents", "--no-such-option"], { env: box.env })).toMatchObject({
    code: 0,
    stdout: "",
    stderr: `plimsoll: unknown option '--no-such-option'\n  hint: see '${BINARY} subagents --help'\n`,
  });
});

test("commands in messages run as they are printed: by name if PATH has the program, else by its path", async () => {
  using box = sandbox();
  const hintFor = async (env: Record<string, string>, argv0?: string) => {
    const { stderr } = await run(["segments", "nothing-like-it"], { env, ...(argv0 ? { argv0 } : {}) });
    return /hint: (.*) lists/.exec(stderr)?.[1];
  };
  expect(await hintFor(box.env)).toBe(`'${BINARY} segments'`);
  mkdirSync(box.path("a b"));
  const link = box.path("a b/plimsoll");
  symlinkSync(BINARY, link);
  // The link survives an update of the program. A path in quotes is not in quotes again.
  expect(await hintFor(box.env, link)).toBe(`'${link}' segments`);
  expect(await hintFor({ ...box.env, PATH: box.path("a b") })).toBe("'plimsoll segments'");
  // Another program of that name.
  mkdirSync(box.path("other"));
  symlinkSync("/bin/true", box.path("other/plimsoll"));
  expect(await hintFor({ ...box.env, PATH: box.path("other") })).toBe(`'${BINARY} segments'`);
  const shown = Bun.spawnSync(["/bin/sh", "-c", `${await hintFor(box.env, link)} | head -n 1`], {
    env: box.env,
  });
  expect(shown.stdout.toString()).toStartWith("model");
});
