/**
 * Each status line's figures for one session of the real client: two turns of Sonnet 5.5 in a window of a million
 * tokens, on a subscription. Not a measurement: figures to read. `bun run bench truth`
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { BINARY } from "../helpers/binary.ts";
import { samplePayload } from "../helpers/sample.ts";
import { emptyProject, renderEnvironment, workspace } from "./harness.ts";
import { installPeers, PEERS } from "./peers.ts";

/** The client's own figures for these two turns. */
const BILLED_USD = 0.034088;

/** Print the client's figures, then each program's line from its payload and transcript. */
export function showTruth(): void {
  const peers = installPeers();
  using work = workspace();
  const { home, cwd } = emptyProject(work.path("home"));
  const sample = samplePayload({ cwd, claudeDir: join(home, ".claude"), now: Date.now() });
  const payload = { ...sample, cost: { ...sample.cost, total_cost_usd: BILLED_USD } };
  mkdirSync(dirname(payload.transcript_path), { recursive: true });
  writeFileSync(payload.transcript_path, recentTranscript());

  const { used_percentage: context } = payload.context_window;
  console.log(
    `The client: context ${context} %, $${BILLED_USD.toFixed(3)}, five hours ${payload.rate_limits.five_hour.used_percentage} %, seven days ${payload.rate_limits.seven_day.used_percentage} %`,
  );
  const env = renderEnvironment(home);
  const draw = (name: string, argv: readonly string[]) => {
    const stdin = Buffer.from(JSON.stringify(payload));
    const { stdout } = Bun.spawnSync([...argv], { env, cwd, stdin, stderr: "ignore", timeout: 60_000 });
    console.log(`\n${name}\n${stripVTControlCharacters(stdout.toString()).trimEnd()}`);
  };
  Bun.spawnSync([BINARY, "gather", "--wait"], { env, cwd, stdin: Buffer.from(JSON.stringify(payload)) });
  draw("plimsoll", [BINARY, "display"]);
  draw("plimsoll, preset full", [
    "/usr/bin/env",
    `PLIMSOLL_CONFIG=${fullConfig(work.path("full.json"))}`,
    BINARY,
    "display",
  ]);
  if (peers) for (const { name, argv } of PEERS) draw(name, argv(peers));
}

/** The fixture's two turns, moved to the last minutes. */
function recentTranscript(): string {
  const text = readFileSync(join(import.meta.dir, "../fixtures/transcripts/one-turn.jsonl"), "utf8");
  const last = Math.max(
    ...[...text.matchAll(/"timestamp":"([^"]+)"/g)].map(([, time]) => Date.parse(time as string)),
  );
  const shift = Date.now() - 1_000 - last;
  return text.replace(
    /"timestamp":"([^"]+)"/g,
    (_, time: string) => `"timestamp":"${new Date(Date.parse(time) + shift).toISOString()}"`,
  );
}

function fullConfig(path: string): string {
  writeFileSync(path, '{ "preset": "full" }\n');
  return path;
}
