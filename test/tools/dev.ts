/**
 * `bun run dev [COMMAND…]`: run a command from source, and again whenever a source file or the configuration changes.
 *
 * The default is `display`, with the payload of the newest background pass on stdin, or a sample when there is none.
 * Nothing is gathered: the line shows the state that the installed program has gathered.
 */
import { existsSync, readFileSync, watch, watchFile } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { configPath, statePaths } from "../../src/state/paths.ts";
import { samplePayload } from "../helpers/sample.ts";

const SOURCE = join(import.meta.dir, "../../src");
/** An editor writes a file in several steps. Milliseconds. */
const SETTLE_MS = 100;
const POLL_MS = 500;
const CLEAR_SCREEN = "\x1b[H\x1b[2J\x1b[3J";

const given = process.argv.slice(2);
const command = given.length > 0 ? given : ["display"];
let timer: ReturnType<typeof setTimeout> | undefined;
let running: ReturnType<typeof Bun.spawn> | undefined;

function schedule(): void {
  clearTimeout(timer);
  timer = setTimeout(() => draw(), SETTLE_MS);
}

function draw(): void {
  running?.kill();
  process.stdout.write(process.stdout.isTTY ? CLEAR_SCREEN : "");
  running = Bun.spawn([process.execPath, join(SOURCE, "main.ts"), ...command], {
    env: {
      ...process.env,
      COLUMNS: process.env.COLUMNS ?? String(process.stdout.columns ?? 120),
      PLIMSOLL_NO_GATHER: "1",
    },
    stdin: Buffer.from(payload()),
    stdout: "inherit",
    stderr: "inherit",
  });
}

function payload(): string {
  const last = statePaths(process.env)?.lastPayload;
  if (last !== undefined && existsSync(last)) return readFileSync(last, "utf8");
  return JSON.stringify(
    samplePayload({ cwd: process.cwd(), claudeDir: join(homedir(), ".claude"), now: Date.now() }),
  );
}

watch(SOURCE, { recursive: true }, schedule);
const config = configPath(process.env);
// By polling: the file may not exist yet, and an editor replaces it.
if (config !== undefined) watchFile(config, { interval: POLL_MS }, schedule);
draw();
