/**
 * The total cost of an active session: the processor time of everything that a status line starts in a minute, at one
 * render per second, while the transcript grows. Run by `bun run bench session [--seconds N] [--base BINARY]`.
 *
 * All programs run at the same time on the same files, each with its own state, a part of a second apart.
 */
import { appendFileSync, mkdirSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BINARY } from "../helpers/binary.ts";
import { MODELS, makeHistory } from "../helpers/history.ts";
import { samplePayload } from "../helpers/sample.ts";
import { type MeterResult, meter } from "./cpu-meter.ts";
import { initRepository } from "./display.ts";
import { copyPrograms, renderEnvironment, verdict, workspace } from "./harness.ts";
import { writeSized } from "./ledger.ts";
import { installPeers, PEERS } from "./peers.ts";

const FILES = 20_000;
const HISTORY_MB = 500;
const TARGET = 0.35;
/** A reply, then the result of the tool that it called. Milliseconds. */
const STEP_MS = 1_500;
/** Every so many steps the working tree changes. */
const STEPS_PER_EDIT = 3;

export interface SessionOptions {
  /** An earlier build, for comparison. */
  readonly base?: string | undefined;
  /** Default 60. */
  readonly seconds?: string | undefined;
}

interface Contender {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Record<string, string>;
}

/** Measure a session and print each program's share of a core, and ours as ratios to the others. */
export async function benchSession({ base, ...options }: SessionOptions): Promise<void> {
  const seconds = Number(options.seconds ?? 60);
  using work = workspace();
  const home = work.path("home");
  const repository = work.path("home/proj");
  initRepository(repository, FILES);
  writeSized(home, HISTORY_MB);
  const session = startSession(home, realpathSync(repository), work.path("payload.json"));
  const env = renderEnvironment(home);
  const ours = copyPrograms([BINARY, ...(base === undefined ? [] : [base])], work.path("copies")).map(
    (copy, index): Contender => ({
      name: index === 0 ? "plimsoll" : "plimsoll, base",
      argv: [copy, "display"],
      env: { ...env, PLIMSOLL_STATE: work.path(`state-${index}`) },
    }),
  );
  for (const { argv, env } of ours) {
    const [program = ""] = argv;
    const indexed = Bun.spawnSync([program, "gather", "--wait"], {
      env,
      stdin: session.payload(),
      timeout: 120_000,
    });
    if (!indexed.success) throw new Error(`the first pass failed: ${indexed.stderr}`);
  }
  const peers = installPeers();
  const others: Contender[] = peers
    ? PEERS.filter(({ name }) => name.startsWith("ccline")).map(({ name, argv }) => ({
        name,
        argv: argv(peers),
        env,
      }))
    : [];
  const contenders = [...ours, ...others];
  const startAt = Date.now() + 1_000;
  const growing = setInterval(session.step, STEP_MS);
  const results = await Promise.all(
    contenders.map(({ argv, env }, index) =>
      meter({
        argv,
        env,
        cwd: repository,
        stdinFile: work.path("payload.json"),
        startAt: startAt + (index * 1_000) / contenders.length,
        rounds: seconds,
      }),
    ),
  );
  clearInterval(growing);
  print(contenders, results, seconds);
}

/** The session's transcript and payload: `step` adds a line to the one and its cost to the other. */
function startSession(home: string, cwd: string, payloadFile: string) {
  const history = makeHistory({
    seed: 4711,
    sessions: 1,
    turns: 260,
    padding: 9_000,
    days: 0.2,
    now: Date.now() - 60_000,
    models: [MODELS[1] as string],
    plain: true,
  });
  const sample = samplePayload({ cwd, claudeDir: join(home, ".claude"), now: Date.now() });
  const { transcript_path: transcript } = sample;
  const sessionId = sample.session_id;
  mkdirSync(dirname(transcript), { recursive: true });
  for (const [path, text] of history.files)
    if (!path.includes("subagents"))
      writeFileSync(transcript, text.replaceAll(/"sessionId":"[^"]*"/g, `"sessionId":"${sessionId}"`));
  let steps = 0;
  let costUsd = sample.cost.total_cost_usd;
  const payload = () =>
    Buffer.from(JSON.stringify({ ...sample, cost: { ...sample.cost, total_cost_usd: costUsd } }));
  const common = () => ({
    sessionId,
    cwd,
    version: "2.1.330",
    gitBranch: "main",
    isSidechain: false,
    uuid: crypto.randomUUID(),
    timestamp: new Date().toISOString(),
  });
  const add = (entry: object) => appendFileSync(transcript, `${JSON.stringify({ ...common(), ...entry })}\n`);
  const publish = () => {
    writeFileSync(`${payloadFile}.new`, payload());
    renameSync(`${payloadFile}.new`, payloadFile);
  };
  const step = () => {
    steps += 1;
    if (steps % STEPS_PER_EDIT === 0)
      appendFileSync(join(cwd, `d${steps % 90}`, `f${(steps % 90) * 200}.txt`), "edited\n");
    if (steps % 2 === 0) {
      add({
        type: "user",
        message: {
          role: "user",
          content: [
            { tool_use_id: `toolu_${steps - 1}`, type: "tool_result", content: "words ".repeat(500) },
          ],
        },
        toolUseResult: { stdout: "words ".repeat(500), stderr: "" },
      });
      return;
    }
    costUsd += 0.03;
    add({
      type: "assistant",
      requestId: `req_session${steps}`,
      message: {
        id: `msg_session${steps}`,
        type: "message",
        role: "assistant",
        model: MODELS[1],
        content: [
          { type: "text", text: "words ".repeat(40) },
          { type: "tool_use", id: `toolu_${steps}`, name: "Bash", input: { command: "bun test" } },
        ],
        usage: {
          input_tokens: 5,
          output_tokens: 300,
          cache_read_input_tokens: 60_000,
          cache_creation_input_tokens: 1_500,
        },
      },
    });
    publish();
  };
  publish();
  return { step, payload };
}

function print(contenders: readonly Contender[], results: readonly MeterResult[], seconds: number): void {
  console.log(
    `\nAn active session of ${seconds} s, one render a second: ${FILES} files, ${HISTORY_MB} MB of history`,
  );
  const width = Math.max(...contenders.map(({ name }) => name.length));
  console.log(`${"".padEnd(width)}  of a core  CPU ms/s  render  background  processes left running`);
  for (const [index, { name }] of contenders.entries()) {
    const { cpuMs, foregroundCpuMs, backgroundProcesses, failures } = results[index] as MeterResult;
    const perSecond = (ms: number) => (ms / seconds).toFixed(1);
    console.log(
      `${name.padEnd(width)}  ${`${perSecond(cpuMs / 10)} %`.padStart(9)}  ${perSecond(cpuMs).padStart(8)}  ${perSecond(foregroundCpuMs).padStart(6)}  ${perSecond(cpuMs - foregroundCpuMs).padStart(10)}  ${backgroundProcesses}${failures > 0 ? `  (${failures} renders failed)` : ""}`,
    );
  }
  const cost = (name: string) =>
    results[contenders.findIndex((contender) => contender.name.startsWith(name))]?.cpuMs;
  const [ours = Number.NaN, base, ccline] = ["plimsoll", "plimsoll, base", "ccline"].map(cost);
  if (base !== undefined) console.log(`ratio to the base: ${(ours / base).toFixed(3)}×`);
  if (base !== undefined && ccline !== undefined)
    console.log(`the base's ratio to ccline: ${(base / ccline).toFixed(3)}×`);
  if (ccline !== undefined) verdict("an active session against ccline", ours / ccline, TARGET);
}
