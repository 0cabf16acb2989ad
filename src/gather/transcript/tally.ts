/**
 * The session's figures, added up line by line. The tally is plain JSON of bounded size, so that it can be kept between
 * passes: each reads only what was appended.
 */

import { at, count, field, isObject, type Json, text } from "../../claude/json.ts";
import { type MutableTokens, NO_TOKENS, TOKEN_KINDS, type TokenCounts } from "../../claude/token-counts.ts";
import { tokensOf } from "../../claude/transcript.ts";
import type { TranscriptFacts } from "../../state/parts.ts";
import { plainText, promptOf } from "./text.ts";
import { type TodoList, todoFacts, updateTodos } from "./todos.ts";
import { type ToolCall, toolCall } from "./tool-call.ts";

export interface TranscriptTally {
  turns: number;
  compactions: number;
  lastCompaction?: NonNullable<TranscriptFacts["lastCompaction"]>;
  lastUserMessage?: string;
  lastUserMessageAt?: number;
  lastActivityAt?: number;
  tools: Record<string, number>;
  pending: ToolCall[];
  /** Subagents that continue in the background after their call returned, until a notification ends them. */
  background: ToolCall[];
  todos: TodoList;
  tokens: MutableTokens;
  /** Usage of the newest messages: later lines of a message repeat or replace it. */
  recent: { id: string; tokens: TokenCounts }[];
}

const LIMITS = { toolNames: 64, shownTools: 8, pending: 32, shownAgents: 8, recent: 8 } as const;

export const emptyTally = (): TranscriptTally => ({
  turns: 0,
  compactions: 0,
  tools: {},
  pending: [],
  background: [],
  todos: { items: [] },
  tokens: { ...NO_TOKENS },
  recent: [],
});

/** Add a parsed line to the tally. Unknown types and shapes are skipped. */
export function addLine(tally: TranscriptTally, line: Json): void {
  const when = instantOf(field(line, "timestamp"));
  if (when !== undefined) tally.lastActivityAt = Math.max(tally.lastActivityAt ?? 0, when);
  // Older clients wrote lines of subagents into the session's own file.
  if (field(line, "isSidechain") === true) return;
  const type = field(line, "type");
  if (type === "user") addUser(tally, line, when ?? 0);
  else if (type === "assistant") addAssistant(tally, line, when ?? 0);
  else if (type === "system") {
    const subtype = field(line, "subtype");
    if (subtype === "compact_boundary") addCompaction(tally, line, when ?? 0);
    // The turn is over: calls without a result were interrupted.
    else if (subtype === "turn_duration") {
      tally.pending = [];
      if (!count(field(line, "pendingBackgroundAgentCount"))) tally.background = [];
    }
  }
}

/** The facts for the session's state. */
export function factsOf(tally: TranscriptTally): TranscriptFacts {
  const running = tally.pending.findLast(({ agent }) => agent === undefined);
  const todos = todoFacts(tally.todos);
  return {
    turns: tally.turns,
    ...(tally.lastUserMessage === undefined ? {} : { lastUserMessage: tally.lastUserMessage }),
    ...(tally.lastUserMessageAt === undefined ? {} : { lastUserMessageAt: tally.lastUserMessageAt }),
    ...(tally.lastActivityAt === undefined ? {} : { lastActivityAt: tally.lastActivityAt }),
    compactions: tally.compactions,
    ...(tally.lastCompaction && { lastCompaction: tally.lastCompaction }),
    tools: Object.entries(tally.tools)
      .map(([name, times]) => ({ name, count: times }))
      .sort((a, b) => b.count - a.count)
      .slice(0, LIMITS.shownTools),
    ...(running && {
      runningTool: {
        name: running.name,
        ...(running.target === undefined ? {} : { target: running.target }),
        since: running.since,
      },
    }),
    agents: [...tally.background, ...tally.pending]
      .filter(({ agent }) => agent !== undefined)
      .slice(-LIMITS.shownAgents)
      .map(({ agent, since }) => ({ type: "agent", ...agent, since })),
    ...(todos && { todos }),
    tokens: tally.tokens,
  };
}

