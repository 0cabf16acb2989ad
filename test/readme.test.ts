/** What the README says of the program is what the program says of itself. */
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../src/commands/index.ts";
import { run, sandbox } from "./helpers/binary.ts";

const ROOT = join(import.meta.dir, "..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");

test("the README's table of segments is the program's own", async () => {
  using box = sandbox();
  const { stdout } = await run(["segments", "--markdown"], { env: box.env });
  expect(README.includes(stdout.trim())).toBe(true);
});

test("the README's reference of settings is the program's own", async () => {
  using box = sandbox();
  const { stdout } = await run(["config", "schema", "--markdown"], { env: box.env });
  expect(README.includes(stdout.trim())).toBe(true);
});

test("what the README points to is there", () => {
  const paths = [
    ...README.matchAll(/`((?:test|src)\/[\w./-]+)`/g),
    ...README.matchAll(/(?:src|srcset)="([^":]+)"/g),
    ...README.matchAll(/\]\((?!#|https?:)([^)]+)\)/g),
  ].map(([, path]) => path as string);
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  const anchors = [...README.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor as string);
  const headings = [...README.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slug(heading as string));
  expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);
});

/** A heading's anchor as GitHub makes it. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .replaceAll(" ", "-");

test("the README names every command", () => {
  const missing = Object.keys(COMMANDS).filter((name) => !README.includes(`plimsoll ${name}`));
  expect(missing).toEqual([]);
});

test("every command explains itself, and refuses what it does not know with exit 2 and a hint", async () => {
  using box = sandbox();
  for (const name of Object.keys(COMMANDS)) {
    const help = await run([name, "--help"], { env: box.env });
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain(`Usage: plimsoll ${name}`);
    expect((await run([name, "--version"], { env: box.env })).stdout).toStartWith("plimsoll ");
    // The line itself is never lost to a mistake in the command: it says what is wrong, and exits 0.
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
