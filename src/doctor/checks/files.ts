/** The state files: each is one that a render can read. */
import { lstatSync, unlinkSync } from "node:fs";
import { field, type Json } from "../../claude/json.ts";
import { readSmallText } from "../../os/io/file.ts";
import { listStates } from "../../state/directory.ts";
import { STATE_FILE_LIMIT, STATE_VERSION } from "../../state/scopes.ts";
import { bad, type Check, type CheckContext, counted, type Finding, few, good, note } from "../check.ts";

export const files: Check = {
  name: "files",
  about: "every state file is whole, and one that this version reads",
  needsState: true,
  run: ({ paths }: CheckContext): Finding[] => {
    const all = [
      ...listStates(paths, "session"),
      ...listStates(paths, "repo"),
      ...listStates(paths, "account"),
    ];
    const unread = all.flatMap(({ file, state }) => (state === undefined && isThere(file) ? [file] : []));
    const foreign = unread.filter((file) => isOtherVersion(file));
    const broken = unread.filter((file) => !foreign.includes(file));
    if (isThere(paths.lastPayload) && parse(paths.lastPayload) === undefined) broken.push(paths.lastPayload);
    const found: Finding[] = [];
    if (broken.length > 0)
      found.push(
        bad(`${counted(broken.length, "file")} torn, too large, or not state at all`, {
          details: few(broken),
          hint: "remove them: they hold nothing that the next pass does not gather again",
          fix: (say) => {
            for (const file of broken) if (remove(file)) say(`removed ${file}`);
          },
        }),
      );
    if (foreign.length > 0)
      found.push(
        note(`${counted(foreign.length, "file")} of another version: the next pass writes them anew`, {
          details: few(foreign),
        }),
      );
    return found.length > 0 ? found : [good(counted(all.length, "state file"))];
  },
};

function isOtherVersion(file: string): boolean {
  const version = field(parse(file), "version");
  return typeof version === "number" && version !== STATE_VERSION;
}

/** @returns undefined for what is not JSON, too large, or not ours to read */
function parse(file: string): Json {
  const text = readSmallText(file, { limit: STATE_FILE_LIMIT, mustBeOurs: true });
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // torn
  }
}

/** Between being listed and being read a file may go. */
const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

/** A link goes, not what it leads to. @returns whether there was something to remove */
function remove(file: string): boolean {
  const facts = lstatSync(file, { throwIfNoEntry: false });
  if (!facts) return false;
  if (facts.isDirectory()) throw new Error(`${file} is a directory`);
  unlinkSync(file);
  return true;
}
