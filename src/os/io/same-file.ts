/** Whether a path and an open file are the same: what makes a lock on the one a lock on the other. */
import { fstat, statPath } from "../ffi/stat.ts";
import { cWord, type Word } from "../ffi/word.ts";

/** Whether the path still leads to the open file: whoever holds a lock on a deleted file excludes nobody. */
export function leadsTo(path: Word, fd: number): boolean {
  const [open, there] = [fstat(fd), statPath(cWord(path))];
  return (
    open !== undefined && there !== undefined && open.inode === there.inode && open.device === there.device
  );
}
