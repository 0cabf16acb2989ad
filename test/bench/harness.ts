/**
 * Comparison of whole programs within one run: in turn, round after round, so that noise affects all alike. The result
 * is the ratio of the medians.
 */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { compile } from "../../src/build/release/compile.ts";
import { hostTarget } from "../../src/build/release/targets.ts";

/** The environment of a render. @param tools a directory to search for programs first */
export const renderEnvironment = (home: string, tools?: string): Record<string, string> => ({
  HOME: home,
  PATH: [tools, process.env.PATH].filter((path) => path !== undefined).join(":"),
  TERM: "xterm-256color",
  COLUMNS: "140",
  LANG: "C.UTF-8",
});

/** A home directory with an empty git repository in it. */
export function emptyProject(home: string): { readonly home: string; readonly cwd: string } {
  const cwd = join(home, "proj");
  mkdirSync(cwd, { recursive: true });
  Bun.spawnSync(["git", "init", "-q", "-b", "main", cwd]);
  return { home, cwd };
}

/** One program to measure. */
export interface Program {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd?: string;
  readonly stdin?: string;
  /** Run before each round, not measured. */
  readonly before?: () => void;
}

export interface Measured {
  readonly name: string;
  readonly medianMs: number;
  readonly fastestMs: number;
  /** The largest peak of resident memory, in MB. */
  readonly peakMb: number;
}

/**
 * Run each program once per round, in turn.
 * @throws Error when a program is killed or fails
 */
export function measure(programs: readonly Program[], { rounds = 60, warmup = 3 } = {}): Measured[] {
  const times = programs.map((): number[] => []);
  for (let round = -warmup; round < rounds; round++) {
    for (const [index, program] of programs.entries()) {
      program.before?.();
      const started = performance.now();
      const ended = Bun.spawnSync([...program.argv], {
        env: program.env,
        cwd: program.cwd ?? tmpdir(),
        stdin: program.stdin === undefined ? "ignore" : Buffer.from(program.stdin),
        stdout: "ignore",
        stderr: "pipe",
        timeout: 120_000,
      });
      const elapsed = performance.now() - started;
      if (ended.exitCode !== 0)
        throw new Error(
          `${program.name}: exit ${ended.exitCode ?? ended.signalCode}: ${ended.stderr.toString()}`,
        );
      if (round < 0) continue;
      times[index]?.push(elapsed);
    }
  }
  return programs.map(({ name }, index) => {
    const sorted = (times[index] ?? []).toSorted((a, b) => a - b);
    return {
      name,
      medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
      fastestMs: sorted[0] ?? Number.NaN,
      peakMb: peakMemory(programs[index] as Program),
    };
  });
}

/**
 * The peak of a program's resident memory, in MB: getrusage(2) of a small parent's children. A child of this process
 * would start with the benchmark's own peak, which it has until execve(2).
 */
function peakMemory(program: Program): number {
  program.before?.();
  const number = process.arch === "arm64" ? 165 : 98;
  const script = `open STDOUT, '>', '/dev/null'; system(@ARGV); $u = "\\0" x 144; syscall(${number}, -1, $u); print STDERR "peak ", (unpack "q18", $u)[4];`;
  const ended = Bun.spawnSync(["perl", "-e", script, ...program.argv], {
    env: program.env,
    cwd: program.cwd ?? tmpdir(),
    stdin: program.stdin === undefined ? "ignore" : Buffer.from(program.stdin),
    stderr: "pipe",
  });
  const kilobytes = ended.stderr.toString().match(/peak (\d+)$/)?.[1];
  return kilobytes === undefined ? Number.NaN : Number(kilobytes) / 1024;
}

/** Print the measurements, each as a ratio to the first. */
export function report(title: string, measured: readonly Measured[]): void {
  const base = measured[0]?.medianMs ?? Number.NaN;
  const width = Math.max(...measured.map(({ name }) => name.length));
  console.log(`\n${title}\n${"".padEnd(width)}  median ms  fastest   ratio  peak MB`);
  for (const { name, medianMs, fastestMs, peakMb } of measured) {
    const cells = [
      medianMs.toFixed(2).padStart(9),
      fastestMs.toFixed(2).padStart(8),
      `${(medianMs / base).toFixed(2)}×`.padStart(7),
    ];
    console.log(`${name.padEnd(width)}  ${cells.join(" ")}  ${peakMb.toFixed(0).padStart(7)}`);
  }
}

/** Print whether a value is within its limit. @returns whether it is */
export function verdict(what: string, value: number, limit: number, unit = "×"): boolean {
  const within = value <= limit;
  console.log(
    `${within ? "within" : "OVER  "}  ${what}: ${value.toFixed(2)}${unit} (at most ${limit}${unit})`,
  );
  return within;
}

export interface Workspace extends Disposable {
  path(...parts: string[]): string;
}

/** A temporary directory, removed when it is disposed of. */
export function workspace(): Workspace {
  const root = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
  return {
    path: (...parts) => join(root, ...parts),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/**
 * Copy programs one after the other. The state of a file in the page cache changes the start of a program by up to a
 * fifth: compared programs must be written in the same way at the same time.
 */
export function copyPrograms(programs: readonly string[], directory: string): string[] {
  mkdirSync(directory, { recursive: true });
  return programs.map((program, index) => {
    const copy = join(directory, `${index}-${basename(program)}`);
    copyFileSync(program, copy);
    chmodSync(copy, 0o755);
    return copy;
  });
}

/** Compile a program that prints "hi", with the options of the binary. @returns its path */
export async function compileEmptyProgram(directory: string): Promise<string> {
  mkdirSync(directory, { recursive: true });
  const entrypoint = join(directory, "empty.ts");
  writeFileSync(entrypoint, 'console.log("hi");\n');
  const outfile = join(directory, "empty");
  await compile(hostTarget(), outfile, { entrypoint, workers: [] });
  return outfile;
}
