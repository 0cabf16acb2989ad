/**
 * Rows for Claude Code's list of running subagents: the `subagentStatusLine` protocol of client 2.1.331.
 *
 * stdin has `columns` and `tasks[]`; stdout is one JSON object a line, `{"id","content"}`. The client draws its own row
 * for a task that is left out, so invalid tasks are skipped.
 */
import { amount, at, count, field, type Json, text } from "../claude/json.ts";
import type { Config } from "../config/config.ts";
import type { Terminal } from "./context.ts";
import { tidy } from "./layout/clean.ts";
import { fitRow, form } from "./layout/layout.ts";
import { paint } from "./layout/paint.ts";
import { joinerOf } from "./layout/style.ts";
import { type Level, levelOf } from "./level.ts";
import { bar, barShape } from "./look/bar.ts";
import { duration, percent, tokens } from "./look/format.ts";
import { icon } from "./look/icons.ts";
import { palette } from "./look/theme.ts";
import type { Role, Span } from "./segment.ts";

interface Task {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly status?: string;
  readonly model?: string;
  readonly effort?: string;
  readonly window?: number;
  readonly tokens?: number;
  /** Tokens a minute. */
  readonly rate?: number;
  readonly startedAt?: number;
}

/** The client adds a sample of the token count about once a second. */
const SAMPLE_SECONDS = 1;
const RATE_SAMPLES = 15;
const ASSUMED_COLUMNS = 80;
/** More than the rows of a screen. */
const MAX_TASKS = 100;

/**
 * @param json the parsed stdin, untrusted
 * @param now Unix milliseconds
 * @returns the lines for stdout, without line ends
 */
export function renderSubagents(json: Json, now: number, terminal: Terminal, config: Config): string[] {
  const tasks = field(json, "tasks");
  if (!Array.isArray(tasks)) return [];
  const columns = Math.min(count(field(json, "columns")) || ASSUMED_COLUMNS, 4096);
  const lines: string[] = [];
  for (const task of tasks.slice(0, MAX_TASKS).map(readTask)) {
    if (!task) continue;
    const content = drawTask(task, now, columns, terminal, config);
    if (content !== "") lines.push(JSON.stringify({ id: task.id, content }));
  }
  return lines;
}

function readTask(json: Json): Task | undefined {
  const id = text(field(json, "id"));
  if (id === undefined) return undefined;
  const name = ["name", "agentType", "label", "type"]
    .map((key) => tidy(text(field(json, key)) ?? ""))
    .find(Boolean);
  const samples = field(json, "tokenSamples");
  const description = tidy(text(field(json, "description")) ?? "");
  const found: Partial<Record<keyof Task, unknown>> = {
    status: text(field(json, "status")),
    model: text(field(json, "model"))?.replace(/^claude-/, ""),
    effort: text(field(json, "effort")) ?? text(at(json, "effort", "level")),
    window: count(field(json, "contextWindowSize")) || undefined,
    tokens: count(field(json, "tokenCount")),
    rate: Array.isArray(samples) ? rateOf(samples.map(amount)) : undefined,
    startedAt: amount(field(json, "startTime")) || undefined,
    description: description === "" || description === name ? undefined : description,
  };
  const known = Object.entries(found).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(known) as Partial<Task>), id, name: name ?? "agent" };
}

/** Tokens a minute over the newest samples; undefined until they differ. */
function rateOf(samples: readonly (number | undefined)[]): number | undefined {
  const newest = samples.slice(-RATE_SAMPLES);
  const [first, last] = [newest[0], newest.at(-1)];
  if (newest.length < 2 || first === undefined || last === undefined || last <= first) return undefined;
  return ((last - first) / ((newest.length - 1) * SAMPLE_SECONDS)) * 60;
}

/** The numbers are priorities. */
function drawTask(task: Task, now: number, columns: number, terminal: Terminal, config: Config): string {
  const parts: { spans: Span[]; short?: Span[]; role: Role; priority: number; level?: Level }[] = [];
  const add = (role: Role, priority: number, ...spans: Span[]) => parts.push({ role, priority, spans });
  add("activity", 90, { text: task.name, role: "activity", elastic: 8 });
  if (task.description !== undefined) add("text", 50, { text: task.description, role: "text", elastic: 10 });
  if (task.status !== undefined && task.status !== "running")
    add(stateRole(task.status), 85, { text: task.status, role: stateRole(task.status), elastic: 6 });
  if (task.model !== undefined) add("model", 60, { text: task.model, role: "model", elastic: 10 });
  if (task.effort !== undefined) add("model", 20, { text: task.effort, role: "muted", elastic: 4 });
  const { window, tokens: used } = task;
  if (used !== undefined && used > 0) {
    const amountText: Span = { text: tokens(used), role: "context" };
    if (window === undefined) add("context", 70, amountText);
    else {
      const share = (used / window) * 100;
      const { filled, rest } = bar(share, Math.min(config.bar.cells, 5), barShape(config, terminal));
      parts.push({
        role: "context",
        priority: 70,
        level: levelOf(share, [70, 85]),
        spans: [
          { text: filled, role: "context" },
          { text: `${rest} `, role: "muted" },
          { text: percent(share), role: "context" },
          { text: ` ${tokens(used)}`, role: "muted" },
        ],
        short: [{ text: percent(share), role: "context" }],
      });
    }
  }
  if (task.rate !== undefined) add("muted", 30, { text: `${tokens(task.rate)}/min`, role: "muted" });
  if (task.startedAt !== undefined) add("time", 40, { text: duration(now - task.startedAt), role: "time" });

  const blocks = parts.flatMap(({ spans, short, ...rest }, id) => {
    const full = form(spans);
    return full
      ? [{ ...rest, id, level: rest.level ?? ("normal" as const), full, short: () => short && form(short) }]
      : [];
  });
  const plain = { ...config, style: "plain" as const };
  const ellipsis = icon(config.icons, "ellipsis");
  const style = joinerOf(plain, terminal.colors > 0);
  const fitted = fitRow(blocks, [], Math.max(1, columns), style, ellipsis);
  return paint(style.draw(fitted.left, "left", palette(config.theme, config.colors, terminal)));
}

const stateRole = (status: string): Role =>
  status === "completed" ? "good" : status === "failed" || status === "killed" ? "critical" : "muted";
