/** A home in which every name, path and file holds what a terminal acts on or does not show. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BINARY, type Sandbox, sandbox, until } from "../helpers/binary.ts";
import { billed, said } from "../ledger/lines.ts";

/** Sequences, controls, marks of direction, separators, zero-width characters, tags; and lines that are not ours. */
export const HOSTILE =
  "n\x1b]0;T\x07\x1b[5;41m\u009b2J\u0090\x7f\r\b\u202e\u2066\u061c\u200f\u2028\u200b\u200d\ufeff\ufe0f\u{e0041}e\u0301\u0301\u0301\u0301\u0301\nFORGED\tTAB";

/** The same with what no path and no argument can hold. */
export const HOSTILE_JSON = `${HOSTILE}\0\ud800\ufffe`;

/** The same as bytes of a path, with some that are not UTF-8. */
const HOSTILE_BYTES = Buffer.concat([Buffer.from("b\xff\x9b\xc2", "latin1"), Buffer.from(HOSTILE)]);

export interface HostileWorld extends Disposable {
  readonly box: Sandbox;
  readonly env: Record<string, string>;
  /** The working directory: a repository on a branch with a hostile name, as far as git has such. */
  readonly cwd: string;
  /** What the client would send. */
  readonly payload: string;
}

const CONFIGS = {
  good: JSON.stringify({
    rows: [
      ["model", "name", "git", "repo", "directory", `text:${HOSTILE_JSON}`, "command:w", "health"],
      { left: ["message", "cost", "context"], right: ["today", "session", "version"] },
    ],
    separator: HOSTILE_JSON.slice(4, 22),
    commands: { w: { run: ["/bin/sh", "-c", `printf '%s' '${HOSTILE}' >&2; exit 3`] } },
    prices: {
      [`price ${HOSTILE_JSON}`]: { input: 1, output: 2, cacheRead: 3, cacheWrite5m: 4, cacheWrite1h: 5 },
    },
  }),
  wrong: JSON.stringify({ [HOSTILE_JSON]: HOSTILE_JSON, theme: HOSTILE_JSON, rows: [[HOSTILE_JSON]] }),
  broken: `{ "theme": "${HOSTILE}`,
} as const;

