/** The state files: a render can read each of them. */
import { lstatSync, unlinkSync } from "node:fs";
import { field, type Json, parseJson } from "../../claude/json.ts";
import { readSmallText } from "../../os/io/file.ts";
import { listStates } from "../../state/directory.ts";
import { STATE_FILE_LIMIT, STATE_VERSION } from "../../state/scopes.ts";
import { type Check, counted, error, few, findingsOr, info } from "../check.ts";

export const files: Check = {
  name: "files",
  about: "every state file is complete and of this version",
  needsState: true,
  run: ({ paths }) => {
    const all = (["session", "repo", "account"] as const).flatMap((scope) => listStates(paths, scope));
    // A listed file may have been removed since.
    const invalid = all.flatMap(({ file, state }) => (state === undefined && exists(file) ? [file] : []));
    const foreign = invalid.filter(isOtherVersion);
    const broken = invalid.filter((file) => !foreign.includes(file));
    if (exists(paths.lastPayload) && read(paths.lastPayload) === undefined) broken.push(paths.lastPayload);
    return findingsOr(counted(all.length, "state file"), [
      broken.length > 0 &&
        error(`${counted(broken.length, "file")} torn, too large, or not a state file`, {
          details: few(broken),
          hint: "remove them: the next pass gathers their contents again",
          fix: (report) => {
            for (const file of broken) if (remove(file)) report(`removed ${file}`);
          },
        }),
      foreign.length > 0 &&
        info(`${counted(foreign.length, "file")} of another version: the next pass rewrites them`, {
          details: few(foreign),
        }),
    ]);
  },
};

function isOtherVersion(file: string): boolean {
  const version = field(read(file), "version");
  return typeof version === "number" && version !== STATE_VERSION;
}

/** @returns undefined for a file that is not JSON, too large, or another user's */
const read = (file: string): Json =>
  parseJson(readSmallText(file, { limit: STATE_FILE_LIMIT, mustBeOurs: true }));

const exists = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

/** Removes a link, not its target. @returns false for a missing file */
function remove(file: string): boolean {
  const facts = lstatSync(file, { throwIfNoEntry: false });
  if (!facts) return false;
  if (facts.isDirectory()) throw new Error(`${file} is a directory`);
  unlinkSync(file);
  return true;
}
