/** Whether the program that a status line names is there, can be run, and is this one. */

import { realPath } from "../os/ffi/file.ts";
import { resolveExecutable } from "../os/run/executable.ts";

export interface ProgramFault {
  /** Where the program is or should be. */
  readonly path: string;
  /** It cannot be run: there will be no line. */
  readonly fatal: boolean;
  /** What is the matter, as the end of a sentence about the line: "runs /x, which is not there". */
  readonly text: string;
}

/**
 * @param program as the shell sees it: a path, or a name
 * @returns undefined when it is this program; also when only the shell knows what it is
 */
export function findProgramFault(
  program: string,
  { HOME, PATH }: Readonly<Record<string, string | undefined>>,
): ProgramFault | undefined {
  if (/[$`*?]/.test(program)) return undefined;
  const fault = (path: string, text: string, fatal = true): ProgramFault => ({ path, fatal, text });
  const expanded = program.startsWith("~/") && HOME ? HOME + program.slice(1) : program;
  if (expanded.includes("/") && !expanded.startsWith("/"))
    return fault(program, `runs ${program}, which is found from one directory only`, false);
  const path = resolveExecutable(expanded, PATH);
  if (path === undefined) {
    if (!expanded.includes("/")) return fault(program, `runs '${program}', which is not on PATH`);
    const there = realPath(expanded) !== undefined;
    return fault(expanded, `runs ${expanded}, which ${there ? "cannot be executed" : "is not there"}`);
  }
  return realPath(path) === realPath(process.execPath)
    ? undefined
    : fault(path, `runs ${path}, which is not the program that looks at it now`, false);
}
