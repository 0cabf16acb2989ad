import { expect, test } from "bun:test";
import { readPayload } from "../../src/claude/payload.ts";
import { decodeHandover, encodeHandover, handoverOf } from "../../src/state/handover.ts";

test("what display knows arrives in gather as it was", () => {
  const payload = readPayload({
    session_id: "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0",
    transcript_path: "/home/dev/.claude/projects/-p/943f.jsonl",
    cwd: "/home/dev/proj",
    model: { id: "claude-sonnet-5-5", display_name: "Sonnet 5.5" },
    cost: { total_cost_usd: 0.017 },
    context_window: { context_window_size: 1_000_000, used_percentage: 7 },
    rate_limits: { five_hour: { used_percentage: 23.5, resets_at: 1795297267 } },
  });
  const handover = {
    ...handoverOf(payload),
    root: "/home/dev/proj",
    claudeDir: "/home/dev/.claude",
    configPath: "/home/dev/.config/plimsoll/config.json",
    clientPid: 4711,
    apiKey: false,
    payload: '{"session_id": "943f5ab6"}\n',
  };
  expect(handover.limits?.fiveHour).toEqual({ usedPercent: 23.5, resetsAt: 1795297267000 });
  expect(decodeHandover(encodeHandover(handover))).toEqual(handover);
});

test("anything else in the variable is an empty hand-over, never an error", () => {
  for (const value of [undefined, "", "{", "null", "[]", '"x"', '{"sessionId":5,"limits":{"fiveHour":7}}'])
    expect(decodeHandover(value)).toEqual({});
});
