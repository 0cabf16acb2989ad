import { expect, test } from "bun:test";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openLedger } from "../../src/ledger/index.ts";
import { sandbox } from "../helpers/binary.ts";
import { append, said } from "./lines.ts";
import { dbOf, messagesOf } from "./read-ledger.ts";

/** Index transcripts given by path below `projects`, in each order of passes, and compare what is counted. */
async function counted(
  files: Record<string, string[]>,
): Promise<{ id: string; session: string; tokens: number }[]> {
  const names = Object.keys(files);
  const results = [];
  for (const order of [names, names.toReversed()]) {
    for (const together of [true, false]) {
      using box = sandbox();
      using ledger = openLedger(box.path("ledger.db"));
      for (const [age, name] of names.entries()) {
        const path = join(box.home, "written", name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, (files[name] as string[]).map((line) => `${line}\n`).join(""));
        utimesSync(path, 1_000_000 + age, 1_000_000 + age);
      }
      for (const name of order) {
        const path = join(box.home, ".claude/projects", name);
        mkdirSync(dirname(path), { recursive: true });
        await Bun.$`cp -p ${join(box.home, "written", name)} ${path}`;
        if (!together) await ledger.index([join(box.home, ".claude")]);
      }
      await ledger.index([join(box.home, ".claude")]);
      results.push(
        messagesOf(ledger)
          .map(({ id, session, input, output }) => ({ id, session, tokens: input + output }))
          .sort((a, b) => a.id.localeCompare(b.id) || a.tokens - b.tokens),
      );
    }
  }
  for (const result of results) expect(result).toEqual(results[0] as never);
  return results[0] as { id: string; session: string; tokens: number }[];
}

test("of a message's lines the one with the most tokens counts", async () => {
  expect(
    await counted({
      "p/s.jsonl": [
        said({ id: "m", request: "r", output: 1 }),
        said({ id: "m", request: "r", output: 90 }),
        said({ id: "m", request: "r", output: 40 }),
      ],
    }),
  ).toEqual([{ id: "m", session: "s", tokens: 90 }]);
});

test("of two lines that say the same the earlier one tells the time", async () => {
  for (const files of [
    ["early", "late"],
    ["late", "early"],
  ]) {
    using box = sandbox();
    using ledger = openLedger(box.path("ledger.db"));
    for (const name of files) {
      append(
        box.home,
        name,
        said({
          id: "m",
          request: "r",
          output: 5,
          session: "s",
          at: name === "early" ? "10:00:00" : "11:00:00",
        }),
      );
      await ledger.index([join(box.home, ".claude")]);
    }
    expect(messagesOf(ledger).map(({ at }) => new Date(at).toISOString().slice(11, 16))).toEqual(["10:00"]);
  }
});

test("the same id with another request is another message", async () => {
  expect(
    await counted({
      "p/s.jsonl": [said({ id: "m", request: "r1", output: 5 }), said({ id: "m", request: "r2", output: 5 })],
    }),
  ).toHaveLength(2);
});

test("a sidechain's line and a main line with one id are one message, the main line's, whatever their requests", async () => {
  const main = said({ id: "m", request: "r1", output: 5 });
  const side = said({ id: "m", request: "r2", output: 50, sidechain: true });
  const expected = [{ id: "m", session: "s", tokens: 5 }];
  expect(await counted({ "p/s.jsonl": [main, side] })).toEqual(expected);
  expect(await counted({ "p/s.jsonl": [side, main] })).toEqual(expected);
  expect(await counted({ "p/s.jsonl": [main], "p/s/subagents/agent-1.jsonl": [side] })).toEqual(expected);
});

test("a line with a speed goes before one without", async () => {
  using box = sandbox();
  using ledger = openLedger(box.path("ledger.db"));
  append(
    box.home,
    "s",
    said({ id: "m", request: "r", output: 5 }),
    said({ id: "m", request: "r", output: 5, speed: "fast" }),
  );
  await ledger.index([join(box.home, ".claude")]);
  expect(dbOf(ledger).query("select flags & 1 as fast from messages").all()).toEqual([{ fast: 1 }]);
});