/** `compactMetadata` as Claude Code 2.1.331 writes it; older clients may leave it out. */
function addCompaction(tally: TranscriptTally, line: Json, when: number): void {
  tally.compactions++;
  const facts = field(line, "compactMetadata");
  const tokens = text(field(facts, "trigger")) === "auto" ? count(field(facts, "preTokens")) : undefined;
  tally.lastCompaction = { at: when, ...(tokens ? { autoAtTokens: tokens } : {}) };
}

function addUser(tally: TranscriptTally, line: Json, when: number): void {
  const content = at(line, "message", "content");
  if (Array.isArray(content)) {
    for (const block of content) {
      const id = text(field(block, "tool_use_id"));
      if (id === undefined) continue;
      const call = tally.pending.find((pending) => pending.id === id);
      tally.pending = tally.pending.filter((pending) => pending !== call);
      if (call?.agent && isAsync(line)) tally.background = [...tally.background, call].slice(-LIMITS.pending);
      updateTodos(tally.todos, { kind: "result", id, content: plainText(field(block, "content")) });
    }
  }
  const finished = finishedAgent(content);
  if (finished !== undefined) tally.background = tally.background.filter(({ id }) => id !== finished);
  const message = promptOf(line);
  if (message === undefined) return;
  tally.turns++;
  tally.pending = [];
  tally.lastUserMessage = message;
  tally.lastUserMessageAt = when;
}

/** The call returned while the subagent continues (Claude Code 2.1.330). */
const isAsync = (line: Json): boolean => at(line, "toolUseResult", "isAsync") === true;

/** The call of a subagent that a notification reports as finished. */
function finishedAgent(content: Json): string | undefined {
  const notice = plainText(content);
  if (!notice?.trimStart().startsWith("<task-notification>")) return undefined;
  return notice.match(/<tool-use-id>([^<]+)<\/tool-use-id>/)?.[1];
}

function addAssistant(tally: TranscriptTally, line: Json, when: number): void {
  const message = field(line, "message");
  if (field(line, "isApiErrorMessage") === true) return;
  addUsage(tally, message);
  const content = field(message, "content");
  if (!Array.isArray(content)) return;
  for (const block of content) {
    if (field(block, "type") !== "tool_use") continue;
    const id = text(field(block, "id"), 80);
    const name = text(field(block, "name"), 80);
    if (id === undefined || name === undefined || tally.pending.some((pending) => pending.id === id))
      continue;
    addTool(tally, { id, name, input: field(block, "input"), when });
  }
}

function addTool(
  tally: TranscriptTally,
  call: { id: string; name: string; input: Json; when: number },
): void {
  const { id, name, input, when } = call;
  const times = Object.hasOwn(tally.tools, name) ? (tally.tools[name] ?? 0) : 0;
  if (times > 0 || Object.keys(tally.tools).length < LIMITS.toolNames) tally.tools[name] = times + 1;
  updateTodos(tally.todos, { kind: "call", id, name, input });
  tally.pending.push(toolCall(id, name, input, when));
  if (tally.pending.length > LIMITS.pending) tally.pending.shift();
}

function addUsage(tally: TranscriptTally, message: Json): void {
  const usage = field(message, "usage");
  const id = text(field(message, "id"), 80);
  if (!isObject(usage) || id === undefined) return;
  const tokens = tokensOf(usage);
  const known = tally.recent.find((recent) => recent.id === id);
  for (const kind of TOKEN_KINDS)
    tally.tokens[kind] += Math.max(0, tokens[kind] - (known?.tokens[kind] ?? 0));
  if (known) known.tokens = tokens;
  else {
    tally.recent.push({ id, tokens });
    if (tally.recent.length > LIMITS.recent) tally.recent.shift();
  }
}

function instantOf(value: Json): number | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
