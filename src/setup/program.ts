/** The name by which the settings call this program: one that survives an update. */
import { resolve } from "node:path";
import type { Environment } from "../os/environment.ts";
import { realPath } from "../os/ffi/file.ts";
import { resolveExecutable } from "../os/run/executable.ts";
import { type Fragility, findFragility } from "./fragile-path.ts";

/** How this process was started. */
export interface Invocation {
  readonly env: Environment;
  readonly cwd: string;
  /** argv[0], as typed. */
  readonly as: string;
  /** The executable's path. */
  readonly executable: string;
}

export interface ProgramName {
  /** An absolute path; for shared settings the bare name. */
  readonly program: string;
  readonly fragility?: Fragility;
}

const NAME = "plimsoll";

/**
 * In this order: a `plimsoll` on PATH that is this program, the path it was started by, the executable's own path. The
 * first that is not fragile wins.
 * @param shared the settings belong to a project: use the bare name, if it runs this program
 */
export function programName(invocation: Invocation, { shared }: { shared: boolean }): ProgramName {
  const { env, cwd, as, executable } = invocation;
  const isThis = (path: string) => realPath(path) === realPath(executable);
  const first = resolveExecutable(NAME, env.PATH);
  if (shared && first !== undefined && isThis(first)) return { program: NAME };
  const onPath = (env.PATH ?? "").split(":").flatMap((folder) => resolveExecutable(NAME, folder) ?? []);
  const candidates = [...onPath, ...(as.includes("/") ? [resolve(cwd, as)] : []), executable]
    .filter(isThis)
    .map((program) => ({ program, fragility: findFragility(program, env) }));
  const { program, fragility } = candidates.find((each) => !each.fragility) ??
    candidates[0] ?? { program: executable };
  if (shared)
    return {
      program,
      fragility: {
        text: `${program} is a path on this machine, but the file is shared with the project`,
        hint: `put the program on PATH as '${NAME}' and run setup again, or use --local`,
      },
    };
  return { program, ...(fragility ? { fragility } : {}) };
}
