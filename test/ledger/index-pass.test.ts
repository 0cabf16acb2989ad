import { describe, expect, test } from "bun:test";
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type Ledger, openLedger } from "../../src/ledger/index.ts";
import { sandbox } from "../helpers/binary.ts";
import {
  type History,
  makeHistory,
  random,
  type TrueMessage,
  totals,
  writeHistory,
} from "../helpers/history.ts";
import { said } from "./lines.ts";
import { messagesOf, rollupsOf } from "./read-ledger.ts";

const byModel = (message: TrueMessage) => message.model;
const bySession = (message: TrueMessage) => `${message.project} ${message.session}`;
const byDay = (message: TrueMessage) => new Date(message.at).toISOString().slice(0, 10);

function expectTruth(ledger: Ledger, history: History): void {
  const found = messagesOf(ledger);
  for (const key of [byModel, bySession, byDay])
    expect(totals(found, key)).toEqual(totals(history.messages, key));
  const { fromRollups, fromMessages } = rollupsOf(ledger);
  expect(fromRollups).toEqual(fromMessages);
}

/** A home with a history in it, and a ledger beside it. */
function setUp(history: History) {
  const box = sandbox();
  writeHistory(box.home, history);
  return { box, path: box.path("state/ledger.db"), claude: [join(box.home, ".claude")] };
}

describe("a first pass", () => {
  for (const seed of [1, 2, 3, 4, 5])
    test(`counts every message once, by model, session and day (seed ${seed})`, async () => {
      const history = makeHistory({ seed });
      const { box, path, claude } = setUp(history);
      using _ = box;
      using ledger = openLedger(path);
      const result = await ledger.index(claude);
      expect(result).toMatchObject({ complete: true, messages: history.messages.length, unreadable: [] });
      expectTruth(ledger, history);
    });

  test("that is large enough for a second thread says the same", async () => {
    const history = makeHistory({ seed: 6, sessions: 16, turns: 60, padding: 40_000 });
    const { box, path, claude } = setUp(history);
    using _ = box;
    using ledger = openLedger(path);
    const seen: number[] = [];
    const result = await ledger.index(claude, { onProgress: ({ bytesRead }) => seen.push(bytesRead) });
    expect(result.bytesRead).toBeGreaterThan(24 << 20);
    expect(seen.at(-1)).toBe(result.bytesRead);
    expectTruth(ledger, history);
  });

  test("keeps the ledger to its owner", async () => {
    const { box, path, claude } = setUp(makeHistory({ sessions: 1 }));
    using _ = box;
    using ledger = openLedger(path);
    await ledger.index(claude);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    for (const suffix of ["", "-wal", "-shm"]) expect(statSync(path + suffix).mode & 0o777).toBe(0o600);
  });
});

