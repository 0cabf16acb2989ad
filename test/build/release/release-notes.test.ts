/** Before a build, the tag must match package.json and CHANGELOG.md. */
import { expect, test } from "bun:test";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { $ } from "bun";
import { type Sandbox, sandbox } from "../../helpers/binary.ts";

const SCRIPT = join(import.meta.dir, "../../../.ci/release-notes");

/** A checkout at version 1.2.0 with this changelog. */
async function notes(box: Sandbox, changelog: string, tag: string, ...releases: string[]) {
  mkdirSync(box.path("checkout/.ci"), { recursive: true });
  cpSync(SCRIPT, box.path("checkout/.ci/release-notes"));
  await Bun.write(
    box.path("checkout/package.json"),
    `${JSON.stringify({ name: "plimsoll", version: "1.2.0", type: "module" }, null, 2)}\n`,
  );
  await Bun.write(box.path("checkout/CHANGELOG.md"), changelog);
  const ended = await $`${box.path("checkout/.ci/release-notes")} ${tag} ${releases}`.quiet().nothrow();
  return { code: ended.exitCode, out: ended.stdout.toString(), err: ended.stderr.toString() };
}

const RELEASED = "# Changelog\n\n## 1.2.0 (2026-12-01)\n\n- New.\n\n## 1.1.0 (2026-11-01)\n\n- Old.\n";

test("the notes are the section of the version in the changelog", async () => {
  using box = sandbox();
  const { code, out, err } = await notes(box, RELEASED, "v1.2.0");
  expect({ code, out: out.trim(), err }).toEqual({ code: 0, out: "- New.", err: "" });
});

test("with the address of the releases the notes begin with a line to paste", async () => {
  using box = sandbox();
  const { out } = await notes(box, RELEASED, "v1.2.0", "https://example.org/o/n/releases");
  expect(out.trim()).toBe(
    "```sh\ncurl -fsSL https://example.org/o/n/releases/download/v1.2.0/install.sh | sh && ~/.local/bin/plimsoll setup\n```\n\n- New.",
  );
});

test.each([
  ["another tag", RELEASED, "v1.2.1", "expected v1.2.0"],
  ["no 'v'", RELEASED, "1.2.0", "expected v1.2.0"],
  ["no heading", RELEASED.replace("## 1.2.0", "## 1.2.01"), "v1.2.0", "no heading '## 1.2.0'"],
  ["not yet released", RELEASED.replace("2026-12-01", "unreleased"), "v1.2.0", "add its date"],
  ["no text", RELEASED.replace("- New.", ""), "v1.2.0", "no text under"],
])("fails for %s", async (_name, changelog, tag, message) => {
  using box = sandbox();
  const { code, out, err } = await notes(box, changelog, tag);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toContain(message);
});
