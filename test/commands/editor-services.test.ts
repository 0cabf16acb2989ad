/** What the editor does to files, without a terminal. */
import { expect, test } from "bun:test";
import { existsSync, lstatSync, writeFileSync } from "node:fs";
import { editorServices } from "../../src/commands/config/editor-services.ts";
import { sandbox } from "../helpers/binary.ts";

test("an export replaces a file only when asked to, and a pipe never", () => {
  using box = sandbox();
  const services = editorServices(box.path("config.json"));
  const pipe = box.path("pipe");
  Bun.spawnSync(["mkfifo", pipe]);
  expect(services.write(pipe, "{}", true)).toEqual({ error: `${pipe} is not a regular file` });
  expect(lstatSync(pipe).isFIFO()).toBe(true);
  const file = box.path("file.json");
  writeFileSync(file, "mine");
  expect(services.write(file, "{}", false)).toEqual({ exists: file });
  expect(services.write(file, "{}", true)).toEqual({ path: file });
});

test("a new configuration gets its schema, and one that was removed is reported as such", async () => {
  using box = sandbox();
  const path = box.path("new/config.json");
  const { save } = editorServices(path);
  expect(await save("{}", "{ }", false)).toEqual({ changed: "removed" });
  expect(await save("{}", undefined, false)).toHaveProperty("report");
  expect(existsSync(box.path("new/config.schema.json"))).toBe(true);
  expect(await save("{}", undefined, false)).toEqual({ changed: "edited" });
});
