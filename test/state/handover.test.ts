import { expect, test } from "bun:test";
import { readPayload } from "../../src/claude/payload.ts";
import { decodeHandover, encodeHandover, type PassRequest } from "../../src/state/handover.ts";

const RAW = JSON.stringify({
  session_id: "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0",
  session_name: "tidy up",
  transcript_path: "/home/dev/.claude/projects/-p/943f.jsonl",
  workspace: { current_dir: "/home/dev/proj/src", project_dir: "/home/dev/proj" },
  model: { id: "claude-sonnet-5-5" },
  cost: { total_cost_usd: 0.017 },
  context_window: { context_window_size: 1_000_000, used_percentage: 7 },
  rate_limits: {
    five_hour: { used_percentage: 23.5, resets_at: 1795297267 },
    seven_day: { used_percentage: 4 },
  },
});

const request: PassRequest = {
  payload: readPayload(JSON.parse(RAW)),
  payloadText: `${RAW}\n`,
  root: "/home/dev/proj",
  claudeDir: "/home/dev/.claude",
  configPath: "/home/dev/.config/plimsoll/config.json",
  clientPid: 4711,
  apiKey: false,
};

test("what display knows arrives in gather unchanged", () => {
  expect(request.payload.limits?.fiveHour).toEqual({ usedPercent: 23.5, resetsAt: 1795297267000 });
  expect(decodeHandover(encodeHandover(request))).toEqual(request);
});

test("without the raw payload, the fields that a pass uses arrive", () => {
  const reduced = { ...request, payloadText: undefined };
  expect(decodeHandover(encodeHandover(reduced))).toEqual(reduced);
});

test("any other value of the variable is an empty request, never an error", () => {
  const empty = { payload: readPayload(undefined) };
  for (const value of [undefined, "", "{", "null", "[]", '"x"', '{"root":5,"payload":{"session_id":7}}'])
    expect(decodeHandover(value)).toEqual(empty);
  expect(decodeHandover('{"payload":"{"}')).toEqual({ ...empty, payloadText: "{" });
});
