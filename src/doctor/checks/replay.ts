/** The last payload again, drawn as the client has it drawn. Nothing is gathered or kept of it. */
import { existsSync, lstatSync } from "node:fs";
import { claudeDirectories } from "../../claude/directories.ts";
import { at, field, text } from "../../claude/json.ts";
import { quoteForShell } from "../../claude/line-command.ts";
import { outlook } from "../../claude/status-line-state.ts";
import { isTrusted } from "../../claude/trust.ts";
import { readSmallText } from "../../os/io/file.ts";
import { PAYLOAD_LIMIT } from "../../state/handover.ts";
import { bad, type Check, type CheckContext, counted, type Finding, good, note } from "../check.ts";
import { BUDGET_MS, judgeRun, rowsOf } from "../replay/judge.ts";
import { type Drawn, runAsClient } from "../replay/run-as-client.ts";
import { samplePayload } from "../replay/sample.ts";

/** The client would wait longer; a person who asks what is wrong would not. Milliseconds. */
const LIMIT_MS = 2_000;
/** A render takes some 20 ms. Milliseconds. */
const SLOW_MS = 100;
const RENDERS = 3;
const ASSUMED_COLUMNS = 80;
const MINUTE_MS = 60_000;

export const replay: Check = {
  name: "replay",
  about: "the last payload is drawn within its budget, as the client has it drawn",
  run: async (surroundings): Promise<Finding | Finding[]> => {
    const { command, whose } = commandOf(surroundings);
    const { payload, about, real } = payloadOf(surroundings);
    const columns = surroundings.columns ?? ASSUMED_COLUMNS;
    const request = { command, payload, ...conditions(payload, columns, surroundings), limitMs: LIMIT_MS };
    const drawn: Drawn[] = [];
    for (let count = 0; count < RENDERS; count++) {
      const each = await runAsClient(request);
      const faults = judgeRun(each, columns);
      if (faults.length > 0) return faults;
      drawn.push(each);
    }
    const times = drawn.map(({ elapsedMs }) => elapsedMs).sort((a, b) => a - b);
    const [fastest = 0, median = 0] = times;
    const rows = rowsOf(drawn[0] as Drawn).length;
    const took = times.map((ms) => Math.round(ms)).join(", ");
    const said = `${about} as ${counted(rows, "row")} in ${took} ms of ${BUDGET_MS}, by ${whose}`;
    if (fastest > BUDGET_MS)
      return bad(`${said}: too slow`, {
        hint: "take what slows it down out of the status line's command; 'plimsoll explain' gives each segment's time",
      });
    if (median > SLOW_MS) return note(`${said}: slow; the machine may be busy`);
    return real ? good(said) : note(said);
  },
};

interface Chosen {
  readonly command: string;
  /** In words. */
  readonly whose: string;
}

/** The settings' command, if it is ours, and not from a folder whose files nobody vouches for. */
function commandOf({ env, cwd }: CheckContext): Chosen {
  const [claudeDir] = claudeDirectories(env);
  const { asked, ours } = claudeDir === undefined ? {} : outlook({ env, directory: cwd, claudeDir });
  const isProjects = asked?.name.startsWith("project") && asked.path !== `${claudeDir}/settings.json`;
  if (asked?.command !== undefined && asked === ours && (!isProjects || isTrusted(cwd, env) === true))
    return { command: asked.command, whose: "the settings' command" };
  const why = asked ? "not the settings' command" : "the settings have none";
  return { command: `${quoteForShell(process.execPath)} display`, whose: `this program (${why})` };
}

/** The newest that a pass has kept, else a made-up one. */
function payloadOf({ paths, cwd, now }: CheckContext): { payload: string; about: string; real: boolean } {
  const payload = readSmallText(paths.lastPayload, { limit: PAYLOAD_LIMIT * 2, mustBeOurs: true });
  if (payload !== undefined && parse(payload) !== undefined) {
    const modified = lstatSync(paths.lastPayload, { throwIfNoEntry: false })?.mtimeMs ?? now;
    const minutes = Math.max(0, Math.floor((now - modified) / MINUTE_MS));
    return { payload, about: `the last payload (${minutes} min old) drawn`, real: true };
  }
  return { payload: samplePayload(cwd, now), about: "no payload kept yet: a sample drawn", real: false };
}

/** Environment and directory as the client sets them; the user's own, for the rest. */
function conditions(payload: string, columns: number, { env, cwd }: CheckContext) {
  const json = parse(payload);
  const told = {
    CLAUDE_CODE_SESSION_ID: text(field(json, "session_id")),
    CLAUDE_PROJECT_DIR: text(at(json, "workspace", "project_dir")),
    CLAUDE_EFFORT: text(at(json, "effort", "level")),
  };
  const directory = text(field(json, "cwd"));
  const client = { CLAUDECODE: "1", COLUMNS: String(columns), LINES: "24", PLIMSOLL_NO_GATHER: "1" };
  return {
    env: { ...env, ...Object.fromEntries(Object.entries(told).filter(([, value]) => value)), ...client },
    cwd: directory !== undefined && existsSync(directory) ? directory : cwd,
  };
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined; // torn: the check of files says so
  }
}
