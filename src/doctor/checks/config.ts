/** The configuration: one that can be used, and the validated form of it. */
import { lstatSync, readFileSync, statSync, unlinkSync } from "node:fs";
import { CONFIG_LIMIT, loadConfig, readCachedConfig } from "../../config/load.ts";
import { formatError, locateError, readConfig } from "../../config-file/read.ts";
import { configPath } from "../../state/paths.ts";
import { bad, type Check, type CheckContext, counted, type Finding, few, good, note } from "../check.ts";

export const config: Check = {
  name: "config",
  about: "the configuration can be read and has no error",
  run: (surroundings): Finding | Finding[] => {
    const path = configPath(surroundings.env);
    if (path === undefined) return good("there is no place for one: the defaults apply");
    const facts = statSync(path, { throwIfNoEntry: false });
    if (!facts)
      return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
        ? bad(`${path} is a symbolic link to nothing`, { hint: "mend the link, or remove it" })
        : good(`${path} is not there: the defaults apply`);
    if (!facts.isFile()) return bad(`${path} is no file: the defaults apply`, { hint: "move it away" });
    if (facts.size > CONFIG_LIMIT)
      return bad(`${path} is larger than ${CONFIG_LIMIT / 1024} KiB: it is not read`, {
        hint: "take out what it does not need",
      });
    const errors = errorsOf(path);
    if (errors.length === 0) return cacheOf(path, surroundings);
    return bad(`${path} has ${counted(errors.length, "error")}: the line is drawn with the last good one`, {
      details: few(errors),
      hint: "mend it there, or with 'plimsoll config edit'; 'plimsoll config check' looks again",
    });
  },
};

/** @returns errors as editors understand them: FILE:LINE:COLUMN: MESSAGE */
function errorsOf(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return [(error as Error).message];
  }
  const read = readConfig(text);
  if ("config" in read) return [];
  return read.errors.map((error) => {
    const place = locateError(text, error);
    return `${path}:${place ? `${place.line}:${place.column}:` : ""} ${formatError(error)}`;
  });
}

/** Without a form that fits, each render checks the configuration itself, until a pass has written it anew. */
function cacheOf(path: string, { paths }: CheckContext): Finding {
  if (!lstatSync(paths.configCache, { throwIfNoEntry: false }))
    return good(`${path} is good; the next pass writes its validated form`);
  if (!loadConfig(path, paths.configCache).changed) return good(`${path} is good`);
  const why = readCachedConfig(paths.configCache) ? "it has changed since" : "another version wrote that";
  return note(`${path} is good, but not its validated form: ${why}; the next pass writes it anew`, {
    fix: (say) => {
      if (!lstatSync(paths.configCache, { throwIfNoEntry: false })) return;
      unlinkSync(paths.configCache);
      say(`removed ${paths.configCache}`);
    },
  });
}