test("lines without an id count by themselves", async () => {
  expect(
    await counted({
      "p/s.jsonl": [said({ id: "", output: 5 }), said({ id: "", output: 5 }), said({ id: "", output: 6 })],
    }),
  ).toHaveLength(3);
});

test("a copied message counts for the session that its line names", async () => {
  const line = said({ id: "m", request: "r", output: 5, session: "first" });
  expect(await counted({ "p/first.jsonl": [line], "p/second.jsonl": [line] })).toEqual([
    { id: "m", session: "first", tokens: 5 },
  ]);
});

test("a copied message whose line was rewritten counts for the session whose file is older", async () => {
  const copy = (session: string) => said({ id: "m", request: "r", output: 5, session });
  expect(await counted({ "p/zz.jsonl": [copy("zz")], "p/aa.jsonl": [copy("aa")] })).toEqual([
    { id: "m", session: "zz", tokens: 5 },
  ]);
});

test("subagents count for their parent session", async () => {
  expect(
    await counted({
      "p/parent.jsonl": [said({ id: "m1", output: 1 })],
      "p/parent/subagents/agent-1.jsonl": [said({ id: "m2", output: 2, sidechain: true })],
      "p/agent-2.jsonl": [said({ id: "m3", output: 3, sidechain: true, session: "parent" })],
    }),
  ).toEqual([
    { id: "m1", session: "parent", tokens: 1 },
    { id: "m2", session: "parent", tokens: 2 },
    { id: "m3", session: "parent", tokens: 3 },
  ]);
});

test("error messages, models that are none and lines of other kinds do not count", async () => {
  const other = said({ id: "m3", output: 3 }).replace('"type":"assistant"', '"type":"user"');
  const error = said({ id: "m2", output: 3 }).replace('"type":', '"isApiErrorMessage":true,"type":');
  expect(
    await counted({
      "p/s.jsonl": [
        said({ id: "m1", model: "<synthetic>", output: 3 }),
        error,
        other,
        '{"usage":{"broken',
        '{"usage":{}}',
        '"usage":{',
        "",
        said({ id: "m4", output: 4 }),
      ],
    }),
  ).toEqual([{ id: "m4", session: "s", tokens: 4 }]);
});

test("a field of a wrong type costs no more than itself", async () => {
  const line = JSON.parse(said({ id: "m", output: 4, input: 2, searches: 3 }));
  line.message.usage.input_tokens = "many";
  line.message.usage.cache_creation = 7;
  line.message.usage.server_tool_use = null;
  line.message.usage.speed = {};
  line.requestId = 12;
  line.sessionId = null;
  line.costUSD = -1;
  expect(await counted({ "p/s.jsonl": [JSON.stringify(line)] })).toEqual([
    { id: "m", session: "s", tokens: 4 },
  ]);
});

test("usage within what a message says is not its own", async () => {
  const line = JSON.parse(said({ id: "m", output: 4 }));
  line.message.content = [
    { type: "tool_use", input: { content: [1], stop_reason: "x", usage: { input_tokens: 9 } } },
    { type: "text", text: '],"stop_reason":1,"usage":{"output_tokens":9}' },
  ];
  expect(await counted({ "p/s.jsonl": [JSON.stringify(line)] })).toEqual([
    { id: "m", session: "s", tokens: 4 },
  ]);
});

test("what an advisor used is a message of its own", async () => {
  const line = JSON.parse(said({ id: "m", output: 4 }));
  line.message.usage.iterations = [
    { type: "message", model: null, output_tokens: 4 },
    { type: "advisor_message", model: "claude-opus-5", output_tokens: 8 },
  ];
  expect(await counted({ "p/s.jsonl": [JSON.stringify(line), JSON.stringify(line)] })).toEqual([
    { id: "m", session: "s", tokens: 4 },
    { id: "m:advisor:1", session: "s", tokens: 8 },
  ]);
});

test("a model with a name that is not ASCII keeps it", async () => {
  using box = sandbox();
  using ledger = openLedger(box.path("ledger.db"));
  append(box.home, "s", said({ model: "claude-ö-木", output: 1 }));
  await ledger.index([join(box.home, ".claude")]);
  expect(messagesOf(ledger)[0]?.model).toBe("claude-ö-木");
});
