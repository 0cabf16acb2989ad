/** The directory of the named locks: ours alone, or a stranger could hold, replace or watch them. */
import { effectiveUser } from "./libc/create.ts";
import { makeDirectory } from "./libc/directory.ts";
import { cString, ERRNO, errorText } from "./libc/library.ts";
import { FILE_TYPE, statPath } from "./libc/stat.ts";
import { LockError } from "./lock-error.ts";

const OTHERS_MAY_WRITE = 0o022;

/**
 * Make the directory and what is missing above it, with mode 0700.
 * @throws LockError when it cannot be made, belongs to another user, or others may write to it
 */
export function requireLockDirectory(path: string): void {
  const facts = statPath(cString(path));
  if (!facts) {
    makeAll(path);
    return;
  }
  if ((facts.mode & FILE_TYPE.mask) !== FILE_TYPE.directory)
    throw new LockError("unsafe", `${path} is no directory`, { hint: "move it away" });
  if (facts.owner !== effectiveUser())
    throw new LockError("unsafe", `${path} belongs to another user (uid ${facts.owner})`, {
      hint: "PLIMSOLL_STATE chooses another place",
    });
  if ((facts.mode & OTHERS_MAY_WRITE) !== 0)
    throw new LockError("unsafe", `others may write to ${path}`, { hint: `chmod 700 ${path}` });
}

function makeAll(path: string): void {
  const parts = path.split("/");
  for (let count = 2; count <= parts.length; count++) {
    const folder = parts.slice(0, count).join("/");
    const error = statPath(cString(folder)) ? 0 : makeDirectory(folder, 0o700);
    if (error !== 0 && error !== ERRNO.EEXIST)
      throw new LockError("cannot-open", `cannot make ${folder}: ${errorText(error)}`, { errno: error });
  }
}
