/**
 * Histories to index: transcripts as Claude Code writes them, with everything that makes counting hard, and the sums
 * that are expected. The same seed gives the same history.
 *
 * A message is written over several lines that repeat its usage, sometimes growing; subagents write files of their own;
 * a resumed session begins with a copy of an earlier one's lines; there are error messages, lines of other kinds, tool
 * results with a `usage` field, and an incomplete last line.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface TrueMessage {
  readonly id: string;
  readonly session: string;
  readonly project: string;
  readonly model: string;
  readonly at: number;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

export interface History {
  /** The content of each transcript by its path below the home directory. Newest last. */
  readonly files: Map<string, string>;
  readonly messages: TrueMessage[];
  /** The client's bill by session, where the history has bills. */
  readonly bills: Map<string, number>;
}

export interface HistoryOptions {
  readonly seed?: number;
  readonly sessions?: number;
  /** Turns a session. */
  readonly turns?: number;
  readonly projects?: number;
  /** The newest instant. Unix milliseconds. */
  readonly now?: number;
  readonly days?: number;
  readonly models?: readonly string[];
  /** Bytes of padding in each tool result, at most. */
  readonly padding?: number;
  /** End each session with a bill: the cost of its messages by `price`, plus `extraUsd`. */
  readonly bill?: { price: (message: TrueMessage) => number; extraUsd: number };
  /** Omit what ccusage counts differently. */
  readonly plain?: boolean;
}

export const MODELS = ["claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"];

/** The text of all messages, with every character that JSON escapes. */
const PROSE =
  'the build fails when lock is stale — so read "file" \\n then\trun tests, né 木, and fix types '.repeat(
    2_000,
  );

/** Mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function makeHistory({
  seed = 1,
  sessions = 8,
  turns = 12,
  projects = 3,
  now = Date.UTC(2026, 10, 20, 12),
  days = 10,
  models = MODELS,
  padding = 400,
  bill,
  plain = false,
}: HistoryOptions = {}): History {
  const next = random(seed);
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const pick = <Value>(values: readonly Value[]): Value => values[between(0, values.length - 1)] as Value;
  const code = (length: number) =>
    Array.from(
      { length },
      () => "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"[between(0, 55)],
    ).join("");
  const uuid = () => {
    const hex = Array.from({ length: 32 }, () => between(0, 15).toString(16)).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };
  const prose = (length: number) => {
    const start = between(0, Math.max(0, PROSE.length - length));
    return PROSE.slice(start, start + length);
  };

  const history: History = { files: new Map(), messages: [], bills: new Map() };
  let earlier: string[] = [];
  for (let number = 0; number < sessions; number++) {
    const session = uuid();
    const project = `-home-dev-proj${String(number % projects).padStart(2, "0")}`;
    const lines: string[] = [];
    const sub: string[] = [];
    const model = pick(models);
    let at = Math.floor(now - days * 86_400_000 * (1 - (number + 0.5) / sessions));
    const own: TrueMessage[] = [];
    const base = (sidechain: boolean) => ({
      parentUuid: uuid(),
      isSidechain: sidechain,
      userType: "external",
      cwd: `/home/dev/${project.slice(10)}`,
      sessionId: session,
      version: "2.1.330",
      gitBranch: "main",
    });
    const stamp = (time: number) => new Date(time).toISOString();
    const write = (to: string[], entry: object) => to.push(JSON.stringify(entry));

    const say = (to: string[], sidechain: boolean) => {
      const message: TrueMessage = {
        id: `msg_01${code(22)}`,
        session,
        project,
        model: next() < 0.1 ? pick(models) : model,
        at,
        input: between(1, 60),
        output: between(20, 1500),
        cacheRead: plain ? between(5_000, 150_000) : between(5_000, 260_000),
        cacheWrite5m: between(0, 4_000),
        cacheWrite1h: next() < 0.3 ? between(1, 3_000) : 0,
      };
      const requestId = `req_011${code(21)}`;
      const usage = (output: number) => ({
        input_tokens: message.input,
        cache_creation_input_tokens: message.cacheWrite5m + message.cacheWrite1h,
        cache_read_input_tokens: message.cacheRead,
        cache_creation: {
          ephemeral_5m_input_tokens: message.cacheWrite5m,
          ephemeral_1h_input_tokens: message.cacheWrite1h,
        },
        output_tokens: output,
        service_tier: "standard",
      });
      const blocks = between(1, next() < 0.05 ? 25 : 3);
      // Some clients write a first line before the stream has ended: its output is not the final one.
      const growing = blocks > 1 && next() < 0.3;
      const line = (output: number, block: number, other: object = {}) => ({
        ...base(sidechain),
        type: "assistant",
        uuid: uuid(),
        timestamp: stamp(growing || block === 0 ? at : at + block),
        requestId,
        message: {
          id: message.id,
          type: "message",
          role: "assistant",
          model: message.model,
          content: [
            block === 0
              ? { type: "text", text: prose(between(20, 300)) }
              : {
                  type: "tool_use",
                  id: `toolu_${code(20)}`,
                  name: "Read",
                  input: { usage: { input_tokens: 5 }, path: prose(20) },
                },
          ],
          stop_reason: null,
          stop_sequence: null,
          usage: usage(output),
        },
        ...other,
      });
      for (let block = 0; block < blocks; block++) {
        const early = growing && block < blocks - 1;
        write(to, line(early ? 1 : message.output, block));
      }
      // A side question replays the message it was asked at, under a request of its own.
      if (!plain && !sidechain && next() < 0.05)
        write(to, line(message.output, 0, { isSidechain: true, requestId: `req_011${code(21)}` }));
      own.push(message);
      at += between(200, 3_000);
      write(to, {
        ...base(sidechain),
        type: "user",
        uuid: uuid(),
        timestamp: stamp(at),
        message: { role: "user", content: [{ type: "tool_result", content: prose(between(0, padding)) }] },
        toolUseResult: {
          stdout: prose(between(0, padding)),
          ...(next() < 0.1 ? { usage: { input_tokens: 999, output_tokens: 999 } } : {}),
        },
      });
    };

    for (let turn = 0; turn < turns; turn++) {
      write(lines, {
        ...base(false),
        type: "user",
        uuid: uuid(),
        timestamp: stamp(at),
        message: { role: "user", content: prose(80) },
      });
      for (let step = between(1, 6); step > 0; step--) {
        at += between(2_000, 30_000);
        say(lines, false);
      }
      if (next() < 0.2) for (let step = between(1, 4); step > 0; step--) say(sub, true);
      if (!plain && next() < 0.1)
        write(lines, {
          ...base(false),
          type: "assistant",
          uuid: uuid(),
          timestamp: stamp(at),
          isApiErrorMessage: true,
          message: {
            id: uuid(),
            model: "<synthetic>",
            role: "assistant",
            content: [],
            usage: { input_tokens: 7, output_tokens: 7 },
          },
        });
      at += next() < 0.1 ? between(3_600_000, 8 * 3_600_000) : between(5_000, 600_000);
    }
    if (bill) {
      const total = own.reduce((sum, message) => sum + bill.price(message), bill.extraUsd);
      history.bills.set(session, total);
      write(lines, { type: "cost-state", sessionId: session, totalCostUSD: total, modelUsage: {} });
    }
    history.messages.push(...own);
    const copied = number % 4 === 3 ? earlier.slice(0, Math.ceil(earlier.length / 3)) : [];
    earlier = lines;
    const text = (content: string[]) => `${content.join("\n")}\n`;
    const torn = number === sessions - 1 ? (lines.at(-1) ?? "").slice(0, 90) : "";
    history.files.set(`.claude/projects/${project}/${session}.jsonl`, text([...copied, ...lines]) + torn);
    if (sub.length > 0)
      history.files.set(
        `.claude/projects/${project}/${session}/subagents/agent-${code(12)}.jsonl`,
        text(sub),
      );
  }
  return history;
}

/** Write a history below a home directory. */
export function writeHistory(home: string, history: History): void {
  for (const [path, text] of history.files) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
}

/** Sums of tokens by whatever a message is grouped by. */
export function totals(
  messages: readonly TrueMessage[],
  key: (message: TrueMessage) => string,
): Record<string, number[]> {
  const sums: Record<string, number[]> = {};
  for (const message of messages) {
    const sum = sums[key(message)] ?? [0, 0, 0, 0, 0, 0];
    sums[key(message)] = sum;
    const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = message;
    for (const [index, value] of [1, input, output, cacheRead, cacheWrite5m, cacheWrite1h].entries())
      sum[index] = (sum[index] ?? 0) + value;
  }
  return sums;
}
