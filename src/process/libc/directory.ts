/** mkdir(2). */
import { cString, errno, group } from "./library.ts";

const calls = group({ mkdir: { args: ["ptr", "u32"], returns: "i32" } });

/** mkdir(2). @returns 0, or an errno */
export const makeDirectory = (path: string, mode: number): number =>
  calls().mkdir(cString(path), mode) === 0 ? 0 : errno();
