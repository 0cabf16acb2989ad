/**
 * Rows for Claude Code's list of running subagents: the `subagentStatusLine` protocol of client 2.1.331.
 *
 * stdin has `columns` and `tasks[]`; stdout is one JSON object a line, `{"id","content"}`. The client draws its own row
 * for a task that is left out, so invalid tasks are skipped. The rows of a payload are a table. It draws bold text and
 * colours of 24 bits, and passes the environment of the line (measured): rows have the line's theme.
 */
import { amount, at, count, field, type Json, text } from "../claude/json.ts";
import type { Config } from "../config/config.ts";
import type { Terminal } from "./context.ts";
import { tidy } from "./layout/clean.ts";
import { type AlignedCell, type AlignedColumn, drawTable } from "./layout/table.ts";
import { LEVEL_MARKS, levelOf } from "./level.ts";
import { bar, barShape } from "./look/bar.ts";
import { duration, percent, tokens } from "./look/format.ts";
import { withIcons } from "./look/icons.ts";
import { modelLabel, shortModelLabel } from "./look/model-label.ts";
import { prose, type Role, type Span } from "./segment.ts";

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
const MOST_BAR_CELLS = 5;
/** A longer status is not one of the client's. Cells. */
const LONGEST_STATUS = 12;
/** Percent of the context window. */
const CONTEXT_LEVELS = [70, 85] as const;

/**
 * @param json the parsed stdin, untrusted
 * @param now Unix milliseconds
 * @returns the lines for stdout, without line ends
 */
export function renderSubagents(json: Json, now: number, terminal: Terminal, given: Config): string[] {
  const sent = field(json, "tasks");
  if (!Array.isArray(sent)) return [];
  const config = withIcons(given, terminal);
  const columns = Math.min(count(field(json, "columns")) || ASSUMED_COLUMNS, 4096);
  const tasks = sent
    .slice(0, MAX_TASKS)
    .map(readTask)
    .filter((task) => task !== undefined);
  const contexts = contextCells(tasks, config, barShape(config, terminal));
  const rows = tasks.map((task, index) => cellsOf(task, now, contexts[index]));
  return drawTable(COLUMNS, rows, columns, config, terminal).flatMap((content, index) =>
    content === "" ? [] : [JSON.stringify({ id: tasks[index]?.id, content })],
  );
}

function readTask(json: Json): Task | undefined {
  const id = text(field(json, "id"));
  if (id === undefined) return undefined;
  const name = ["name", "agentType", "label", "type"]
    .map((key) => tidy(text(field(json, key)) ?? ""))
    .find(Boolean);
  const samples = field(json, "tokenSamples");
  const description = tidy(text(field(json, "description")) ?? "");
  const model = text(field(json, "model"));
  const found: Partial<Record<keyof Task, unknown>> = {
    status: text(field(json, "status")),
    model: model === undefined ? undefined : modelLabel(model),
    effort: text(field(json, "effort")) ?? text(at(json, "effort", "level")),
    window: count(field(json, "contextWindowSize")) || undefined,
    tokens: count(field(json, "tokenCount")) || undefined,
    rate: Array.isArray(samples) ? rateOf(samples.slice(-RATE_SAMPLES).map(amount)) : undefined,
    startedAt: amount(field(json, "startTime")) || undefined,
    description: description === "" || description === name ? undefined : description,
  };
  const known = Object.entries(found).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(known) as Partial<Task>), id, name: name ?? "agent" };
}

/** Tokens a minute over the newest samples; undefined until they differ. */
function rateOf(newest: readonly (number | undefined)[]): number | undefined {
  const [first, last] = [newest[0], newest.at(-1)];
  if (newest.length < 2 || first === undefined || last === undefined || last <= first) return undefined;
  return ((last - first) / ((newest.length - 1) * SAMPLE_SECONDS)) * 60;
}

/** The columns from the left; a higher priority stays longer when the rows are too long. */
const COLUMNS = {
  name: { priority: 90 },
  description: { priority: 66, comfort: 20 },
  status: { priority: 65, shortFirst: true },
  model: { priority: 60 },
  effort: { priority: 20 },
  context: { priority: 70 },
  tokens: { priority: 38, alignRight: true },
  rate: { priority: 30, alignRight: true },
  age: { priority: 40, alignRight: true },
} as const satisfies Readonly<Record<string, AlignedColumn>>;

type TaskCells = Partial<Record<keyof typeof COLUMNS, AlignedCell>>;

function cellsOf(task: Task, now: number, context: AlignedCell | undefined): TaskCells {
  const { description, status, model, effort, window, tokens: used, rate, startedAt } = task;
  const cell = (...spans: Span[]): AlignedCell => ({ spans });
  const tokensRole = window === undefined ? "context" : "muted";
  return {
    name: cell({ text: task.name, role: "activity", elastic: 8 }),
    ...(description !== undefined && { description: cell(prose(description)) }),
    ...(status !== undefined && status !== "running" && { status: statusCell(status) }),
    ...(model !== undefined && {
      model: {
        spans: [{ text: model, role: "model", elastic: 24 }],
        short: [{ text: shortModelLabel(model), role: "model", elastic: 12 }],
      },
    }),
    ...(effort !== undefined && { effort: cell({ text: effort, role: "muted", elastic: 4 }) }),
    ...(context !== undefined && { context }),
    ...(used !== undefined && { tokens: cell({ text: tokens(used), role: tokensRole }) }),
    ...(rate !== undefined && { rate: cell({ text: `${tokens(rate)}/min`, role: "muted" }) }),
    ...(startedAt !== undefined && { age: cell({ text: duration(now - startedAt), role: "time" }) }),
  };
}

/** Use of the context window of each task where it is known, with the percentages and marks below each other. */
function contextCells(tasks: readonly Task[], { bar: { cells } }: Config, shape: string) {
  const shares = tasks.map(({ tokens: used, window }) =>
    used === undefined || window === undefined ? undefined : (used / window) * 100,
  );
  const known = shares.filter((share) => share !== undefined);
  const figureCells = Math.max(0, ...known.map((share) => percent(share).length));
  return shares.map((share): AlignedCell | undefined => {
    if (share === undefined) return undefined;
    const level = levelOf(share, CONTEXT_LEVELS);
    const role: Role = level === "normal" ? "context" : level;
    const { filled, rest } = bar(share, Math.min(cells, MOST_BAR_CELLS), shape);
    const figure = { text: `${percent(share).padStart(figureCells)}${LEVEL_MARKS[level]}`, role };
    const gauge: Span[] = [
      { text: filled, role },
      { text: rest, role: "muted" },
    ];
    return {
      spans: cells > 0 ? [...gauge, { text: " ", role: "muted" }, figure] : [figure],
      short: [figure],
    };
  });
}

/** The client's words are not cut; "completed" has a short form. */
function statusCell(status: string): AlignedCell {
  const role = stateRole(status);
  const span: Span = { text: status, role, elastic: LONGEST_STATUS, cut: "end" };
  return status === "completed" ? { spans: [span], short: [{ text: "done", role }] } : { spans: [span] };
}

const stateRole = (status: string): Role =>
  status === "completed" ? "good" : status === "failed" || status === "killed" ? "critical" : "muted";
