import { describe, expect, test } from "bun:test";
import { appendFileSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { readCursor, readOn, type SessionCursor, writeCursor } from "../../src/gather/transcript/reader.ts";
import { addLine, emptyTally, factsOf } from "../../src/gather/transcript/tally.ts";
import { sandbox } from "../helpers/binary.ts";

const FIXTURE = `${import.meta.dir}/../fixtures/transcripts/one-turn.jsonl`;
const never = new AbortController().signal;

let clock = Date.parse("2026-11-21T12:00:00.000Z");
const stamp = () => {
  clock += 1000;
  return new Date(clock).toISOString();
};

const user = (content: unknown, more: object = {}) => ({
  type: "user",
  timestamp: stamp(),
  message: { role: "user", content },
  ...more,
});
const calls = (...tools: { id: string; name: string; input?: object }[]) => ({
  type: "assistant",
  timestamp: stamp(),
  message: {
    id: `msg_${tools[0]?.id}`,
    role: "assistant",
    content: tools.map((tool) => ({ type: "tool_use", input: {}, ...tool })),
  },
});
const result = (id: string, content: unknown = "ok") =>
  user([{ type: "tool_result", tool_use_id: id, content }]);

/** A cursor as it comes out of the session's state. */
const kept = (cursor: SessionCursor | undefined, path: string) =>
  cursor && readCursor(JSON.parse(JSON.stringify(writeCursor(cursor))), path);

function factsFrom(...lines: unknown[]) {
  const tally = emptyTally();
  for (const line of lines) addLine(tally, line as never);
  return factsOf(tally);
}

describe("a transcript of the real client", () => {
  test("tells its turns, its last prompt and its tokens", async () => {
    const { cursor, complete } = await readOn(FIXTURE, undefined, never);
    expect(complete).toBe(true);
    expect(factsOf(cursor.tally)).toEqual({
      turns: 2,
      lastUserMessage: "again",
      lastUserMessageAt: Date.parse("2026-11-24T22:22:38.295Z"),
      lastActivityAt: Date.parse("2026-11-24T22:22:38.430Z"),
      compactions: 0,
      tools: [],
      agents: [],
      tokens: { input: 24, output: 84, cacheRead: 122_000, cacheWrite5m: 8_400, cacheWrite1h: 0 },
    });
  });
});

describe("turns", () => {
  test("are prompts of a person, not the other lines in the user's name", () => {
    const facts = factsFrom(
      user("first"),
      result("toolu_1"),
      user("Caveat: …", { isMeta: true }),
      user("summary", { isCompactSummary: true }),
      user("from a hook", { origin: { kind: "hook" } }),
      user("<local-command-stdout>x</local-command-stdout>"),
      user("<task-notification>done</task-notification>"),
      user("[Request interrupted by user]"),
      user([{ type: "text", text: "second\n  with   blanks" }, { type: "image" }]),
      user("in a subagent", { isSidechain: true }),
    );
    expect(facts.turns).toBe(2);
    expect(facts.lastUserMessage).toBe("second with blanks");
  });

  test("show a slash command as it was typed", () => {
    const facts = factsFrom(
      user(
        "<command-message>review</command-message>\n<command-name>/review</command-name>\n<command-args>12</command-args>",
      ),
    );
    expect(facts.lastUserMessage).toBe("/review 12");
  });

  const local = (name: string, args = "") =>
    `<command-name>/${name}</command-name>\n            <command-message>${name}</command-message>\n            <command-args>${args}</command-args>`;
  const custom = (name: string, args = "") =>
    `<command-message>${name}</command-message>\n<command-name>/${name}</command-name>\n<command-args>${args}</command-args>`;

  test("are not the commands that the client runs itself, nor what these print", () => {
    const from = { rowSource: "local" };
    for (const more of [from, {}]) {
      const facts = factsFrom(
        user("first"),
        ...["clear", "model", "compact", "effort"].flatMap((name) => [
          user("<local-command-caveat>…</local-command-caveat>", { isMeta: true }),
          user(local(name, "x"), more),
          user("<local-command-stdout>done</local-command-stdout>", more),
        ]),
        user("<bash-input>ls</bash-input>", more),
        user("<bash-stdout>x</bash-stdout><bash-stderr></bash-stderr>", more),
      );
      expect(facts).toMatchObject({ turns: 1, lastUserMessage: "first" });
    }
    expect(factsFrom(user(local("clear"), from)).lastUserMessage).toBeUndefined();
  });

  test("are the commands that send a prompt to the model, with what the client writes of them today and before", () => {
    const prompt = user([{ type: "text", text: "Say hello to Bob" }], { isMeta: true, turnCompanion: true });
    const today = factsFrom(user(custom("greet", "Bob"), { origin: { kind: "human" } }), prompt);
    expect(today).toMatchObject({ turns: 1, lastUserMessage: "/greet Bob" });
    const before = factsFrom(
      user("<command-message>greet is running…</command-message>\n<command-name>/greet</command-name>"),
    );
    expect(before).toMatchObject({ turns: 1, lastUserMessage: "/greet" });
    const byModel = factsFrom(user(custom("greet"), { sourceToolUseID: "toolu_1" }));
    expect(byModel.turns).toBe(0);
  });

  test("keep a bounded part of a long prompt", () => {
    expect(factsFrom(user("x".repeat(100_000))).lastUserMessage).toHaveLength(300);
  });
});

describe("tools", () => {
  test("run until their result comes", () => {
    const lines = [
      user("go"),
      calls({ id: "t1", name: "Read", input: { file_path: "/a" } }),
      result("t1"),
      calls({ id: "t2", name: "Bash", input: { command: "make\ntest", description: "Run the tests" } }),
    ];
    const running = factsFrom(...lines).runningTool;
    expect(running).toMatchObject({ name: "Bash", target: "Run the tests" });
    expect(factsFrom(...lines, result("t2")).runningTool).toBeUndefined();
  });

  test("do not run any more once the turn is over", () => {
    const lines = [user("go"), calls({ id: "t1", name: "Bash" })];
    expect(factsFrom(...lines, user("stop it")).runningTool).toBeUndefined();
    expect(
      factsFrom(...lines, { type: "system", subtype: "turn_duration", timestamp: stamp() }).runningTool,
    ).toBeUndefined();
  });

  test("are counted by name, the most frequent first, also those named like a property of objects", () => {
    const facts = factsFrom(
      calls({ id: "1", name: "Read" }),
      calls({ id: "2", name: "constructor" }),
      calls({ id: "3", name: "Read" }),
      calls({ id: "4", name: "__proto__" }),
      calls({ id: "3", name: "Read" }),
    );
    expect(facts.tools.slice(0, 2)).toEqual([
      { name: "Read", count: 2 },
      { name: "constructor", count: 1 },
    ]);
  });

  test("that start subagents show as these while they run", () => {
    const input = { subagent_type: "Explore", description: "Find the parser", model: "haiku", prompt: "…" };
    const lines = [user("go"), calls({ id: "a1", name: "Task", input }, { id: "a2", name: "Agent" })];
    const { agents, runningTool } = factsFrom(...lines);
    expect(agents[0]).toMatchObject({ type: "Explore", description: "Find the parser", model: "haiku" });
    expect(agents[1]).toMatchObject({ type: "agent" });
    expect(runningTool).toBeUndefined();
    expect(factsFrom(...lines, result("a1"), result("a2")).agents).toEqual([]);
  });

  test("that start subagents in the background show as these until their end is notified", () => {
    const launched = user([{ type: "tool_result", tool_use_id: "a1", content: "launched" }], {
      toolUseResult: { isAsync: true, status: "async_launched", agentId: "x" },
    });
    const turnOver = (pending: number) => ({
      type: "system",
      subtype: "turn_duration",
      timestamp: stamp(),
      pendingBackgroundAgentCount: pending,
    });
    const lines = [
      calls({ id: "a1", name: "Agent", input: { subagent_type: "Explore" } }),
      launched,
      turnOver(1),
    ];
    expect(factsFrom(...lines).agents).toMatchObject([{ type: "Explore" }]);
    expect(factsFrom(...lines, user("and then?")).agents).toMatchObject([{ type: "Explore" }]);
    const notice = user("<task-notification>\n<task-id>x</task-id>\n<tool-use-id>a1</tool-use-id>\n");
    expect(factsFrom(...lines, notice)).toMatchObject({ agents: [], turns: 0 });
    // A notification that never came: the client itself counts none any more.
    expect(factsFrom(...lines, turnOver(0)).agents).toEqual([]);
  });
});

describe("todos", () => {
  test("are the newest list of TodoWrite", () => {
    const write = (...statuses: string[]) => ({
      id: `w${statuses.length}`,
      name: "TodoWrite",
      input: {
        todos: statuses.map((status, n) => ({ content: `item ${n}`, activeForm: `doing ${n}`, status })),
      },
    });
    expect(factsFrom(user("go")).todos).toBeUndefined();
    expect(
      factsFrom(calls(write("pending")), calls(write("completed", "in_progress", "pending"))).todos,
    ).toEqual({ done: 1, total: 3, current: "doing 1" });
    expect(
      factsFrom(calls(write("pending")), calls({ id: "x", name: "TodoWrite", input: { todos: [] } })).todos,
    ).toBeUndefined();
  });

  test("follow TaskCreate and TaskUpdate, item by item", () => {
    const create = (id: string, subject: string) => calls({ id, name: "TaskCreate", input: { subject } });
    const update = (id: string, taskId: string, status: string) =>
      calls({ id, name: "TaskUpdate", input: { taskId, status } });
    const facts = factsFrom(
      create("c1", "Parse"),
      create("c2", "Print"),
      create("c3", "Drop"),
      result("c1", "Task #1 created successfully: Parse"),
      result("c2", [{ type: "text", text: "Task #2 created successfully: Print" }]),
      result("c3", "Task #3 created successfully: Drop"),
      update("u1", "1", "completed"),
      update("u2", "2", "in_progress"),
      update("u3", "3", "deleted"),
    );
    expect(facts.todos).toEqual({ done: 1, total: 2, current: "Print" });
  });
});

test("a message's tokens count once, however many lines repeat them, with the final ones", () => {
  const line = (id: string, output: number) => ({
    type: "assistant",
    timestamp: stamp(),
    message: {
      id,
      usage: { input_tokens: 10, output_tokens: output, cache_read_input_tokens: 5 },
      content: [],
    },
  });
  expect(factsFrom(line("a", 1), line("a", 1), line("a", 40), line("b", 2)).tokens).toEqual({
    input: 20,
    output: 42,
    cacheRead: 10,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
  });
});

test("compactions are counted", () => {
  const boundary = { type: "system", subtype: "compact_boundary", timestamp: stamp() };
  expect(factsFrom(user("a"), boundary, user("b"), boundary).compactions).toBe(2);
});

test("hostile lines cost nothing but themselves", () => {
  const values = [
    null,
    5,
    "x",
    [],
    {},
    { type: "user" },
    { type: "assistant", message: 7 },
    { type: "system" },
  ];
  const nested = values.map((message) => ({ type: "user", message }));
  const blocks = values.map((block) => ({
    type: "assistant",
    message: { content: [block, { type: "tool_use" }] },
  }));
  const times = ["x", -1, 1e99, "9999-99-99T99:99:99Z"].map((timestamp) => ({
    type: "user",
    timestamp,
    message: { content: "hi" },
  }));
  const facts = factsFrom(...values, ...nested, ...blocks, ...times, user("real"));
  expect(facts.lastUserMessage).toBe("real");
});

describe("reading on", () => {
  const lineOf = (text: string) => `${JSON.stringify(user(text))}\n`;
  const kept = (cursor: SessionCursor) => JSON.parse(JSON.stringify(writeCursor(cursor))) as never;

  test("reads only what was appended, and gives what reading everything gives", async () => {
    using box = sandbox();
    const path = box.path("t.jsonl");
    const all = readFileSync(FIXTURE, "utf8") + lineOf("one") + lineOf("two");
    const bytes = Buffer.from(all);
    writeFileSync(path, "");
    let cursor: SessionCursor | undefined;
    let at = 0;
    // Cut anywhere, in the middle of lines too.
    for (const end of [1, 300, 301, 2_000, 4_444, bytes.length - 3, bytes.length]) {
      appendFileSync(path, bytes.subarray(at, end));
      at = end;
      const before = cursor?.offset ?? 0;
      cursor = readCursor(kept((await readOn(path, cursor, never)).cursor), path);
      expect(cursor?.offset).toBeGreaterThanOrEqual(before);
      expect(cursor?.offset).toBeLessThanOrEqual(end);
    }
    const whole = (await readOn(path, undefined, never)).cursor;
    expect(factsOf((cursor as SessionCursor).tally)).toEqual(factsOf(whole.tally));
    expect(cursor?.offset).toBe(bytes.length);
  });

  test("starts over when the file was replaced, truncated, or rewritten in place", async () => {
    using box = sandbox();
    const path = box.path("t.jsonl");
    writeFileSync(path, lineOf("one") + lineOf("two") + lineOf("three"));
    const first = (await readOn(path, undefined, never)).cursor;
    expect(first.tally.turns).toBe(3);

    writeFileSync(box.path("new"), lineOf("other") + lineOf("lines") + lineOf("here") + lineOf("now"));
    renameSync(box.path("new"), path);
    const replaced = (await readOn(path, first, never)).cursor;
    expect(replaced.tally.turns).toBe(4);

    truncateSync(path, statSync(path).size - 5);
    const cut = (await readOn(path, replaced, never)).cursor;
    expect(cut.tally.turns).toBe(3);

    writeFileSync(path, lineOf("rewritten in place, and longer than it was before ".repeat(20)));
    expect((await readOn(path, cut, never)).cursor.tally.turns).toBe(1);
  });

  test("leaves the last line until it is whole, and passes over a torn one in the middle", async () => {
    using box = sandbox();
    const path = box.path("t.jsonl");
    const torn = lineOf("torn").slice(0, 30);
    writeFileSync(path, lineOf("one") + torn);
    const first = (await readOn(path, undefined, never)).cursor;
    expect(first.tally.turns).toBe(1);
    appendFileSync(path, lineOf("joined to the torn one") + lineOf("two"));
    const second = (await readOn(path, first, never)).cursor;
    expect(factsOf(second.tally)).toMatchObject({ turns: 2, lastUserMessage: "two" });
  });

  test("passes over a line that is too long for any message, in flat memory", async () => {
    using box = sandbox();
    const path = box.path("t.jsonl");
    writeFileSync(path, lineOf("one"));
    for (let count = 0; count < 40; count++) appendFileSync(path, Buffer.alloc(1 << 20, "x"));
    appendFileSync(path, `\n${lineOf("two")}`);
    expect((await readOn(path, undefined, never)).cursor.tally.turns).toBe(2);
  });

  test("stops on request, and continues from there", async () => {
    using box = sandbox();
    const path = box.path("t.jsonl");
    const LINES = 40_000;
    writeFileSync(path, lineOf("x".repeat(1_000)).repeat(LINES));
    const stop = new AbortController();
    const reading = readOn(path, undefined, stop.signal);
    // The reader gives way after 40 ms; there is more to read than that.
    stop.abort();
    const stopped = await reading;
    expect(stopped.complete).toBe(false);
    expect(stopped.cursor.tally.turns).toBeLessThan(LINES);
    const rest = await readOn(path, stopped.cursor, never);
    expect(rest).toMatchObject({ complete: true });
    expect(rest.cursor.tally.turns).toBe(LINES);
  });

  test("takes no cursor that is not one for this file", () => {
    for (const json of [undefined, null, 5, {}, { version: 1, path: "/a", offset: -1 }, { version: 2 }])
      expect(readCursor(json as never, "/a")).toBeUndefined();
  });

  test("fails immediately if it is not a file", async () => {
    using box = sandbox();
    expect(Bun.spawnSync(["mkfifo", box.path("fifo")]).exitCode).toBe(0);
    expect(readOn(box.path("fifo"), undefined, never)).rejects.toThrow(/not a regular file/);
    expect(readOn(box.path("nothing"), undefined, never)).rejects.toThrow(/ENOENT/);
  });
});

describe("a last line without a newline", () => {
  const line = (text: string) => JSON.stringify(user(text));

  /** How many bytes this process has read from files so far. */
  const bytesRead = () => Number(readFileSync("/proc/self/io", "utf8").match(/^rchar: (\d+)$/m)?.[1]);

  test("counts once it is a complete object, and once only", async () => {
    using box = sandbox();
    const path = box.path("t.jsonl");
    const turns = async (before?: SessionCursor) => {
      const { cursor } = await readOn(path, kept(before, path), never);
      return { cursor, count: factsOf(cursor.tally).turns };
    };
    writeFileSync(path, `${line("one")}\n${line("two")}`);
    let read = await turns();
    expect(read.count).toBe(2);
    read = await turns(read.cursor);
    expect(read.count).toBe(2);
    appendFileSync(path, `\n${line("three")}\n${line("four").slice(0, -1)}`);
    read = await turns(read.cursor);
    expect(read.count).toBe(3);
    appendFileSync(path, "}");
    read = await turns(read.cursor);
    expect(read.count).toBe(4);
    // The next client appends to the line of the one that was killed.
    appendFileSync(path, `${line("five")}\n`);
    read = await turns(read.cursor);
    expect(read.count).toBe(5);
    expect((await turns()).count).toBe(5);
  });

  test.skipIf(process.platform !== "linux")("is searched only where it is new, however long", async () => {
    using box = sandbox();
    const path = box.path("t.jsonl");
    const long = JSON.stringify(user("x".repeat(20 << 20)));
    writeFileSync(path, `${line("one")}\n${long.slice(0, -2)}`);
    let { cursor } = await readOn(path, undefined, never);
    const readAgain = async () => {
      const before = bytesRead();
      ({ cursor } = await readOn(path, kept(cursor, path), never));
      return bytesRead() - before;
    };
    expect(await readAgain()).toBeLessThan(100_000);
    appendFileSync(path, long.slice(-2, -1));
    expect(await readAgain()).toBeLessThan(1_000_000);
    appendFileSync(path, `${long.slice(-1)}\n${line("two")}\n`);
    expect(await readAgain()).toBeLessThan(1_000_000);
    // A line of that length is skipped.
    expect(factsOf(cursor.tally).turns).toBe(2);
    expect(cursor.offset).toBe(statSync(path).size);
  });

  test("that is replaced by others is read again", async () => {
    using box = sandbox();
    const path = box.path("t.jsonl");
    writeFileSync(path, `${line("one")}\n`);
    const size = statSync(path).size;
    appendFileSync(path, JSON.stringify(user("x".repeat(1 << 20))).slice(0, -1));
    const { cursor } = await readOn(path, undefined, never);
    truncateSync(path, size);
    appendFileSync(path, `${line("two")}\n${line("y".repeat(1 << 20))}\n${line("four")}\n`);
    const after = await readOn(path, kept(cursor, path), never);
    expect(factsOf(after.cursor.tally).turns).toBe(4);
  });
});
