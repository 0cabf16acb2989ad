/**
 * The session of a selftest: its payload, its transcripts, and the expected figures, calculated by hand.
 *
 * The history has what makes counting hard: a message on several lines that repeat its usage, an early line without the
 * final figures, a subagent's file, an error message, and an incomplete last line.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Its prices per million tokens: input $3, output $15, cache read $0.30, cache write $3.75 (5 min) and $6 (1 h). */
const MODEL = "claude-sonnet-4-5-20250929";
const ID = "5e1f7e57-0000-4000-8000-000000000001";

/** Sums of the history. */
const EXPECTED = {
  turns: 2,
  input: 20_000,
  output: 10_000,
  cacheRead: 200_000,
  cacheWrite: 13_000,
  costUsd: 0.33,
} as const;

export interface TestSession {
  readonly id: string;
  readonly expected: typeof EXPECTED;
  /** The payload as Claude Code sends it. @param billUsd the client's bill, if it has one */
  payload(billUsd?: number): string;
}

/** Write the history below a Claude Code directory. @param cwd the session's directory */
export function writeSession(claudeDir: string, cwd: string): TestSession {
  const transcript = `${claudeDir}/projects/-selftest/${ID}.jsonl`;
  write(transcript, mainLines(), '{"type":"assistant","message":{"id":"msg_torn","usage":{"inp');
  write(`${claudeDir}/projects/-selftest/${ID}/subagents/agent-1.jsonl`, subagentLines());
  return {
    id: ID,
    expected: EXPECTED,
    payload: (billUsd) => JSON.stringify(payload(transcript, cwd, billUsd)),
  };
}

function write(path: string, lines: readonly object[], incomplete = ""): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n${incomplete}`, {
    mode: 0o600,
  });
}

/** $0.24 */
function mainLines(): object[] {
  const first = usage({
    input: 10_000,
    output: 8_000,
    cacheRead: 100_000,
    cacheWrite5m: 8_000,
    cacheWrite1h: 5_000,
  });
  return [
    person("first prompt"),
    reply("msg_1", { ...first, output_tokens: 1 }),
    reply("msg_1", first),
    reply("msg_1", first),
    { ...reply("msg_error", first), isApiErrorMessage: true },
    person("second prompt"),
  ];
}

/** $0.09 */
const subagentLines = (): object[] => [
  { ...reply("msg_2", usage({ input: 10_000, output: 2_000, cacheRead: 100_000 })), isSidechain: true },
];

const base = () => ({ sessionId: ID, timestamp: new Date().toISOString(), isSidechain: false });

const person = (content: string) => ({ ...base(), type: "user", message: { role: "user", content } });

const reply = (id: string, counts: object) => ({
  ...base(),
  type: "assistant",
  requestId: `req_${id}`,
  message: { id, type: "message", role: "assistant", model: MODEL, content: [], usage: counts },
});

const usage = ({ input = 0, output = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0 }) => ({
  input_tokens: input,
  output_tokens: output,
  cache_read_input_tokens: cacheRead,
  cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
  cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
});

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
