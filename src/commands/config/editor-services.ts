/** The editor's services: reading and writing files, and Claude Code's settings. */
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { CommandError } from "../../cli/errors.ts";
import { workingDirectory } from "../../cli/working-directory.ts";
import { readConfigText } from "../../config/text.ts";
import type { EditorServices } from "../../editor/effects.ts";
import { reasonOf } from "../../os/io/file.ts";
import { replaceFile } from "../../state/write.ts";
import { loadConfigText, saveConfigText, withTilde } from "./file.ts";
import { install, planInstall, planUninstall, uninstall } from "./install.ts";
import { writeSchema } from "./schema-file.ts";
import { whileChanging } from "./store.ts";

/** @param path of the configuration */
export const editorServices = (path: string): EditorServices => ({
  save: async (text, expected, force) => {
    try {
      return await whileChanging(path, () => {
        const present = loadConfigText(path);
        if (!force && present !== expected) return { changed: present === undefined ? "removed" : "edited" };
        if (present === undefined) writeSchema(path);
        return { report: withTilde(saveConfigText(path, text)) };
      });
    } catch (error) {
      return failure(error);
    }
  },
  read: (typed) =>
    attempt(() => {
      const file = expandPath(typed);
      try {
        return { path: withTilde(file), text: readConfigText(file) };
      } catch (error) {
        throw new Error(`cannot read ${file}: ${reasonOf(error)}`);
      }
    }),
  write: (typed, text, overwrite) =>
    attempt(() => {
      const file = expandPath(typed);
      const present = statSync(file, { throwIfNoEntry: false });
      if (typed.endsWith("/") || present?.isDirectory())
        throw new Error(`${file} is a directory: add the name of a file`);
      // Writing replaces what has the name: a device or a pipe would be lost.
      if (present && !present.isFile()) throw new Error(`${file} is not a regular file`);
      if (present && !overwrite) return { exists: withTilde(file) };
      try {
        replaceFile(file, Buffer.from(text));
      } catch (error) {
        throw new Error(`cannot write ${file}: ${reasonOf(error)}`);
      }
      return { path: withTilde(file) };
    }),
  complete: (typed) => attempt(() => completePath(typed)),
  planInstall,
  planUninstall,
  install,
  uninstall,
});

/** @throws Error for a directory that cannot be read */
function completePath(typed: string): { path: string; names: readonly string[] } {
  const split = typed.lastIndexOf("/") + 1;
  const [above, begun] = typed === "~" ? ["~/", ""] : [typed.slice(0, split), typed.slice(split)];
  const directory = expandPath(above || ".");
  const isHidden = (name: string) => name.startsWith(".") && !begun.startsWith(".");
  let entries: readonly string[];
  try {
    entries = readdirSync(directory);
  } catch (error) {
    throw new Error(`cannot read ${directory}: ${reasonOf(error)}`);
  }
  const names = entries
    .filter((name) => name.startsWith(begun) && !isHidden(name))
    .sort()
    .map((name) =>
      statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory() ? `${name}/` : name,
    );
  return { path: above + (commonStart(names) ?? begun), names };
}

/** @returns the longest text that all names begin with; undefined without names */
const commonStart = (names: readonly string[]): string | undefined =>
  names.reduce<string | undefined>((common = "", name, index) => {
    if (index === 0) return name;
    let length = 0;
    while (length < common.length && common[length] === name[length]) length += 1;
    return common.slice(0, length);
  }, undefined);

/** @throws Error for an empty path */
function expandPath(typed: string): string {
  const path = typed.trim();
  if (path === "") throw new Error("the path is missing");
  const { HOME } = process.env;
  if (path !== "~" && !path.startsWith("~/")) return resolve(workingDirectory(), path);
  if (!HOME) throw new Error("HOME is not set");
  return resolve(HOME, path.slice(2));
}

/** @returns the result, or the error for the user */
function attempt<Result>(run: () => Result): Result | { error: string } {
  try {
    return run();
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): { error: string } {
  const { message } = error as Error;
  const hint = error instanceof CommandError ? error.hint : undefined;
  return { error: withTilde(hint === undefined ? message : `${message} (${hint})`) };
}
