/** Passes keep up: the ledger contains what the transcripts contain. */
import { lstatSync, statSync } from "node:fs";
import { claudeDirectories } from "../../claude/directories.ts";
import { loadConfig } from "../../config/load.ts";
import { type Behind, COMPLETE_SCAN_MS, lookAt } from "../../ledger/index.ts";
import { lockStatus } from "../../os/lock/status.ts";
import { runBounded } from "../../os/run/subprocess.ts";
import { listStates } from "../../state/directory.ts";
import { configPath, indexerLock } from "../../state/paths.ts";
import { PASS_RUN_MS } from "../../state/timeouts.ts";
import {
  bytesText,
  type Check,
  type CheckContext,
  counted,
  error,
  type Finding,
  type Fix,
  few,
  info,
  ok,
} from "../check.ts";

/** Passes scan every transcript at this interval, and may defer reading to the next pass. Milliseconds. */
const MARGIN_MS = COMPLETE_SCAN_MS + 60_000;

/** For scanning the Claude directories. Milliseconds. */
const SCAN_TIMEOUT_MS = 5_000;

export const lag: Check = {
  name: "lag",
  about: "passes keep up: what transcripts contain is in the ledger",
  needsState: true,
  run: (context) => {
    const { paths, env } = context;
    if (loadConfig(configPath(env), paths.configCache).config.billing.source !== "ledger")
      return ok("the ledger is not in use");
    if (!lstatSync(paths.ledger, { throwIfNoEntry: false })?.isFile()) return ok("no ledger yet");
    let behind: Behind;
    try {
      behind = lookAt(paths.ledger, { timeoutMs: 1_000 }, (ledger) =>
        ledger.behind(claudeDirectories(env), SCAN_TIMEOUT_MS),
      );
    } catch (thrown) {
      return info(`not checked: ${(thrown as Error).message}`);
    }
    const { outside, cut, unreadable } = behind;
    return [
      unreadFinding(behind, context),
      outside.length > 0 &&
        info(`${counted(outside.length, "symbolic link")} not followed: outside the Claude directories`, {
          details: few(outside),
          hint: "move the transcripts into the Claude directory, or add theirs to CLAUDE_CONFIG_DIR",
        }),
      cut !== undefined &&
        error("the Claude directories are too large to be scanned completely: figures may be too low", {
          hint: "move other files out of 'projects'; 'plimsoll usage' scans without a time limit",
        }),
      unreadable.length > 0 &&
        error(`${counted(unreadable.length, "transcript")} cannot be read`, {
          details: few(unreadable.map(({ path, reason }) => `${path}: ${reason}`)),
          hint: "make them readable (chmod u+r, chown): their cost is missing",
        }),
    ].filter((each) => each !== false);
  },
};

function unreadFinding({ files }: Behind, context: CheckContext): Finding {
  if (files.length === 0) return ok("every transcript is read to its end");
  const missed = files.filter((file) => wasMissed(file, context));
  const size = (list: Behind["files"]) =>
    `${counted(list.length, "transcript")}, ${bytesText(list.reduce((sum, { bytes }) => sum + bytes, 0))}`;
  if (lockStatus(indexerLock(context.paths)).state !== "free") return info(`${size(files)} being read now`);
  if (missed.length === 0) return info(`${size(files)} newer than the last pass: the next one reads them`);
  return error(`${size(missed)} behind, although passes have run since`, {
    details: few(missed.map(({ path, bytes }) => `${path}: ${bytesText(bytes)}`)),
    hint: "'plimsoll gather --wait --force' reads them, or reports why it cannot",
    fix: passFix(context),
  });
}

/** Whether a pass over the transcript's account began well after its last write, and did not read it. */
function wasMissed({ path, modifiedMs }: Behind["files"][number], { paths }: CheckContext): boolean {
  const account = listStates(paths, "account").find(
    ({ state }) => state !== undefined && path.startsWith(`${state.claudeDir}/`),
  );
  const usage = account?.state?.parts.usage;
  if (!usage) return false;
  const startedAt = usage.gatheredAt - usage.tookMs;
  // A copied file may be younger here than its modification time.
  const presentSince = Math.max(modifiedMs, statSync(path, { throwIfNoEntry: false })?.birthtimeMs ?? 0);
  return presentSince < startedAt - MARGIN_MS;
}

const passFix =
  ({ env, cwd }: CheckContext): Fix =>
  async (report) => {
    const outcome = await runBounded({
      argv: [process.execPath, "gather", "--wait", "--force"],
      env,
      cwd,
      timeoutMs: PASS_RUN_MS,
      utf8: "lossy",
    });
    // 1: a part failed, perhaps unrelated to the ledger. The second examination decides.
    if (outcome.kind !== "exited" || outcome.code > 1)
      throw new Error(`'plimsoll gather' failed: ${outcome.stderr.trim().slice(0, 300) || outcome.kind}`);
    report("ran a pass: 'plimsoll gather --wait --force'");
  };
