/** Renders the last payload as the client would. Gathers and keeps nothing. */
import { existsSync } from "node:fs";
import { isTrusted } from "../../claude/client-file.ts";
import { claudeDirectories } from "../../claude/directories.ts";
import { at, field, parseJson, text } from "../../claude/json.ts";
import { statusLineState } from "../../claude/status-line-state.ts";
import { age } from "../../line/look/format.ts";
import { quoteForShell } from "../../os/shell.ts";
import { readLastPayload } from "../../state/last-payload.ts";
import { DISPLAY_DEADLINE_MS } from "../../state/timeouts.ts";
import { type Check, type CheckContext, counted, error, info, ok } from "../check.ts";
import { type ClientRun, judgeRun, rowsOf, runAsClient } from "../client-run.ts";

/** Less than the client's own timeout, because a user waits. Milliseconds. */
const TIMEOUT_MS = 2_000;
/** A render takes about 20 ms. Milliseconds. */
const SLOW_MS = 100;
const RENDERS = 3;
const DEFAULT_COLUMNS = 80;

export const replay: Check = {
  name: "replay",
  about: "the last payload is rendered within its budget, as by the client",
  run: async (context) => {
    const { command, source } = commandOf(context);
    const { payload, about, real } = payloadOf(context);
    const columns = context.columns ?? DEFAULT_COLUMNS;
    const request = {
      command,
      payload,
      ...clientConditions(payload, columns, context),
      timeoutMs: TIMEOUT_MS,
    };
    const runs: ClientRun[] = [];
    for (let count = 0; count < RENDERS; count++) {
      const run = await runAsClient(request);
      const errors = judgeRun(run, columns);
      if (errors.length > 0) return errors;
      runs.push(run);
    }
    const times = runs.map(({ elapsedMs }) => elapsedMs).sort((a, b) => a - b);
    const [fastest = 0, median = 0] = times;
    const rows = rowsOf(runs[0] as ClientRun).length;
    const took = times.map((ms) => Math.round(ms)).join(", ");
    const result = `${about} as ${counted(rows, "row")} in ${took} ms of ${DISPLAY_DEADLINE_MS}, by ${source}`;
    if (fastest > DISPLAY_DEADLINE_MS)
      return error(`${result}: too slow`, {
        hint: "remove what slows down the status line's command; 'plimsoll explain' shows each segment's time",
      });
    if (median > SLOW_MS) return info(`${result}: slow; the machine may be busy`);
    return real ? ok(result) : info(result);
  },
};

/** The settings' command, unless it is another program's, or from a folder that is not trusted. */
function commandOf({ env, cwd }: CheckContext): { command: string; source: string } {
  const [claudeDir] = claudeDirectories(env);
  const { effective, ours } =
    claudeDir === undefined ? {} : statusLineState({ env, directory: cwd, claudeDir });
  const isProjects = effective?.name.startsWith("project") && effective.path !== `${claudeDir}/settings.json`;
  if (effective?.command !== undefined && effective === ours && (!isProjects || isTrusted(cwd, env) === true))
    return { command: effective.command, source: "the settings' command" };
  const why = effective ? "not the settings' command" : "the settings have none";
  return { command: `${quoteForShell(process.execPath)} display`, source: `this program (${why})` };
}

/** The newest payload kept by a pass, with a sample as fallback. */
function payloadOf({ paths, cwd, now }: CheckContext): { payload: string; about: string; real: boolean } {
  const last = readLastPayload(paths);
  if (last !== undefined && parseJson(last.text) !== undefined)
    return { payload: last.text, about: `the last payload (${age(now - last.at)} old) drawn`, real: true };
  return { payload: samplePayload(cwd, now), about: "no payload kept yet: a sample drawn", real: false };
}

/** The environment and directory that the client sets, over the user's own. */
function clientConditions(payload: string, columns: number, { env, cwd }: CheckContext) {
  const json = parseJson(payload);
  const fromPayload = {
    CLAUDE_CODE_SESSION_ID: text(field(json, "session_id")),
    CLAUDE_PROJECT_DIR: text(at(json, "workspace", "project_dir")),
    CLAUDE_EFFORT: text(at(json, "effort", "level")),
  };
  const known = Object.fromEntries(Object.entries(fromPayload).filter(([, value]) => value));
  const client = { CLAUDECODE: "1", COLUMNS: String(columns), LINES: "24", PLIMSOLL_NO_GATHER: "1" };
  const directory = text(field(json, "cwd"));
  return {
    env: { ...env, ...known, ...client },
    cwd: directory !== undefined && existsSync(directory) ? directory : cwd,
  };
}

/** A payload of Claude Code 2.1.331. @param now Unix milliseconds */
function samplePayload(cwd: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  return JSON.stringify({
    session_id: "00000000-0000-4000-8000-000000000000",
    transcript_path: `${cwd}/no-transcript.jsonl`,
    cwd,
    model: { id: "claude-sonnet-5-5", display_name: "Sonnet 5.5" },
    workspace: { current_dir: cwd, project_dir: cwd, added_dirs: [] },
    version: "2.1.331",
    output_style: { name: "default" },
    effort: { level: "medium" },
    cost: {
      total_cost_usd: 1.25,
      total_duration_ms: 600_000,
      total_api_duration_ms: 90_000,
      total_lines_added: 120,
      total_lines_removed: 30,
    },
    context_window: {
      total_input_tokens: 65_000,
      total_output_tokens: 420,
      context_window_size: 1_000_000,
      current_usage: {
        input_tokens: 12,
        output_tokens: 420,
        cache_creation_input_tokens: 4_000,
        cache_read_input_tokens: 61_000,
      },
      used_percentage: 7,
      remaining_percentage: 93,
    },
    exceeds_200k_tokens: false,
    rate_limits: {
      five_hour: { used_percentage: 23.5, resets_at: seconds + 7_200 },
      seven_day: { used_percentage: 41.2, resets_at: seconds + 300_000 },
    },
  });
}
