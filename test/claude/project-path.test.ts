import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { directoryLookup, projectPaths, projectSlug } from "../../src/claude/project-path.ts";
import { type Sandbox, sandbox } from "../helpers/binary.ts";
import { writeLines } from "../ledger/lines.ts";

const SLUG = "-home-dev-my-app";
const line = (cwd: string, padding = "") => JSON.stringify({ type: "user", cwd, padding });
const lookup = (box: Sandbox) => directoryLookup([join(box.home, ".claude")]);
const find = (box: Sandbox, slug = SLUG) => lookup(box).projectPath(slug);
const transcript = (box: Sandbox, name: string, ...lines: string[]) =>
  writeLines(join(box.home, ".claude/projects", SLUG, `${name}.jsonl`), lines);

describe("the directory of a project", () => {
  test("is the one of its transcripts that has its slug, whatever the characters", () => {
    for (const path of ["/home/dev/my.app", "/home/dev/my/app", "/home/dev/my_app", "/home/dev/my-app"]) {
      using box = sandbox();
      transcript(box, "s", '{"type":"summary"}', line(path));
      expect(find(box)).toBe(path);
    }
  });
  test("is found above a subdirectory that the session changed into", () => {
    using box = sandbox();
    transcript(box, "s", line("/home/dev/my.app/src/deep"));
    expect(find(box)).toBe("/home/dev/my.app");
  });
  test("is found after lines copied from a session of another project", () => {
    using box = sandbox();
    const copied = Array.from({ length: 30 }, () => line("/home/dev/other", "x".repeat(4_000)));
    transcript(box, "s", ...copied, line("/home/dev/my.app"));
    expect(find(box)).toBe("/home/dev/my.app");
  });
  test("is looked for on disk without transcripts, and unknown if two have the slug", () => {
    using box = sandbox();
    const path = box.path("work/my_app");
    mkdirSync(path, { recursive: true });
    expect(find(box, projectSlug(path))).toBe(path);
    mkdirSync(box.path("work/my.app"));
    expect(find(box, projectSlug(path))).toBeUndefined();
  });
  test("is unknown for a slug of nothing, for lines without one, and for what is not a transcript", () => {
    using box = sandbox();
    expect(find(box, "")).toBeUndefined();
    expect(find(box, "-no-such-directory-anywhere")).toBeUndefined();
    transcript(box, "s", '{"cwd":"relative"}', '{"cwd":"/elsewhere"}', '{"cwd":"\\uZZZZ"}', "not JSON");
    mkdirSync(join(box.home, ".claude/projects", SLUG, "t.jsonl"));
    Bun.spawnSync(["mkfifo", join(box.home, ".claude/projects", SLUG, "a.jsonl")]);
    expect(find(box)).toBeUndefined();
  });
  test("is unknown if transcripts of several have the slug; each session has its own", () => {
    using box = sandbox();
    for (let index = 0; index < 30; index++) transcript(box, `s${index}`, line("/home/dev/my.app"));
    expect(find(box)).toBe("/home/dev/my.app");
    transcript(box, "z", line("/home/dev/my-app/src"));
    const copied = Array.from({ length: 3 }, () => line("/home/dev/other", "x".repeat(4_000)));
    transcript(box, "copied", ...copied, line("/home/dev/my_app"));
    const { projectPath, sessionPath } = lookup(box);
    expect(projectPath(SLUG)).toBeUndefined();
    expect(["s3", "z", "copied"].map((session) => sessionPath(SLUG, session))).toEqual([
      "/home/dev/my.app",
      "/home/dev/my-app",
      "/home/dev/my_app",
    ]);
    expect(["pruned", "../x"].map((session) => sessionPath(SLUG, session))).toEqual([undefined, undefined]);
    expect(projectPaths(SLUG, [join(box.home, ".claude")]).sort()).toEqual([
      "/home/dev/my-app",
      "/home/dev/my.app",
    ]);
  });
  test("of a session without a transcript is that of its project", () => {
    using box = sandbox();
    transcript(box, "s", line("/home/dev/my.app"));
    expect(lookup(box).sessionPath(SLUG, "pruned")).toBe("/home/dev/my.app");
  });
});
