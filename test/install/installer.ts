/** Runs the installer as a user: with each shell, outside a checkout, in a sandbox. */
import { test } from "bun:test";
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { type Sandbox, sandbox } from "../helpers/binary.ts";

const ROOT = join(import.meta.dir, "../..");
export const INSTALLER = join(ROOT, "install.sh");

const SHELLS = [["sh"], ["dash"], ["bash"], ["busybox", "sh"], ["zsh"]] as const;
export type Shell = (typeof SHELLS)[number];

/** Whether it is the machine's sh, which tests each case. The other shells test a sample, or the run takes minutes more. */
export function isUsual([name]: Shell): boolean {
  const [usual, found] = ["sh", name].map((shell) => Bun.which(shell));
  return !!usual && !!found && realpathSync(usual) === realpathSync(found);
}

/** Whether tools to download are available. */
export const CAN_DOWNLOAD = ["curl", "wget"].some((tool) => Bun.which(tool) !== null);

/**
 * Test with every shell. One that is not here, or is another's second name, is skipped, which the test's name says.
 * @param downloads whether the test needs curl or wget
 */
export function byEachShell(name: string, body: (shell: Shell) => Promise<void>, downloads = false): void {
  for (const shell of SHELLS) {
    const why = downloads && !CAN_DOWNLOAD ? " (neither curl nor wget here)" : reasonToSkip(shell);
    test.skipIf(why !== undefined)(`${shell.join(" ")}: ${name}${why ?? ""}`, () => body(shell));
  }
}

function reasonToSkip([name]: Shell): string | undefined {
  const found = Bun.which(name);
  if (found === null) return ` (no ${name} here)`;
  const same = SHELLS.find(([other]) => {
    const path = name === "sh" && other !== name ? Bun.which(other) : null;
    return path !== null && realpathSync(path) === realpathSync(found);
  });
  return same && ` (it is ${same[0]} here)`;
}

/** A sandbox with the installer and a prefix. */
export interface InstallSandbox extends Sandbox {
  /** The installer's copy. */
  readonly script: string;
  /** Not created yet. */
  readonly prefix: string;
  readonly program: string;
}

/** `using box = installSandbox()`. @param prefix its name in the sandbox */
export function installSandbox(prefix = "prefix"): InstallSandbox {
  const box = sandbox();
  const script = box.path("install.sh");
  cpSync(INSTALLER, script);
  mkdirSync(box.path("tmp"));
  return {
    ...box,
    env: { ...box.env, TMPDIR: box.path("tmp"), PREFIX: box.path(prefix) },
    script,
    prefix: box.path(prefix),
    program: join(box.path(prefix), "bin/plimsoll"),
  };
}

/** The result of a run. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The options of a run. */
export interface How {
  readonly shell?: readonly string[];
  readonly args?: readonly string[] | undefined;
  /** The release's URL. */
  readonly from?: string;
  readonly env?: Record<string, string | undefined>;
  readonly cwd?: string;
  /** Put before the shell: `setpriv …`. */
  readonly through?: readonly string[] | undefined;
}

/** Start the installer. */
export function start(
  box: InstallSandbox,
  { shell = ["sh"], args = [], from, env = {}, cwd, through = [] }: How,
) {
  const address = from === undefined ? {} : { PLIMSOLL_BASE_URL: from };
  return Bun.spawn([...through, ...shell, box.script, ...args], {
    env: { ...box.env, ...address, ...env },
    cwd: cwd ?? box.root,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
}

/** Run the installer to its end. */
export async function install(box: InstallSandbox, how: How = {}): Promise<Ended> {
  const child = start(box, how);
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  await child.exited;
  return { code: child.exitCode, stdout, stderr };
}

/** A directory's files with modes and contents, to prove that nothing changed. */
export function tree(directory: string): string[] {
  const entry = (path: string): string[] => {
    const facts = lstatSync(path);
    const line = `${path.slice(directory.length)} ${(facts.mode & 0o7777).toString(8)}`;
    if (facts.isSymbolicLink()) return [`${path.slice(directory.length)} -> ${readlinkSync(path)}`];
    if (!facts.isDirectory()) return [`${line} ${Bun.hash(readFileSync(path)).toString(16)}`];
    return [line, ...readdirSync(path).flatMap((name) => entry(join(path, name)))];
  };
  return entry(directory).sort();
}

/** Create a directory of links to these tools, as the PATH of a run. @returns its path */
export function only(box: InstallSandbox, tools: readonly string[]): string {
  const directory = box.path(`tools-${Bun.hash(tools.join(" ")).toString(36)}`);
  mkdirSync(directory);
  for (const tool of tools) {
    const found = Bun.which(tool);
    if (found === null) throw new Error(`there is no ${tool} here`);
    symlinkSync(found, join(directory, tool));
  }
  return directory;
}

/** The tools that the installer uses, besides those to download and verify. */
export const TOOLS = [
  "cat",
  "chmod",
  "cksum",
  "cp",
  "date",
  "df",
  "dirname",
  "getconf",
  "grep",
  "gzip",
  "head",
  "ldd",
  "ln",
  "ls",
  "mkdir",
  "mv",
  "rm",
  "rmdir",
  "sed",
  "sh",
  "sleep",
  "sort",
  "tail",
  "tar",
  "tr",
  "uname",
  "wc",
];
