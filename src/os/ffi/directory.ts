/** mkdir(2) and unlink(2). */
import { cString, errno, group } from "./library.ts";

const calls = group({ mkdir: { args: ["ptr", "u32"], returns: "i32" } });

/** mkdir(2). @returns 0, or an errno */
export const makeDirectory = (path: string, mode: number): number =>
  calls().mkdir(cString(path), mode) === 0 ? 0 : errno();

const removing = group({ unlink: { args: ["ptr"], returns: "i32" } });

/** unlink(2). @returns 0, or an errno */
export const removeFile = (path: string): number => (removing().unlink(cString(path)) === 0 ? 0 : errno());
