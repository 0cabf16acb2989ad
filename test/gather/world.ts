/** A home with a session, its transcript and its repository, and passes over them with the compiled binary. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Payload, readPayload } from "../../src/claude/payload.ts";
import type { CommandConfig } from "../../src/config/config.ts";
import type { PassReport } from "../../src/gather/pass.ts";
import { encodeHandover, HANDOVER_VARIABLE, type PassRequest } from "../../src/state/handover.ts";
import { type StatePaths, statePaths } from "../../src/state/paths.ts";
import { readState } from "../../src/state/scopes.ts";
import { BINARY, type Finished, run, type Sandbox, sandbox } from "../helpers/binary.ts";
import { GIT, git, repository } from "./repositories.ts";

export interface World extends Disposable {
  readonly box: Sandbox;
  readonly paths: StatePaths;
  readonly claudeDir: string;
  /** A session with a transcript of `turns` prompts. */
  session(id: string, turns?: number): string;
  /** A repository on its own branch. */
  repo(name: string, branch?: string): string;
}

export function world(): World {
  const box = sandbox();
  const paths = statePaths(box.env) as StatePaths;
  const claudeDir = join(box.home, ".claude");
  mkdirSync(join(claudeDir, "projects/-p"), { recursive: true });
  return {
    box,
    paths,
    claudeDir,
    session(id, turns = 1) {
      const path = join(claudeDir, "projects/-p", `${id}.jsonl`);
      writeFileSync(path, transcript(id, turns));
      return path;
    },
    repo(name, branch = name) {
      if (GIT === null) {
        mkdirSync(join(box.path(name), ".git"), { recursive: true });
        writeFileSync(join(box.path(name), ".git/HEAD"), `ref: refs/heads/${branch}\n`);
        return box.path(name);
      }
      const root = repository(box, name);
      git(root, "checkout", "-q", "-B", branch);
      return root;
    },
    [Symbol.dispose]: () => box[Symbol.dispose](),
  };
}

const MODEL = "claude-sonnet-4-5-20250929";

function transcript(id: string, turns: number): string {
  const lines: object[] = [];
  for (let turn = 1; turn <= turns; turn++) {
    const timestamp = new Date(Date.now() - (turns - turn) * 1_000).toISOString();
    const base = { sessionId: id, timestamp, isSidechain: false };
    lines.push({ ...base, type: "user", message: { role: "user", content: `prompt ${turn} of ${id}` } });
    const usage = {
      input_tokens: 10,
      output_tokens: 100,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    };
    lines.push({
      ...base,
      type: "assistant",
      requestId: `req_${id}_${turn}`,
      message: { id: `msg_${id}_${turn}`, role: "assistant", model: MODEL, content: [], usage },
    });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** What Claude Code sends of a session. */
export const payload = (id: string, transcriptPath: string, cwd: string, more: object = {}): string =>
  JSON.stringify({
    session_id: id,
    transcript_path: transcriptPath,
    cwd,
    workspace: { current_dir: cwd, project_dir: cwd, added_dirs: [] },
    model: { id: MODEL, display_name: "Sonnet 4.5" },
    ...more,
  });

/** Write the user's configuration. */
export function writeConfig({ box }: World, config: object): void {
  const path = `${box.home}/.config/plimsoll/config.json`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(config));
}

/** Configure the user's own commands. */
export function configure(here: World, commands: Record<string, CommandConfig>): void {
  const written = Object.entries(commands).map(([name, { run, refreshMs, deadlineMs }]) => [
    name,
    { run, refresh: refreshMs, deadline: deadlineMs },
  ]);
  writeConfig(here, { commands: Object.fromEntries(written) });
}

/** One pass in the foreground. */
export async function gather(
  { box }: World,
  options: { args?: readonly string[]; stdin?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<Finished & { report: PassReport }> {
  const finished = await run(["gather", "--json", ...(options.args ?? [])], {
    env: { ...box.env, ...options.env },
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let report: PassReport | undefined;
  try {
    report = JSON.parse(finished.stdout);
  } catch {
    // A pass that cannot begin has no report; a test that needs one fails.
  }
  return { ...finished, report: report as PassReport };
}

/** A pass as `display` starts it. */
export function background(
  { box }: World,
  {
    sessionId,
    transcriptPath,
    cwd,
    ...facts
  }: Omit<PassRequest, "payload"> & Pick<Payload, "sessionId" | "transcriptPath" | "cwd">,
  env: Record<string, string> = {},
): Bun.Subprocess {
  const handover = { ...facts, payload: { ...readPayload(undefined), sessionId, transcriptPath, cwd } };
  return Bun.spawn([BINARY, "gather"], {
    cwd: "/",
    env: { ...box.env, ...env, [HANDOVER_VARIABLE]: encodeHandover(handover) },
    detached: true,
    stdio: ["ignore", "ignore", "ignore"],
  });
}

export const outcomeOf = (report: PassReport, name: string) =>
  report.parts.find(({ scope, part }) => `${scope} ${part}` === name);

export const scopeOf = (report: PassReport, name: string) =>
  report.scopes.find(({ scope }) => scope === name);

export const states = ({ paths, claudeDir }: World, id: string, root: string) => ({
  session: readState(paths, "session", id),
  repo: readState(paths, "repo", root),
  account: readState(paths, "account", claudeDir),
});

export const logText = ({ paths }: World): string => {
  try {
    return readFileSync(paths.log, "utf8");
  } catch {
    return "";
  }
};

/** Temporary files that a writer has left. */
export const leftovers = ({ paths }: World): string[] =>
  readdirSync(paths.root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tmp"));

/** Processes whose command line has this word. */
export function processesWith(word: string): number[] {
  if (!existsSync("/proc/self/cmdline")) {
    const listed = Bun.spawnSync(["ps", "-axo", "pid=,args="]).stdout.toString().split("\n");
    return listed.filter((line) => line.split(" ").includes(word)).map((line) => Number.parseInt(line, 10));
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(word))
    .map(Number);
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
