/** Why a program could not be started, told apart further than errno does. */
import { cString } from "../ffi/library.ts";
import { FILE_TYPE, statPath } from "../ffi/stat.ts";
import type { Ending, SpawnFailure } from "./outcome.ts";

const NOT_EXECUTABLE = new Set(["EACCES", "ENOEXEC", "EPERM", "EISDIR"]);

/**
 * @param code the errno's name; ENOENT may mean the program, its interpreter, or the working directory
 * @param cause what to tell a person
 */
export function spawnFailed(code: string | undefined, cause: string, cwd: string | undefined): Ending {
  return { kind: "spawnFailed", reason: reasonOf(code, cwd), cause };
}

function reasonOf(code: string | undefined, cwd: string | undefined): SpawnFailure {
  if (code !== undefined && NOT_EXECUTABLE.has(code)) return "notExecutable";
  if (code !== "ENOENT" && code !== "ENOTDIR") return "other";
  return cwd === undefined || isDirectory(cwd) ? "notFound" : "noSuchDirectory";
}

function isDirectory(path: string): boolean {
  const facts = statPath(cString(path));
  return facts !== undefined && (facts.mode & FILE_TYPE.mask) === FILE_TYPE.directory;
}
