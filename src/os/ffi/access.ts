/** access(2). */
import { cString, group } from "./library.ts";
import { FILE_TYPE, statPath } from "./stat.ts";

const calls = group({ access: { args: ["ptr", "i32"], returns: "i32" } });
const X_OK = 1;

/** Whether the path is a regular file that we may execute (a directory may be "executed" too). */
export function accessExecutable(path: string): boolean {
  const name = cString(path);
  if (calls().access(name, X_OK) !== 0) return false;
  const facts = statPath(name);
  return facts !== undefined && (facts.mode & FILE_TYPE.mask) === FILE_TYPE.regular;
}
