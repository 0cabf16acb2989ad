/** The ledger knows what the transcripts say: passes keep up with the sessions. */
import { lstatSync, statSync } from "node:fs";
import { claudeDirectories } from "../../claude/directories.ts";
import { loadConfig } from "../../config/load.ts";
import { type Behind, COMPLETE_LOOK_MS, lookAt } from "../../ledger/index.ts";
import { lockStatus } from "../../os/lock/status.ts";
import { runBounded } from "../../os/run/subprocess.ts";
import { listStates } from "../../state/directory.ts";
import { configPath, indexerLock } from "../../state/paths.ts";
import {
  bad,
  bytesText,
  type Check,
  type CheckContext,
  counted,
  type Finding,
  type Fix,
  few,
  good,
  note,
} from "../check.ts";

/** A pass looks at every transcript at least this often, and may leave what it finds to the next one. Milliseconds. */
const MARGIN_MS = COMPLETE_LOOK_MS + 60_000;

/** How long the check looks at the Claude directories. Milliseconds. */
const LOOK_MS = 5_000;

export const lag: Check = {
  name: "lag",
  about: "passes keep up: what transcripts say is in the ledger",
  needsState: true,
  run: (surroundings): Finding | Finding[] => {
    const { paths, env } = surroundings;
    if (loadConfig(configPath(env), paths.configCache).config.billing.source !== "ledger")
      return good("the ledger is not in use");
    if (!lstatSync(paths.ledger, { throwIfNoEntry: false })?.isFile()) return good("there is no ledger yet");
    let behind: Behind;
    try {
      behind = lookAt(paths.ledger, { patienceMs: 1_000 }, (ledger) =>
        ledger.behind(claudeDirectories(env), LOOK_MS),
      );
    } catch (error) {
      return note(`not looked at: ${(error as Error).message}`);
    }
    const unread = behind.unreadable.map(({ path, reason }) => `${path}: ${reason}`);
    const judged = [judge(behind, surroundings), ...limits(behind)];
    if (unread.length === 0) return judged;
    const hint = "make them readable for yourself (chmod u+r, chown): what they cost is missing";
    return [
      ...judged,
      bad(`${counted(unread.length, "transcript")} cannot be read`, { details: few(unread), hint }),
    ];
  },
};

function judge({ files }: Behind, surroundings: CheckContext): Finding {
  if (files.length === 0) return good("every transcript is read to its end");
  const missed = files.filter((file) => wasMissed(file, surroundings));
  const size = (list: Behind["files"]) =>
    `${counted(list.length, "transcript")}, ${bytesText(list.reduce((sum, { bytes }) => sum + bytes, 0))}`;
  const { paths } = surroundings;
  if (lockStatus(indexerLock(paths)).state !== "free") return note(`${size(files)} being read now`);
  if (missed.length === 0) return note(`${size(files)} newer than the last pass: the next one reads them`);
  return bad(`${size(missed)} behind, though passes have run since`, {
    details: few(missed.map(({ path, bytes }) => `${path}: ${bytesText(bytes)}`)),
    hint: "'plimsoll gather --wait --force' reads them, and says what is in the way",
    fix: pass(surroundings),
  });
}

/** What is not counted because it is not looked at. */
function limits({ outside, cut }: Behind): Finding[] {
  const findings: Finding[] = [];
  if (outside.length > 0)
    findings.push(
      note(
        `${counted(outside.length, "symbolic link")} not followed: they lead out of the Claude directories`,
        {
          details: few(outside),
          hint: "move the transcripts into the Claude directory, or add theirs to CLAUDE_CONFIG_DIR",
        },
      ),
    );
  if (cut !== undefined)
    findings.push(
      bad("the Claude directories are too large to be looked at as a whole: figures may be too low", {
        hint: "move what is not Claude Code's out of 'projects'; 'plimsoll usage' looks for as long as it takes",
      }),
    );
  return findings;
}

/** Whether a pass over the transcript's account began well after it was written, and did not read it. */
function wasMissed({ path, modifiedMs }: Behind["files"][number], { paths }: CheckContext): boolean {
  const account = listStates(paths, "account").find(
    ({ state }) => state !== undefined && path.startsWith(`${state.claudeDir}/`),
  );
  const usage = account?.state?.parts.usage;
  if (!usage) return false;
  const began = usage.gatheredAt - usage.tookMs;
  // A file that was copied here has a time of its own from before it was here.
  const here = Math.max(modifiedMs, statSync(path, { throwIfNoEntry: false })?.birthtimeMs ?? 0);
  return here < began - MARGIN_MS;
}

const PASS_MS = 35_000;

const pass =
  ({ env, cwd }: CheckContext): Fix =>
  async (say) => {
    const outcome = await runBounded({
      argv: [process.execPath, "gather", "--wait", "--force"],
      env,
      cwd,
      timeoutMs: PASS_MS,
      utf8: "lossy",
    });
    // 1: a part has failed, which may have nothing to do with the ledger. The second look tells.
    if (outcome.kind !== "exited" || outcome.code > 1)
      throw new Error(
        `'plimsoll gather' did not end well: ${outcome.stderr.trim().slice(0, 300) || outcome.kind}`,
      );
    say("ran a pass: 'plimsoll gather --wait --force'");
  };
