/** The cost of a render, as ratios within one run: `bun run bench display`. */
import { cpSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BINARY as BUILT } from "../helpers/binary.ts";
import { fullState, samplePayload } from "../helpers/sample.ts";
import {
  compileEmptyProgram,
  copyPrograms,
  measure,
  type Program,
  report,
  verdict,
  type Workspace,
  workspace,
} from "./harness.ts";
import { installPeers, PEERS } from "./peers.ts";

/** Programs to measure: renders with full state, and what they are compared with. */
export interface Renders {
  readonly env: Record<string, string>;
  readonly claudeDir: string;
  /** The empty program, started as `display` is: after the same writes, with the same environment and input. */
  readonly floor: Program;
  /** `display` in a small repository. */
  readonly display: Program;
  /** `display` in a directory, with fresh and full state, so that no background pass is due. */
  render(name: string, directory: string): Program;
}

/** Prepare renders in `work`. */
export async function prepareRenders(work: Workspace): Promise<Renders> {
  const compiled = await compileEmptyProgram(work.path("compiled"));
  const [empty, binary] = copyPrograms([compiled, BUILT], work.path("copies")) as [string, string];
  const home = work.path("home");
  const claudeDir = join(home, ".claude");
  mkdirSync(claudeDir, { recursive: true });
  const env = {
    HOME: home,
    PATH: "/usr/local/bin:/usr/bin:/bin",
    TERM: "xterm-256color",
    COLORTERM: "truecolor",
    COLUMNS: "140",
    LANG: "C.UTF-8",
  };

  const render = (name: string, directory: string): Program => {
    const state = work.path("state", name.replaceAll(" ", "-"));
    const real = realpathSync(directory);
    const payload = samplePayload({ cwd: real, claudeDir, now: Date.now() });
    return {
      name,
      argv: [binary, "display"],
      env: { ...env, PLIMSOLL_STATE: state },
      cwd: directory,
      stdin: JSON.stringify(payload),
      before: () => fullState({ directory: state, payload, root: real, claudeDir, now: Date.now() }),
    };
  };

  const small = work.path("small");
  initRepository(small, 10);
  const display = render("display", small);
  return { env, claudeDir, render, display, floor: { ...display, name: "empty program", argv: [empty] } };
}

/** A render's whole process compared with an empty one, in places where other programs are slow, and with the peers. */
export async function benchDisplay(): Promise<void> {
  using work = workspace();
  const { env, claudeDir, floor, display, render } = await prepareRenders(work);
  const [base, full] = measure([floor, display], { rounds: 200 });
  if (!base || !full) return;
  report("A render with full state", [base, full]);
  verdict("a render against an empty program", full.medianMs / base.medianMs, 1.5);
  verdict("peak memory of a render", full.peakMb, 40, " MB");

  const huge = work.path("huge");
  initRepository(huge, 10);
  for (let index = 0; index < 100_000; index++) writeFileSync(join(huge, `file-${index}`), "");
  const large = work.path("large");
  initRepository(large, 20_000);
  writeHistory(join(claudeDir, "projects/-home-dev-proj"), 500e6);
  const places = measure(
    [
      display,
      render("in a directory of 100,000 files", huge),
      render("in a repository of 20,000 files", large),
    ],
    { rounds: 100 },
  );
  report("The directory makes no difference (beside 500 MB of transcripts)", places);
  for (const place of places.slice(1)) verdict(place.name, place.medianMs / (places[0]?.medianMs ?? 0), 1.15);

  const peers = installPeers();
  if (peers === undefined) return;
  const payload = JSON.stringify(samplePayload({ cwd: large, claudeDir, now: Date.now() }));
  report(
    "The same payload, the repository of 20,000 files, 500 MB of transcripts",
    measure(
      [
        render("display", large),
        ...PEERS.map(
          ({ name, argv }): Program => ({ name, argv: argv(peers), env, cwd: large, stdin: payload }),
        ),
      ],
      { rounds: 10, warmup: 1 },
    ),
  );
}

/** A repository of `files` committed files. */
export function initRepository(directory: string, files: number): void {
  mkdirSync(directory, { recursive: true });
  for (let index = 0; index < files; index++) {
    const folder = join(directory, `d${Math.floor(index / 200)}`);
    if (index % 200 === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `f${index}.txt`), `${index}\n`);
  }
  const git = (...args: string[]) =>
    Bun.spawnSync(["git", "-C", directory, "-c", "user.name=b", "-c", "user.email=b@example.com", ...args]);
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", "x");
}

/** Write transcripts of about `bytes` in total, in files of 10 MB. */
function writeHistory(directory: string, bytes: number): void {
  mkdirSync(directory, { recursive: true });
  const line = (id: string) =>
    `${JSON.stringify({
      type: "assistant",
      timestamp: new Date(Date.now() - 86_400_000).toISOString(),
      sessionId: "s",
      requestId: `req_${id}`,
      message: {
        id: `msg_${id}`,
        model: "claude-sonnet-4-5-20250929",
        role: "assistant",
        content: [{ type: "text", text: "words ".repeat(400) }],
        usage: {
          input_tokens: 5,
          output_tokens: 100,
          cache_read_input_tokens: 50_000,
          cache_creation_input_tokens: 100,
        },
      },
    })}\n`;
  const perFile = 10e6;
  for (let file = 0; file < bytes / perFile; file++) {
    const lines: string[] = [];
    for (let size = 0; size < perFile; size += lines.at(-1)?.length ?? 0)
      lines.push(line(`${file}-${lines.length}`));
    writeFileSync(join(directory, `history-${file}.jsonl`), lines.join(""));
  }
  cpSync(join(directory, "history-0.jsonl"), join(directory, "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0.jsonl"));
}
