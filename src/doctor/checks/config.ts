/** The configuration file, and the cached form of it. */
import { accessSync, constants, lstatSync, type Stats, statSync, unlinkSync } from "node:fs";
import { CONFIG_LIMIT, loadConfig, readCachedConfig } from "../../config/load.ts";
import { readConfigText } from "../../config/text.ts";
import { locateError } from "../../config-file/locate.ts";
import { formatError, readConfig } from "../../config-file/read.ts";
import { reasonOf } from "../../os/io/file.ts";
import { configPath } from "../../state/paths.ts";
import { type Check, type CheckContext, counted, error, type Finding, few, info, ok } from "../check.ts";

export const config: Check = {
  name: "config",
  about: "the configuration is readable and valid",
  run: (context) => {
    const path = configPath(context.env);
    if (path === undefined) return ok("no directory for it: the defaults apply");
    const facts = examine(path);
    if (facts === undefined)
      return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
        ? error(`${path} is a dangling symbolic link`, { hint: "fix the link, or remove it" })
        : ok(`${path} does not exist: the defaults apply`);
    if (typeof facts === "string")
      return error(`${path} cannot be read: ${facts}: the line uses the last valid configuration`, {
        hint: "make it readable for this user",
      });
    if (!facts.isFile())
      return error(`${path} is not a file: the line uses the last valid configuration`, {
        hint: "move it away",
      });
    if (facts.size > CONFIG_LIMIT)
      return error(`${path} is larger than ${CONFIG_LIMIT / 1024} KiB: it is not read`, {
        hint: "remove unused settings",
      });
    const errors = errorsOf(path);
    if (errors.length === 0) return cacheFinding(path, context);
    return error(
      `${path} has ${counted(errors.length, "error")}: the line uses the last valid configuration`,
      {
        details: few(errors),
        hint: "fix it there, or with 'plimsoll config edit'; 'plimsoll config check' checks again",
      },
    );
  },
};

/** @returns why it cannot be opened; undefined for a missing file */
function examine(path: string): Stats | string | undefined {
  try {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts?.isFile()) accessSync(path, constants.R_OK);
    return facts;
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

/** @returns FILE:LINE:COLUMN: MESSAGE, the format that editors parse */
function errorsOf(path: string): string[] {
  let text: string;
  try {
    text = readConfigText(path);
  } catch (thrown) {
    return [reasonOf(thrown)];
  }
  const read = readConfig(text);
  if ("config" in read) return [];
  return read.errors.map((each) => {
    const place = locateError(text, each);
    return `${path}:${place ? `${place.line}:${place.column}:` : ""} ${formatError(each)}`;
  });
}

/** Without a current cache each render parses the configuration, until a pass rewrites the cache. */
function cacheFinding(path: string, { paths }: CheckContext): Finding {
  if (!lstatSync(paths.configCache, { throwIfNoEntry: false }))
    return ok(`${path} is valid; the next pass caches it`);
  if (!loadConfig(path, paths.configCache).changed) return ok(`${path} is valid`);
  const why = readCachedConfig(paths.configCache) ? "the file changed since" : "written by another version";
  return info(`${path} is valid, but its cache is outdated (${why}): the next pass rewrites it`, {
    fix: (report) => {
      if (!lstatSync(paths.configCache, { throwIfNoEntry: false })) return;
      unlinkSync(paths.configCache);
      report(`removed ${paths.configCache}`);
    },
  });
}
