/** The state directory: private, small, and whole. */
import { accessSync, constants, lstatSync, readdirSync, readFileSync, statfsSync } from "node:fs";
import { listAccountStates, listRepoStates, listSessionStates } from "../../state/list.ts";
import { LOG_LIMIT } from "../../state/log.ts";
import { bad, bytesText, type Check, counted, good, warning } from "../check.ts";

/** More than this in small files, and the sweep does not work. Bytes. */
const STATE_LIMIT = 50e6;

export const directory: Check = {
  name: "state",
  about: "the state directory is private, small, readable and writable",
  run: ({ paths }) => {
    const facts = lstatSync(paths.root, { throwIfNoEntry: false });
    if (!facts)
      return warning(`${paths.root} is not there yet`, {
        hint: "the first pass makes it: 'plimsoll gather'",
      });
    if (!facts.isDirectory()) return bad(`${paths.root} is no directory`, { hint: "move it away" });
    if (facts.uid !== process.geteuid?.())
      return bad(`${paths.root} belongs to user ${facts.uid}`, {
        hint: "set PLIMSOLL_STATE to a place of yours",
      });
    const states = [...listSessionStates(paths), ...listRepoStates(paths), ...listAccountStates(paths)];
    const unreadable = states.filter(({ state }) => state === undefined).map(({ file }) => file);
    const [files, size] = measure(paths.root);
    const text = `${counted(files, "file")}, ${bytesText(size)} beside the ledger`;
    if ((facts.mode & 0o077) !== 0)
      return bad(`${paths.root} can be read by others`, { hint: `chmod 700 '${paths.root}'` });
    const obstacle = obstacleTo(paths.root);
    if (obstacle !== undefined)
      return bad(`${paths.root} cannot be written: ${obstacle}`, {
        hint: "figures stay as they are, and get old, until it can",
      });
    if (size > STATE_LIMIT)
      return bad(`too large: ${text}`, { hint: "old files are swept by 'plimsoll gather'" });
    if (unreadable.length > 0)
      return warning(`${text}; ${counted(unreadable.length, "file")} not readable as state`, {
        details: unreadable,
        hint: "another version wrote them, or something else did: the next pass over them writes them anew",
      });
    return good(text);
  },
};

/** What keeps us from writing there, if anything does. */
function obstacleTo(directory: string): string | undefined {
  try {
    accessSync(directory, constants.W_OK);
    return statfsSync(directory).bavail === 0 ? "no space left on the disk" : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** @returns how many files there are, and their bytes, the ledger's left out */
function measure(root: string): [files: number, bytes: number] {
  let [files, bytes] = [0, 0];
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    files++;
    if (!entry.name.startsWith("ledger.db"))
      bytes += lstatSync(`${entry.parentPath}/${entry.name}`, { throwIfNoEntry: false })?.size ?? 0;
  }
  return [files, bytes];
}

/** How many lines of the log are shown. */
const LAST_LINES = 5;
/** What was said longer ago has probably been seen to. Milliseconds. */
const RECENT_MS = 24 * 60 * 60 * 1000;

export const log: Check = {
  name: "log",
  about: "the log of background passes is small, and has nothing new to say",
  run: ({ paths, now }) => {
    const size = lstatSync(paths.log, { throwIfNoEntry: false })?.size;
    if (size === undefined) return good("nothing was ever logged");
    if (size > 2 * LOG_LIMIT) return bad(`${paths.log} has ${bytesText(size)}: it is not rotated`);
    const lines = readFileSync(paths.log, "utf8").trimEnd().split("\n");
    const recent = lines.filter((line) => now - Date.parse(line.slice(0, 24)) < RECENT_MS);
    if (recent.length === 0) return good(`${bytesText(size)}, nothing new since yesterday`);
    return warning(`${counted(recent.length, "line")} since yesterday in ${paths.log}`, {
      details: recent.slice(-LAST_LINES),
    });
  },
};

export const parts: Check = {
  name: "parts",
  about: "what was gathered last was gathered without an error",
  run: ({ paths, now }) => {
    const states = [
      ...listSessionStates(paths).map(({ state }) => ({
        state,
        name: `session ${state?.sessionId.slice(0, 8)}`,
      })),
      ...listRepoStates(paths).map(({ state }) => ({ state, name: state?.root ?? "" })),
      ...listAccountStates(paths).map(({ state }) => ({ state, name: state?.claudeDir ?? "" })),
    ];
    let count = 0;
    const details: string[] = [];
    for (const { state, name } of states) {
      for (const [part, { error, triedAt }] of Object.entries(state?.parts ?? {})) {
        count++;
        if (error !== undefined && now - triedAt < RECENT_MS) details.push(`${name}, ${part}: ${error}`);
      }
    }
    if (details.length === 0) return good(`${counted(count, "part")}, no error since yesterday`);
    return warning(`${counted(details.length, "part")} of ${count} with an error`, {
      details: details.slice(0, 20),
      hint: "'plimsoll gather --wait --force' tries at once and shows what happens",
    });
  },
};
