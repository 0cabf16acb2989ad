/** Which transcripts are found below the Claude directories, and where links may lead. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { listTranscripts } from "../../src/claude/transcript-walk.ts";
import { openLedger } from "../../src/ledger/index.ts";
import { run, sandbox } from "../helpers/binary.ts";
import { append, said } from "../ledger/lines.ts";

function setUp() {
  const box = sandbox();
  const claude = join(box.home, ".claude");
  const write = (path: string, id = path) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${said({ id, input: 10 })}\n`);
    return path;
  };
  const link = (target: string, path: string) => {
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
    return path;
  };
  const projects = join(claude, "projects");
  return {
    box,
    claude,
    projects,
    write,
    link,
    found: (...more: string[]) => {
      const { files, outside, unreadable } = listTranscripts([claude, ...more]);
      return { files: files.map(({ path }) => path).sort(), outside, unreadable };
    },
    [Symbol.dispose]: () => box[Symbol.dispose](),
  };
}

describe("a symbolic link", () => {
  test("that leads out of the Claude directories is not followed, and reported", () => {
    using here = setUp();
    const own = here.write(join(here.projects, "p/s.jsonl"));
    const foreign = here.write(here.box.path("elsewhere/foreign.jsonl"));
    const links = [
      here.link(here.box.path("elsewhere"), join(here.projects, "p/folder")),
      here.link(here.box.path("elsewhere"), join(here.projects, "project")),
      here.link(foreign, join(here.projects, "p/file.jsonl")),
      here.link("/", join(here.projects, "p/root")),
    ];
    const { files, outside } = here.found();
    expect(files).toEqual([own]);
    expect([...outside].sort()).toEqual(links.sort());
  });

  test("that stays inside is followed, in a circle only once, and a file keeps its own name", () => {
    using here = setUp();
    const own = here.write(join(here.projects, "p/s.jsonl"));
    const stored = here.write(join(here.claude, "archive/old.jsonl"));
    const other = here.write(here.box.path("other/projects/q/t.jsonl"));
    here.link(here.claude, join(here.projects, "a-circle"));
    here.link(here.projects, join(here.projects, "p/circle"));
    here.link(join(here.claude, "archive"), join(here.projects, "archive"));
    here.link(here.box.path("other/projects/q"), join(here.projects, "a-shared"));
    const { files, outside, unreadable } = here.found(here.box.path("other"));
    expect({ outside, unreadable }).toEqual({ outside: [], unreadable: [] });
    expect(files).toHaveLength(3);
    expect(files).toContain(own);
    expect(files).toContain(other);
    expect(files.find((path) => path.endsWith("old.jsonl"))).not.toBe(stored);
  });

  test("may be the directory itself, or its projects folder", () => {
    using here = setUp();
    here.write(here.box.path("data/p/s.jsonl"));
    mkdirSync(here.claude, { recursive: true });
    here.link(here.box.path("data"), here.projects);
    here.link(here.box.path("data/p"), here.box.path("data/again"));
    expect(here.found()).toMatchObject({ files: [join(here.projects, "p/s.jsonl")], outside: [] });
  });

  test("that leads nowhere, or to itself, is skipped", () => {
    using here = setUp();
    const own = here.write(join(here.projects, "p/s.jsonl"));
    here.link("nowhere", join(here.projects, "p/dangling"));
    here.link("itself", join(here.projects, "p/itself"));
    const { files } = here.found();
    expect(files).toEqual([own]);
  });
});

describe("a walk over too much", () => {
  test("ends at its budget, and says so", () => {
    using here = setUp();
    for (let session = 0; session < 30; session++) here.write(join(here.projects, `p/${session}.jsonl`));
    expect(listTranscripts([here.claude], { maxEntries: 20 })).toMatchObject({ cut: "entries" });
    expect(listTranscripts([here.claude], { maxMs: 0 })).toMatchObject({ cut: "time" });
    expect(listTranscripts([here.claude]).cut).toBeUndefined();
  });

  test("marks the figures as partial until a complete look has seen everything", async () => {
    using here = setUp();
    for (let session = 0; session < 30; session++) here.write(join(here.projects, `p${session}/s.jsonl`));
    using ledger = openLedger(here.box.path("ledger.db"));
    const isPartial = () => ledger.accountUsage({ now: Date.now(), timezone: "UTC" }).partial;
    expect(await ledger.index([here.claude], { scan: "active", maxScanMs: 0 })).toMatchObject({
      cut: "time",
      complete: false,
    });
    expect(isPartial()).toBe(true);
    // Transcripts that are not due are neither read nor forgotten.
    await ledger.index([here.claude], { scan: "active" });
    expect(isPartial()).toBe(true);
    await ledger.index([here.claude], { scan: "complete" });
    expect(isPartial()).toBeUndefined();
    await ledger.index([here.claude], { scan: "active" });
    expect(isPartial()).toBeUndefined();
  });
});

test("with a link to / the program counts what is Claude Code's, and doctor names the link", async () => {
  using here = setUp();
  append(here.box.home, "s", said({ id: "own", input: 10 }));
  const link = here.link("/", join(here.projects, "-home-dev-proj/root"));
  const usage = await run(["usage", "daily", "--json"], { env: here.box.env });
  expect(usage.code).toBe(0);
  expect(JSON.parse(usage.stdout).totals.inputTokens).toBe(10);
  const doctor = await run(["doctor"], { env: here.box.env });
  expect(doctor.stdout).toContain("1 symbolic link not");
  expect(doctor.stdout.replace(/\s+/g, "")).toContain(link);
});
