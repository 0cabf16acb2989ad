/**
 * The ledger's limits: a first index, a pass after one line, a report, and memory, on generated histories.
 *
 *   bun run bench ledger
 *
 * Times are compared with ccusage in the same run. It starts as many threads as there are cores, and so does a first
 * index: other load affects both.
 */
import { appendFileSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BINARY } from "../helpers/binary.ts";
import { MODELS, makeHistory } from "../helpers/history.ts";
import { type Measured, measure, type Program, report, verdict, workspace } from "./harness.ts";
import { ccusageProgram, installPeers } from "./peers.ts";

/** The size of the histories as a fraction of the full size: 0.1 to try the benchmark. */
const SCALE = Number(process.env.PLIMSOLL_BENCH_SCALE ?? 1);

/** Write a history of this size. @returns its newest transcript, and the number of its messages */
export function writeSized(home: string, megabytes: number): { newest: string; messages: number } {
  let bytes = 0;
  let messages = 0;
  let newest = "";
  for (let seed = 1; bytes < megabytes * 1e6; seed++) {
    const history = makeHistory({
      seed,
      sessions: 1,
      turns: 260,
      padding: 9_000,
      days: 0.5,
      now: Date.now() - ((seed * 7) % 60) * 86_400_000,
      models: [MODELS[seed % MODELS.length] as string],
      plain: true,
    });
    messages += history.messages.length;
    for (const [path, text] of history.files) {
      const file = join(home, path.replace("proj00", `proj${seed % 20}`));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      bytes += text.length;
      if (!path.includes("subagents")) newest = file;
    }
  }
  return { newest, messages };
}

const ratioOf = (measured: readonly Measured[]): number =>
  (measured[0]?.medianMs ?? Number.NaN) / (measured[1]?.medianMs ?? Number.NaN);

export async function benchLedger(): Promise<void> {
  const peers = installPeers();
  const ccusage = peers && ccusageProgram(peers);
  using space = workspace();
  const home = space.path("home");
  const megabytes = 500 * SCALE;
  const { newest, messages } = writeSized(home, megabytes);
  console.log(`\na history of ${megabytes} MB, ${messages} messages`);
  const env = (state: string) => ({
    HOME: home,
    PATH: "/usr/bin:/bin",
    TZ: "UTC",
    PLIMSOLL_STATE: space.path(state),
  });
  const usage = (name: string, state: string, before?: () => void): Program => ({
    name,
    argv: [BINARY, "usage", "daily", "--json"],
    env: env(state),
    ...(before ? { before } : {}),
  });
  const theirs = (name: string, args: string[], stdin?: string): Program[] =>
    ccusage ? [{ name, argv: [ccusage, ...args], env: env("none"), ...(stdin ? { stdin } : {}) }] : [];

  const forget = () => rmSync(space.path("first"), { recursive: true, force: true });
  const first = measure(
    [
      usage("plimsoll, first index", "first", forget),
      ...theirs("ccusage daily", ["daily", "--offline", "--json"]),
    ],
    { rounds: 11, warmup: 2 },
  );
  report("A first index", first);
  if (ccusage) verdict("a first index takes a part of ccusage's time", ratioOf(first), 0.6);
  verdict("peak memory", first[0]?.peakMb ?? Number.NaN, 200, " MB");

  measure([usage("", "kept")], { rounds: 1, warmup: 0 });
  const line = (id: number) =>
    `${JSON.stringify({ type: "assistant", timestamp: new Date().toISOString(), message: { id: `msg_bench${id}`, model: MODELS[0], usage: { input_tokens: 1, output_tokens: 1 } } })}\n`;
  let appended = 0;
  const payload = JSON.stringify({
    session_id: "s",
    transcript_path: newest,
    cwd: home,
    model: { id: MODELS[0], display_name: "Opus" },
    workspace: { current_dir: home, project_dir: home },
    version: "2.1.331",
    cost: { total_cost_usd: 1, total_duration_ms: 1 },
  });
  const pass = measure(
    [
      usage("plimsoll, one line more", "kept", () => appendFileSync(newest, line(appended++))),
      ...theirs("ccusage statusline", ["statusline", "--offline", "--no-cache"], payload),
    ],
    { rounds: 15, warmup: 2 },
  );
  report("A pass after one appended line", pass);
  if (ccusage) verdict("a pass takes a part of ccusage's time", ratioOf(pass), 1 / 20);

  const daily = measure(
    [usage("plimsoll usage daily", "kept"), ...theirs("ccusage daily", ["daily", "--offline", "--json"])],
    { rounds: 21, warmup: 2 },
  );
  report("A report on an indexed history", daily);
  if (ccusage) verdict("a report takes a part of ccusage's time", ratioOf(daily), 1 / 30);
  console.log(`ledger: ${(statSync(space.path("kept/ledger.db")).size / 1e6).toFixed(1)} MB`);
  rmSync(home, { recursive: true, force: true });

  const peaks = [100, 1000].map((size) => {
    const own = space.path(`home-${size}`);
    writeSized(own, size * SCALE);
    const fresh = () => rmSync(space.path("sized"), { recursive: true, force: true });
    const program = { ...usage(`first index of ${size * SCALE} MB`, "sized", fresh) };
    const [measured] = measure([{ ...program, env: { ...program.env, HOME: own } }], {
      rounds: 3,
      warmup: 0,
    });
    rmSync(own, { recursive: true, force: true });
    return measured as Measured;
  });
  report("Memory", peaks);
  verdict(
    "peak memory at ten times the size",
    (peaks[1]?.peakMb ?? Number.NaN) / (peaks[0]?.peakMb ?? Number.NaN),
    1.2,
  );
}
if (import.meta.main) await benchLedger();
