/** What a pass looks at, and when it looks at everything. */
import { describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type IndexOptions, openLedger } from "../../src/ledger/index.ts";
import { COMPLETE_MS, RECENT } from "../../src/ledger/watch-list.ts";
import { sandbox } from "../helpers/binary.ts";
import { said } from "./lines.ts";
import { dbOf, messagesOf } from "./read-ledger.ts";

const DAY_S = 86_400;

/** A Claude directory with sessions `s0`, `s1`, … in projects `p0` to `p9`, the first the newest, one a day. */
function setUp(sessions: number) {
  const box = sandbox();
  const claude = join(box.home, ".claude");
  const pathOf = (session: string, project = "p0") => join(claude, "projects", project, `${session}.jsonl`);
  const write = (path: string, id: string) => {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${said({ id })}\n`);
  };
  const age = (path: string, days: number) => {
    const at = Date.now() / 1_000 - days * DAY_S;
    utimesSync(path, at, at);
  };
  mkdirSync(join(claude, "projects"), { recursive: true });
  for (let session = 0; session < sessions; session++) {
    const path = pathOf(`s${session}`, `p${session % 10}`);
    write(path, `msg_${session}`);
    age(path, session + 1);
  }
  for (let project = 0; project < Math.min(10, sessions); project++)
    age(join(claude, "projects", `p${project}`), 1);
  age(join(claude, "projects"), 1);
  const ledger = openLedger(box.path("ledger.db"));
  const index = (options: IndexOptions) => ledger.index([claude], options);
  return {
    box,
    claude,
    ledger,
    pathOf,
    write,
    age,
    complete: () => index({ scan: "complete" }),
    active: (options: IndexOptions = {}) => index({ scan: "active", ...options }),
    has: (id: string) => messagesOf(ledger).some((message) => message.id === id),
    /** As if the last complete look had been at that time. */
    lookedAt: (at: number) => dbOf(ledger).query("update looks set at = ?").run(at),
    [Symbol.dispose]() {
      ledger[Symbol.dispose]();
      box[Symbol.dispose]();
    },
  };
}

describe("a pass between two complete looks", () => {
  test("looks at as many files however many there are", async () => {
    using here = setUp(RECENT * 3);
    expect((await here.active()).files).toBe(RECENT * 3);
    const { files, complete, bytesRead } = await here.active();
    expect({ complete, bytesRead }).toEqual({ complete: true, bytesRead: 0 });
    expect(files).toBeLessThanOrEqual(RECENT);
  });

  test("finds what was appended to an active transcript, and new sessions, projects and subagents", async () => {
    using here = setUp(20);
    await here.active();
    here.write(here.pathOf("s3", "p3"), "appended");
    here.write(here.pathOf("new", "p5"), "in a known project");
    here.write(here.pathOf("new", "p-new"), "in a new project");
    here.write(join(here.claude, "projects/p4/s4/subagents/agent-1.jsonl"), "first subagent");
    await here.active();
    here.write(join(here.claude, "projects/p4/s4/subagents/agent-2.jsonl"), "second subagent");
    await here.active();
    here.write(join(here.claude, "projects/p4/s4/subagents/workflows/wf_1/agent-3.jsonl"), "of a workflow");
    await here.active();
    for (const id of ["appended", "in a known project", "in a new project"]) expect(here.has(id)).toBe(true);
    for (const id of ["first subagent", "second subagent", "of a workflow"]) expect(here.has(id)).toBe(true);
  });

  test("finds a file that appears in a folder within the same tick of the clock as the look", async () => {
    using here = setUp(3);
    const folder = join(here.claude, "projects/p1");
    here.age(folder, 0);
    await here.complete();
    const before = Date.now() / 1_000;
    here.write(here.pathOf("same-tick", "p1"), "same tick");
    // The folder's time stays what it was, as with a file system that stores seconds.
    const { modified } = dbOf(here.ledger)
      .query("select modified from folders where path = ?")
      .get(folder) as {
      modified: number;
    };
    utimesSync(folder, before, modified / 1_000);
    await here.active();
    expect(here.has("same tick")).toBe(true);
  });

  test("finds the first session of a directory", async () => {
    using here = setUp(0);
    rmSync(join(here.claude, "projects"), { recursive: true });
    await here.active();
    here.write(here.pathOf("first"), "first");
    await here.active();
    expect(here.has("first")).toBe(true);
  });

  test("always looks at its own session, however old, and its subagents", async () => {
    using here = setUp(RECENT * 2);
    const old = RECENT * 2 - 1;
    const own = here.pathOf(`s${old}`, `p${old % 10}`);
    const agent = join(own.slice(0, -6), "subagents/agent-1.jsonl");
    here.write(agent, "agent");
    for (const path of [agent, dirname(agent), dirname(dirname(agent))]) here.age(path, 900);
    await here.complete();
    here.write(own, "resumed");
    here.write(agent, "agent resumed");
    here.write(join(own.slice(0, -6), "subagents/agent-2.jsonl"), "new agent");
    await here.active({ own });
    for (const id of ["resumed", "agent resumed", "new agent"]) expect(here.has(id)).toBe(true);
  });
});

describe("a complete look", () => {
  const old = `s${RECENT * 2 - 1}`;
  const oldProject = `p${(RECENT * 2 - 1) % 10}`;

  test("finds what was appended to a transcript of long ago, once the interval is over", async () => {
    using here = setUp(RECENT * 2);
    await here.active();
    here.write(here.pathOf(old, oldProject), "resumed elsewhere");
    await here.active();
    expect(here.has("resumed elsewhere")).toBe(false);
    here.lookedAt(Date.now() - COMPLETE_MS);
    await here.active();
    expect(here.has("resumed elsewhere")).toBe(true);
  });

  test("is made on request, and finds a folder that was moved here", async () => {
    using here = setUp(RECENT * 2);
    await here.active();
    here.write(here.pathOf(old, oldProject), "resumed elsewhere");
    const elsewhere = join(here.box.home, "moved");
    here.write(join(elsewhere, "s.jsonl"), "moved");
    here.age(elsewhere, 100);
    renameSync(elsewhere, join(here.claude, "projects/moved"));
    await here.complete();
    expect([here.has("resumed elsewhere"), here.has("moved")]).toEqual([true, true]);
  });

  test("is made when the last one is dated in the future", async () => {
    using here = setUp(RECENT * 2);
    await here.active();
    here.write(here.pathOf(old, oldProject), "resumed elsewhere");
    here.lookedAt(Date.now() + 365 * DAY_S * 1_000);
    await here.active();
    expect(here.has("resumed elsewhere")).toBe(true);
  });

  test("is made again when a pass could not read all that it found", async () => {
    using here = setUp(30);
    expect((await here.active({ maxMs: 0 })).complete).toBe(false);
    expect((await here.active({ signal: AbortSignal.abort() })).complete).toBe(false);
    expect(await here.active()).toMatchObject({ complete: true, files: 30 });
    for (let session = 0; session < 30; session++) expect(here.has(`msg_${session}`)).toBe(true);
  });

  test("has its own interval for each directory", async () => {
    using here = setUp(3);
    const other = join(here.box.home, "other");
    here.write(join(other, "projects/p/s.jsonl"), "other");
    await here.active();
    await here.ledger.index([here.claude, other], { scan: "active" });
    expect(here.has("other")).toBe(true);
  });
});

test("files dated in the future do not take the places of active ones", async () => {
  using here = setUp(RECENT + 10);
  for (let session = 0; session < RECENT; session++)
    here.age(here.pathOf(`s${session}`, `p${session % 10}`), -900);
  await here.complete();
  here.write(here.pathOf(`s${RECENT + 5}`, `p${(RECENT + 5) % 10}`), "appended");
  await here.active();
  expect(here.has("appended")).toBe(true);
});

test("a ledger of the first version is read on, and its unfinished lines are counted", async () => {
  using here = setUp(1);
  writeFileSync(here.pathOf("s0"), `${said({ id: "msg_0" })}\n${said({ id: "msg_1" })}`);
  await here.complete();
  // As the first version left it.
  dbOf(here.ledger).run("delete from messages where id = 'msg_1'");
  dbOf(here.ledger).run("delete from rollups");
  const whole = Buffer.byteLength(`${said({ id: "msg_0" })}\n`);
  dbOf(here.ledger).query("update files set offset = ?, searched = 0, tail = ?").run(whole, tailOf(whole));
  dbOf(here.ledger).run("delete from looks");
  const { bytesRead } = await here.active();
  expect(here.has("msg_1")).toBe(true);
  expect(bytesRead).toBe(Buffer.byteLength(said({ id: "msg_1" })));

  function tailOf(offset: number): number {
    return Bun.hash.xxHash32(Buffer.from(`${said({ id: "msg_0" })}\n`).subarray(Math.max(0, offset - 256)));
  }
});
