/**
 * The session that the selftest shows and counts: its payload, its transcripts, and the truth about both, worked out by
 * hand.
 *
 * The history holds what makes counting hard: a message on several lines that repeat its usage, one whose early line
 * has not its final figures yet, a subagent's file, an error message, and a last line that is torn.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Claude Sonnet 4.5 costs, per million tokens: input $3, output $15, cache read $0.30, written $3.75 and $6. */
const MODEL = "claude-sonnet-4-5-20250929";
const ID = "5e1f7e57-0000-4000-8000-000000000001";

/** What the history comes to. Tokens, and USD. */
const TRUTH = {
  turns: 2,
  input: 20_000,
  output: 10_000,
  cacheRead: 200_000,
  cacheWrite: 13_000,
  costUsd: 0.33,
} as const;

export interface Session {
  readonly id: string;
  readonly truth: typeof TRUTH;
  /** The payload as Claude Code sends it, with the client's bill in USD or without one. */
  payload(billUsd?: number): string;
}

/** Write the history below a Claude Code directory. @param cwd the session's directory */
export function writeSession(claudeDir: string, cwd: string): Session {
  const transcript = `${claudeDir}/projects/-selftest/${ID}.jsonl`;
  write(transcript, mainLines(), '{"type":"assistant","message":{"id":"msg_torn","usage":{"inp');
  write(`${claudeDir}/projects/-selftest/${ID}/subagents/agent-1.jsonl`, subagentLines());
  return { id: ID, truth: TRUTH, payload: (billUsd) => JSON.stringify(payload(transcript, cwd, billUsd)) };
}

function write(path: string, lines: readonly object[], torn = ""): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n${torn}`, { mode: 0o600 });
}

/** $0.24: 10,000 in, 8,000 out, 100,000 from the cache, 8,000 written for five minutes and 5,000 for an hour. */
function mainLines(): object[] {
  const first = usage({ input: 10_000, output: 8_000, read: 100_000, write5m: 8_000, write1h: 5_000 });
  return [
    person("first prompt"),
    reply("msg_1", { ...first, output_tokens: 1 }),
    reply("msg_1", first),
    reply("msg_1", first),
    { ...reply("msg_error", first), isApiErrorMessage: true },
    person("second prompt"),
  ];
}

/** $0.09: 10,000 in, 2,000 out, 100,000 from the cache. */
const subagentLines = (): object[] => [
  { ...reply("msg_2", usage({ input: 10_000, output: 2_000, read: 100_000 })), isSidechain: true },
];

const base = () => ({ sessionId: ID, timestamp: new Date().toISOString(), isSidechain: false });

const person = (content: string) => ({ ...base(), type: "user", message: { role: "user", content } });

const reply = (id: string, counts: object) => ({
  ...base(),
  type: "assistant",
  requestId: `req_${id}`,
  message: { id, type: "message", role: "assistant", model: MODEL, content: [], usage: counts },
});

function usage(counts: {
  input: number;
  output: number;
  read: number;
  write5m?: number;
  write1h?: number;
}): Record<string, unknown> {
  const { input, output, read, write5m = 0, write1h = 0 } = counts;
  return {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: write5m + write1h,
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
  };
}

const payload = (transcript: string, cwd: string, billUsd: number | undefined) => ({
  session_id: ID,
  transcript_path: transcript,
  cwd,
  model: { id: MODEL, display_name: "Sonnet 4.5" },
  workspace: { current_dir: cwd, project_dir: cwd, added_dirs: [] },
  version: "2.1.331",
  ...(billUsd !== undefined && { cost: { total_cost_usd: billUsd, total_api_duration_ms: 1_000 } }),
  context_window: { context_window_size: 200_000, used_percentage: 37, remaining_percentage: 63 },
});
