/** Lines for transcripts of one's own. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Said {
  readonly id?: string;
  readonly request?: string;
  readonly session?: string;
  readonly model?: string;
  /** RFC 3339, or the time of day on 20 November 2026. */
  readonly at?: string;
  readonly input?: number;
  readonly output?: number;
  readonly read?: number;
  readonly write5m?: number;
  readonly write1h?: number;
  readonly sidechain?: boolean;
  readonly speed?: string;
  readonly searches?: number;
  readonly costUsd?: number;
}

const fullTime = (at: string): string => (at.includes("T") ? at : `2026-11-20T${at}.000Z`);

/** An assistant message's line. */
export function said(message: Said = {}): string {
  const { id = "msg_1", model = "claude-opus-4-5", at = "10:00:00", input = 0, output = 0 } = message;
  const { write5m = 0, write1h = 0 } = message;
  return JSON.stringify({
    isSidechain: message.sidechain ?? false,
    ...(message.session === undefined ? {} : { sessionId: message.session }),
    type: "assistant",
    timestamp: fullTime(at),
    ...(message.request === undefined ? {} : { requestId: message.request }),
    ...(message.costUsd === undefined ? {} : { costUSD: message.costUsd }),
    message: {
      ...(id === "" ? {} : { id }),
      model,
      content: [],
      usage: {
        input_tokens: input,
        output_tokens: output,
        cache_read_input_tokens: message.read ?? 0,
        cache_creation_input_tokens: write5m + write1h,
        cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
        ...(message.speed === undefined ? {} : { speed: message.speed }),
        ...(message.searches === undefined
          ? {}
          : { server_tool_use: { web_search_requests: message.searches } }),
      },
    },
  });
}

/** A line with nothing but a time. */
export const happened = (at: string): string => JSON.stringify({ type: "system", timestamp: fullTime(at) });

/** The line with the client's bill. */
export const billed = (session: string, totalCostUSD: number, modelUsage: object = {}): string =>
  JSON.stringify({ type: "cost-state", sessionId: session, totalCostUSD, modelUsage });

/** Append lines to a session's transcript below a home directory. */
export function append(home: string, session: string, ...lines: string[]): void {
  writeLines(join(home, `.claude/projects/-home-dev-proj/${session}.jsonl`), lines);
}

/** Append lines to a file, which is made if need be. */
export function writeLines(path: string, lines: readonly string[]): void {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, lines.map((line) => `${line}\n`).join(""));
}
