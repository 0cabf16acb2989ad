/** By which name the settings are to call this program: one that will still lead to it after an update. */
import { resolve } from "node:path";
import { realPath } from "../os/ffi/file.ts";
import { resolveExecutable } from "../os/run/executable.ts";
import { type Fragility, findFragility } from "./fragile-path.ts";

/** How this process was started, and where. */
export interface Started {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  readonly cwd: string;
  /** argv[0], as it was typed. */
  readonly as: string;
  /** The executable itself. */
  readonly executable: string;
}

export interface ProgramName {
  /** An absolute path, or the bare name where it is shared with others. */
  readonly program: string;
  /** Why it may stop to lead here. */
  readonly fragility?: Fragility;
}

const NAME = "plimsoll";

/**
 * A `plimsoll` on PATH that is this program, else the path that it was started by, else the executable's own.
 * @param shared the settings are for everybody who has the project: a bare name, if it is this program
 */
export function programName(started: Started, { shared }: { shared: boolean }): ProgramName {
  const { env, cwd, as, executable } = started;
  const isThis = (path: string) => realPath(path) === realPath(executable);
  const first = resolveExecutable(NAME, env.PATH);
  if (shared && first !== undefined && isThis(first)) return { program: NAME };
  const candidates = [
    ...onPath(env.PATH),
    ...(as.includes("/") ? [resolve(cwd, as)] : []),
    executable,
  ].filter(isThis);
  const judged = candidates.map((program) => ({ program, fragility: findFragility(program, env) }));
  const { program, fragility } = judged.find((each) => !each.fragility) ??
    judged[0] ?? { program: executable };
  if (shared)
    return {
      program,
      fragility: {
        text: `${program} is a path of this machine, and the file is for everybody who has the project`,
        hint: `put the program on PATH as '${NAME}', and set up again; or set up with --local`,
      },
    };
  return { program, ...(fragility ? { fragility } : {}) };
}

/** Every executable of our name on PATH, in its order. */
const onPath = (path = ""): string[] =>
  path.split(":").flatMap((folder) => resolveExecutable(NAME, folder) ?? []);