/** Make it, run a command in it that holds a lock, and let a pass gather what there is. */
export async function hostileWorld(config: keyof typeof CONFIGS): Promise<HostileWorld> {
  const box = sandbox();
  const home = join(box.root, `home${HOSTILE}`);
  const cwd = join(home, HOSTILE);
  const state = join(box.root, `state${HOSTILE}`);
  const claude = join(home, ".claude");
  const env = {
    ...box.env,
    HOME: home,
    PLIMSOLL_STATE: state,
    PLIMSOLL_CONFIG: join(home, `config${HOSTILE}`),
    USER: HOSTILE,
    LANG: `de${HOSTILE}`,
    COLORFGBG: HOSTILE,
    SSH_CONNECTION: HOSTILE,
    EDITOR: HOSTILE,
  };
  const put = (path: string | Buffer, text: string) => writeFileSync(path, text);
  const json = (value: unknown) => JSON.stringify(value);
  for (const folder of [
    cwd,
    `${claude}/sessions`,
    `${cwd}/.git/refs/heads`,
    `${cwd}/.git/objects`,
    `${cwd}/.claude`,
    join(state, "locks"),
  ])
    mkdirSync(folder, { recursive: true });
  chmodSync(state, 0o700);
  chmodSync(join(state, "locks"), 0o700);
  put(env.PLIMSOLL_CONFIG, CONFIGS[config]);
  // git takes no C0 in the name of a branch.
  put(`${cwd}/.git/HEAD`, `ref: refs/heads/b${HOSTILE.replace(/[\x00-\x20\x7f[]/g, "")}\n`);
  put(`${cwd}/.git/config`, "[core]\n\trepositoryformatversion = 0\n");
  const transcript = transcripts(claude, cwd);
  const settings = json({
    statusLine: { type: "command", command: HOSTILE_JSON, [HOSTILE_JSON]: 1 },
    env: { [HOSTILE_JSON]: HOSTILE_JSON },
  });
  for (const path of [
    `${claude}/settings.json`,
    `${cwd}/.claude/settings.json`,
    `${cwd}/.claude/settings.local.json`,
  ])
    put(path, settings);
  put(
    `${home}/.claude.json`,
    json({
      oauthAccount: { emailAddress: HOSTILE_JSON, organizationName: HOSTILE_JSON },
      projects: { [cwd]: { [HOSTILE_JSON]: 1 } },
    }),
  );
  put(
    `${claude}/sessions/${process.pid}.json`,
    json({
      pid: process.pid,
      sessionId: HOSTILE_JSON,
      cwd,
      name: HOSTILE_JSON,
      status: HOSTILE_JSON,
      startedAt: Date.now(),
    }),
  );
  put(
    `${claude}/sessions/99${HOSTILE}.json`,
    json({
      pid: 999_999,
      procStart: HOSTILE_JSON,
      sessionId: "ghost",
      cwd: HOSTILE_JSON,
      name: HOSTILE_JSON,
    }),
  );
  put(Buffer.concat([Buffer.from(`${state}/locks/`), HOSTILE_BYTES, Buffer.from(".lock")]), "");
  put(
    `${state}/locks/${HOSTILE}.lock`,
    json({
      plimsollLock: 1,
      pid: 1,
      start: HOSTILE_JSON,
      bootId: HOSTILE_JSON,
      host: HOSTILE_JSON,
      command: HOSTILE_JSON,
      since: new Date().toISOString(),
    }),
  );
  mkdirSync(`${state}/locks/d${HOSTILE}.lock`);
  put(`${state}/gather.log`, `${new Date().toISOString()} 1 ${HOSTILE_JSON.replaceAll("\n", "")}\n`);
  put(`${cwd}/script${HOSTILE}`, "#!/bin/sh\nexec sleep 60\n");
  chmodSync(`${cwd}/script${HOSTILE}`, 0o755);
  put(`${cwd}/plain`, "");
  const payload = json({
    session_id: "hostile",
    session_name: HOSTILE_JSON,
    transcript_path: transcript,
    cwd,
    workspace: {
      current_dir: cwd,
      project_dir: cwd,
      added_dirs: [],
      git_worktree: HOSTILE_JSON,
      repo: { host: HOSTILE_JSON, owner: HOSTILE_JSON, name: HOSTILE_JSON },
    },
    model: { id: HOSTILE_JSON, display_name: HOSTILE_JSON },
    version: HOSTILE_JSON,
    output_style: { name: HOSTILE_JSON },
    agent: { name: HOSTILE_JSON },
    pr: { number: 1, url: `https://x.example/${HOSTILE_JSON}`, review_state: HOSTILE_JSON },
    tasks: [
      {
        id: HOSTILE_JSON,
        name: HOSTILE_JSON,
        label: HOSTILE_JSON,
        description: HOSTILE_JSON,
        status: "running",
        model: HOSTILE_JSON,
      },
    ],
  });
  const held = [
    ["held", `./script${HOSTILE}`],
    [`./plain`, `./script${HOSTILE}`],
  ].map(([lock, command]) =>
    Bun.spawn([BINARY, "lock", "run", lock as string, "--", command as string], { env, cwd }),
  );
  await until("the locks are held", () => {
    const names = Bun.spawnSync([BINARY, "lock", "status", "held"], { env, cwd }).stdout.toString();
    const paths = Bun.spawnSync([BINARY, "lock", "status", "./plain"], { env, cwd }).stdout.toString();
    return names.includes("held by pid") && paths.includes("held by pid");
  });
  Bun.spawnSync([BINARY, "gather", "--wait", "--force"], { env, cwd, stdin: Buffer.from(payload) });
  return {
    box,
    env,
    cwd,
    payload,
    [Symbol.dispose]: () => {
      for (const child of held) child.kill("SIGTERM");
      box[Symbol.dispose]();
    },
  };
}

/** @returns the path of the session's own */
function transcripts(claude: string, cwd: string): string {
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const names = ["-home-x", `-home-x-${HOSTILE}`, `=cmd${HOSTILE}`];
  for (const [index, name] of names.entries()) {
    mkdirSync(`${claude}/projects/${name}`, { recursive: true });
    const models = [
      `claude-${HOSTILE_JSON}`,
      `=1+1${HOSTILE_JSON}`,
      "claude-opus-4-5",
      `${"long".repeat(2_000)}${HOSTILE_JSON}`,
    ];
    const lines = (session: string) =>
      models.map((model, number) =>
        said({
          id: `${session}-${number}${HOSTILE_JSON}`,
          request: `${session}${HOSTILE_JSON}`,
          model,
          at: at(10 * number + 1),
          output: 50_000,
        }),
      );
    const user = JSON.stringify({
      type: "user",
      sessionId: HOSTILE_JSON,
      timestamp: at(1),
      cwd,
      gitBranch: HOSTILE_JSON,
      version: HOSTILE_JSON,
      message: { role: "user", content: HOSTILE_JSON },
    });
    for (const session of ["s", HOSTILE])
      writeFileSync(
        `${claude}/projects/${name}/${session}${index}.jsonl`,
        `${[user, ...lines(`${session}${index}`), billed(`${session}${index}`, 100 + index)].join("\n")}\n`,
      );
  }
  return `${claude}/projects/${names[0]}/s0.jsonl`;
}
