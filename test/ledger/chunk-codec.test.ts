import { expect, test } from "bun:test";
import type { UsageLine } from "../../src/claude/transcript.ts";
import { pack, unpack } from "../../src/ledger/chunk-codec.ts";

test("a chunk is the same on the other side of a thread", () => {
  const line: UsageLine = {
    id: "msg_1",
    requestId: undefined,
    uuid: undefined,
    sessionId: "s",
    model: "claude-haiku-5-5",
    at: 1_795_168_800_000,
    sidechain: true,
    speed: "fast",
    geo: "us",
    final: true,
    requests: { least: 3, most: 120_000 },
    webSearches: 2,
    costUsd: undefined,
    input: 1,
    output: 2,
    cacheRead: 3,
    cacheWrite5m: 4,
    cacheWrite1h: 5,
  };
  const plain: UsageLine = {
    ...line,
    sidechain: false,
    speed: undefined,
    geo: undefined,
    final: false,
    requests: undefined,
    costUsd: 0.25,
  };
  const usage = [line, plain, { ...line, sidechain: false }].map((each) => ({ line: each, anonymous: "" }));
  const cursor = { inode: 5, offset: 10, searched: 10, head: 6, tail: 7 };
  const chunk = { index: 3, bytes: 10, usage, bills: [], cursor, ended: true };
  expect(unpack(pack(chunk))).toEqual(chunk);
});
