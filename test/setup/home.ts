/** A home directory with Claude Code's settings in it, and `plimsoll setup` in that home. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { quoteForShell } from "../../src/os/shell.ts";
import { BINARY, type Finished, run, type Sandbox, sandbox } from "../helpers/binary.ts";

/** What setup writes as the command when the program is started by its path. */
export const COMMAND = `${quoteForShell(BINARY)} display`;

/** The line that setup adds. */
export const LINE = { type: "command", command: COMMAND, refreshInterval: 10 };

export interface Home extends Sandbox {
  /** The user's settings file. */
  readonly settings: string;
  /** A project's directory: where commands are started. */
  readonly project: string;
  write(content: string | Uint8Array, path?: string): void;
  /** The settings file's bytes as text; undefined when there is none. */
  read(path?: string): string | undefined;
  /** The settings file parsed. */
  json(path?: string): Record<string, unknown>;
  setup(...args: string[]): Promise<Finished>;
}

export function home(): Home {
  const box = sandbox();
  const settings = box.path("home/.claude/settings.json");
  const project = box.path("home/project");
  mkdirSync(project);
  const write = (content: string | Uint8Array, path = settings) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  return Object.assign(box, {
    settings,
    project,
    write,
    read: (path = settings) => readText(path),
    json: (path = settings) => JSON.parse((readText(path) ?? "").replace(/^\ufeff/, "")),
    setup: (...args: string[]) => run(["setup", ...args], { env: box.env, cwd: project }),
  });
}

function readText(path: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
