import { expect, test } from "bun:test";
import type { UsageLine } from "../../src/claude/transcript.ts";
import { pack, unpack } from "../../src/ledger/piece-codec.ts";

test("a piece is the same on the other side of a thread", () => {
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
  const piece = { usage, bills: [], offset: 10, searched: 10, tail: 7, ended: true };
  expect(unpack(pack(piece))).toEqual(piece);
});