describe("a later pass", () => {
  test("reads nothing when nothing has changed", async () => {
    const history = makeHistory();
    const { box, path, claude } = setUp(history);
    using _ = box;
    using ledger = openLedger(path);
    await ledger.index(claude);
    expect(await ledger.index(claude)).toMatchObject({ bytesRead: 0, messages: 0, complete: true });
    expectTruth(ledger, history);
  });

  test("reads only what was appended, however the pieces fall", async () => {
    const history = makeHistory({ seed: 11, sessions: 6, turns: 8 });
    using box = sandbox();
    const next = random(99);
    const rest = new Map([...history.files].map(([path, text]) => [join(box.home, path), Buffer.from(text)]));
    for (const path of rest.keys()) mkdirSync(dirname(path), { recursive: true });
    const path = box.path("state/ledger.db");
    let passes = 0;
    while (rest.size > 0) {
      for (const [file, bytes] of rest) {
        const length = Math.ceil(next() * next() * 60_000);
        appendFileSync(file, bytes.subarray(0, length));
        if (length >= bytes.length) rest.delete(file);
        else rest.set(file, bytes.subarray(length));
      }
      using ledger = openLedger(path);
      const { complete } = await ledger.index([join(box.home, ".claude")]);
      expect(complete).toBe(true);
      passes++;
    }
    expect(passes).toBeGreaterThan(3);
    using ledger = openLedger(path);
    expectTruth(ledger, history);
  });

  test("keeps what was read of a file that is replaced, cut, renamed or deleted", async () => {
    const history = makeHistory({ seed: 12, sessions: 8 });
    const { box, path, claude } = setUp(history);
    using _ = box;
    using ledger = openLedger(path);
    await ledger.index(claude);
    const [replaced, cut, renamed, deleted, rewritten] = [...history.files.keys()]
      .filter((each) => !each.includes("subagents"))
      .map((each) => join(box.home, each)) as [string, string, string, string, string];

    const other = makeHistory({ seed: 13, sessions: 1, turns: 4, projects: 1 });
    const [text] = [...other.files.values()] as [string];
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    // Another file under the same name: one by renaming, as editors do, one written over in place.
    writeFileSync(`${replaced}.new`, whole);
    renameSync(`${replaced}.new`, replaced);
    truncateSync(cut, 3_000);
    renameSync(renamed, `${renamed.slice(0, -6)}-moved.jsonl`);
    rmSync(deleted);
    writeFileSync(rewritten, readFileSync(rewritten).subarray(1_000));
    await ledger.index(claude);
    // The lines name their session, so that it does not matter which file they are in.
    const project = dirname(replaced).split("/").at(-1) as string;
    const added = other.messages.filter(
      (message) => !text.includes("subagents") && whole.includes(message.id),
    );
    expectTruth(ledger, {
      ...history,
      messages: [...history.messages, ...added.map((message) => ({ ...message, project }))],
    });
  });

  test("reads a file again that was written over with a longer one, or replaced by one that differs in its middle", async () => {
    using box = sandbox();
    const file = join(box.home, ".claude/projects/p/s.jsonl");
    mkdirSync(dirname(file), { recursive: true });
    using ledger = openLedger(box.path("ledger.db"));
    const pass = () => ledger.index([join(box.home, ".claude")]);
    const ids = () =>
      messagesOf(ledger)
        .map(({ id }) => id)
        .sort();
    const padding = `${JSON.stringify({ type: "user", text: "x".repeat(400) })}\n`;
    const around = (...messages: string[]) =>
      padding + messages.map((id) => `${said({ id })}\n`).join("") + padding;

    writeFileSync(file, around("msg_1"));
    await pass();
    // In place: the inode stays, and the first bytes do.
    writeFileSync(file, around("msg_2", "msg_3"));
    await pass();
    expect(ids()).toEqual(["msg_1", "msg_2", "msg_3"]);
    // By renaming: the first and the last bytes stay.
    writeFileSync(`${file}.new`, around("msg_4", "msg_5"));
    renameSync(`${file}.new`, file);
    await pass();
    expect(ids()).toEqual(["msg_1", "msg_2", "msg_3", "msg_4", "msg_5"]);
  });

  test("waits for the rest of a torn line, and passes one over that stays torn", async () => {
    using box = sandbox();
    const file = join(box.home, ".claude/projects/p/s.jsonl");
    mkdirSync(dirname(file), { recursive: true });
    const line = (id: string) =>
      JSON.stringify({
        type: "assistant",
        timestamp: "2026-11-20T10:00:00.000Z",
        message: { id, model: "claude-opus-4-5", usage: { input_tokens: 1, output_tokens: 1 } },
      });
    using ledger = openLedger(box.path("ledger.db"));
    const ids = () => messagesOf(ledger).map(({ id }) => id);
    const pass = () => ledger.index([join(box.home, ".claude")]);
    writeFileSync(file, line("msg_1").slice(0, 100));
    await pass();
    expect(ids()).toEqual([]);
    appendFileSync(file, `${line("msg_1").slice(100)}\n${line("msg_2").slice(0, 80)}`);
    await pass();
    expect(ids()).toEqual(["msg_1"]);
    // The writer was killed: the next one begins a line of its own.
    appendFileSync(file, `\n${line("msg_3")}\n`);
    await pass();
    expect(ids()).toEqual(["msg_1", "msg_3"]);
  });
});

describe("a pass that ends early", () => {
  test("keeps what it read, says so, and is finished by the next", async () => {
    const history = makeHistory({ seed: 14, sessions: 12 });
    const { box, path, claude } = setUp(history);
    using _ = box;
    using ledger = openLedger(path);
    const first = await ledger.index(claude, { maxMs: 0 });
    expect(first.complete).toBe(false);
    expect(ledger.accountUsage({ now: Date.now(), timezone: "UTC" }).partial).toBe(true);
    const second = await ledger.index(claude, { signal: AbortSignal.abort() });
    expect(second.complete).toBe(false);
    expect((await ledger.index(claude)).complete).toBe(true);
    expect(ledger.accountUsage({ now: Date.now(), timezone: "UTC" }).partial).toBeUndefined();
    expectTruth(ledger, history);
  });
});

const INDEXER = join(import.meta.dir, "indexer.ts");

describe("processes that index at the same time", () => {
  test("count every message once, as if there were one", async () => {
    const history = makeHistory({ seed: 15, sessions: 24, turns: 30 });
    const { box, path, claude } = setUp(history);
    using _ = box;
    const spawn = () =>
      Bun.spawn([process.execPath, INDEXER, path, ...claude], { env: box.env, stderr: "pipe" });
    for (const child of [spawn(), spawn(), spawn()]) {
      expect(await new Response(child.stderr).text()).toBe("");
      expect(await child.exited).toBe(0);
    }
    using ledger = openLedger(path);
    expectTruth(ledger, history);
  });

  test("and are killed at any instant neither lose nor double a message", async () => {
    const history = makeHistory({ seed: 16, sessions: 24, turns: 30 });
    const { box, path, claude } = setUp(history);
    using _ = box;
    const next = random(5);
    for (let kill = 0; kill < Number(process.env.PLIMSOLL_TEST_KILLS ?? 12); kill++) {
      const child = Bun.spawn([process.execPath, INDEXER, path, ...claude], { env: box.env });
      await Promise.race([child.exited, Bun.sleep(next() * 120)]);
      child.kill("SIGKILL");
      await child.exited;
      // What is there after a kill agrees with itself, whatever part of the history it is.
      using ledger = openLedger(path);
      expect(ledger.repair).toBeUndefined();
      const { fromRollups, fromMessages } = rollupsOf(ledger);
      expect(fromRollups).toEqual(fromMessages);
    }
    using ledger = openLedger(path);
    await ledger.index(claude);
    expectTruth(ledger, history);
  });
});
