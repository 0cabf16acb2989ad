/** Last lines without a newline, and how much of a file is read again because of them. */
import { describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openLedger } from "../../src/ledger/index.ts";
import { sandbox } from "../helpers/binary.ts";
import { billed, said } from "./lines.ts";
import { messagesOf, rollupsOf } from "./read-ledger.ts";

function setUp() {
  const box = sandbox();
  const file = join(box.home, ".claude/projects/p/s.jsonl");
  mkdirSync(dirname(file), { recursive: true });
  const ledger = openLedger(box.path("ledger.db"));
  return {
    file,
    ledger,
    pass: () => ledger.index([join(box.home, ".claude")]),
    ids: () =>
      messagesOf(ledger)
        .map(({ id }) => id)
        .sort(),
    [Symbol.dispose]() {
      const { fromRollups, fromMessages } = rollupsOf(ledger);
      expect(fromRollups).toEqual(fromMessages);
      ledger[Symbol.dispose]();
      box[Symbol.dispose]();
    },
  };
}

/** A line that is longer than the reader's buffer, without its newline. */
const longLine = (bytes: number) => JSON.stringify({ type: "user", image: "x".repeat(bytes) });

describe("a last line without a newline", () => {
  test("is counted once it is a complete object, and once only", async () => {
    using here = setUp();
    writeFileSync(here.file, `${said({ id: "msg_1" })}\n${said({ id: "msg_2", output: 7 })}`);
    await here.pass();
    expect(here.ids()).toEqual(["msg_1", "msg_2"]);
    expect(await here.pass()).toMatchObject({ bytesRead: 0 });
    appendFileSync(here.file, `\n${said({ id: "msg_3" })}\n`);
    expect(await here.pass()).toMatchObject({ messages: 1 });
    expect(here.ids()).toEqual(["msg_1", "msg_2", "msg_3"]);
  });

  test("is not counted while it is torn, even where what there is of it is JSON", async () => {
    using here = setUp();
    const line = said({ id: "msg_1" });
    for (const torn of [line.slice(0, -1), line.slice(0, line.indexOf("}") + 1), "1", '"}"', "[1]"]) {
      writeFileSync(here.file, torn);
      await here.pass();
      expect(here.ids()).toEqual([]);
    }
    writeFileSync(here.file, line.slice(0, -1));
    await here.pass();
    appendFileSync(here.file, "}");
    await here.pass();
    expect(here.ids()).toEqual(["msg_1"]);
  });

  test("keeps one key for a message without an id, whenever it is read", async () => {
    using here = setUp();
    const line = said({ id: "", output: 3 });
    writeFileSync(here.file, line);
    await here.pass();
    const [before] = here.ids();
    appendFileSync(here.file, "\n");
    await here.pass();
    // Another file in its place, with the same line and its newline.
    writeFileSync(here.file, `${line}\n${said({ id: "msg_2" })}\n`);
    truncateSync(here.file, statSync(here.file).size - 1);
    await here.pass();
    expect(here.ids()).toEqual([before as string, "msg_2"]);
    await here.ledger.reindex([join(dirname(here.file), "../..")]);
    expect(here.ids()).toEqual([before as string, "msg_2"]);
  });

  test("that another client appended to gives both messages, in one pass or in two", async () => {
    const lines = [said({ id: "", output: 1 }), said({ id: "msg_2" }), billed("s", 5)];
    using once = setUp();
    writeFileSync(once.file, `${lines.join("")}\n`);
    await once.pass();
    using often = setUp();
    for (const line of lines) {
      appendFileSync(often.file, line);
      await often.pass();
    }
    appendFileSync(often.file, "\n");
    await often.pass();
    expect(often.ids()).toHaveLength(2);
    expect(once.ids()).toEqual(often.ids());
    for (const { ledger } of [once, often]) expect(ledger.sessionUsage("s").billUsd).toBe(5);
  });

  test("is searched only where it is new, however long it gets", async () => {
    using here = setUp();
    writeFileSync(here.file, `${said({ id: "msg_1" })}\n`);
    await here.pass();
    const line = longLine(70 << 20);
    let written = 0;
    while (written < line.length) {
      const part = line.slice(written, written + (10 << 20));
      appendFileSync(here.file, part);
      written += part.length;
      const { bytesRead } = await here.pass();
      expect(bytesRead).toBeLessThanOrEqual((10 << 20) + 1_000);
    }
    appendFileSync(here.file, `\n${said({ id: "msg_2" })}\n`);
    const { bytesRead } = await here.pass();
    expect(bytesRead).toBeLessThan(1_000);
    expect(here.ids()).toEqual(["msg_1", "msg_2"]);
  }, 60_000);

  test("is counted when it is long and grows in steps", async () => {
    using here = setUp();
    const line = said({ id: "msg_1", output: 9 }).replace(
      '"content":[]',
      `"content":["${"x".repeat(3 << 20)}"]`,
    );
    for (let from = 0; from < line.length; from += 700_000) {
      appendFileSync(here.file, line.slice(from, from + 700_000));
      await here.pass();
    }
    expect(here.ids()).toEqual(["msg_1"]);
    appendFileSync(here.file, `\n${said({ id: "msg_2" })}\n`);
    await here.pass();
    expect(here.ids()).toEqual(["msg_1", "msg_2"]);
  });

  test("that is replaced by others is read again", async () => {
    using here = setUp();
    writeFileSync(here.file, `${said({ id: "msg_1" })}\n`);
    const size = statSync(here.file).size;
    appendFileSync(here.file, longLine(2 << 20).slice(0, -1));
    await here.pass();
    truncateSync(here.file, size);
    appendFileSync(here.file, `${said({ id: "msg_2" })}\n${longLine(2 << 20)}\n${said({ id: "msg_3" })}\n`);
    await here.pass();
    expect(here.ids()).toEqual(["msg_1", "msg_2", "msg_3"]);
  });
});

test("a short first line before a long one does not make the file be read from its start", async () => {
  using here = setUp();
  writeFileSync(here.file, `{"type":"mode"}\n${longLine(3 << 20)}\n${said({ id: "msg_1" })}\n`);
  await here.pass();
  for (const id of ["msg_2", "msg_3"]) {
    appendFileSync(here.file, `${said({ id })}\n`);
    expect((await here.pass()).bytesRead).toBeLessThan(1_000);
  }
  expect(here.ids()).toEqual(["msg_1", "msg_2", "msg_3"]);
});

test("lines shorter than the signature, one by one, do not make the file be read from its start", async () => {
  using here = setUp();
  for (let line = 0; line < 30; line++) {
    appendFileSync(here.file, `{"line":${line}}\n`);
    expect((await here.pass()).bytesRead).toBeLessThan(20);
  }
});
