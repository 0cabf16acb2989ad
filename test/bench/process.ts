/**
 * The cost of starting a command through the program, compared with starting it alone and with flock(1) and timeout(1).
 *
 *   bun test/bench/process.ts [rounds]
 *
 * All are measured in turn within one run, so that other load affects all alike; the result is the ratio. The limit is
 * 1.6 times an empty program compiled by the same Bun, plus the command itself.
 */
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY } from "../helpers/binary.ts";

const BUDGET = 1.6;

interface Subject {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  /** Whether the limit applies. */
  readonly ours?: boolean;
  readonly times: number[];
}

/** Measure and print a table. @param rounds how often each is started */
export async function benchProcess(rounds = 40): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
  try {
    const subjects = await prepare(folder);
    const env = { ...process.env, PLIMSOLL_STATE: join(folder, "state") };
    for (let round = -3; round < rounds; round++)
      for (const { argv, times } of subjects) {
        const started = performance.now();
        const { success } = Bun.spawnSync([...argv], {
          env,
          cwd: folder,
          stdio: ["ignore", "ignore", "ignore"],
        });
        if (!success) throw new Error(`${argv.join(" ")} failed`);
        if (round >= 0) times.push(performance.now() - started);
      }
    print(subjects);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function prepare(folder: string): Promise<Subject[]> {
  const [flock, timeout, empty] = ["flock", "timeout", "empty"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  symlinkSync(BINARY, flock);
  symlinkSync(BINARY, timeout);
  await compileEmpty(folder, empty);
  const subjects: Subject[] = [
    { name: "the empty program", argv: [empty], times: [] },
    { name: "the command alone", argv: ["/bin/true"], times: [] },
    {
      name: "plimsoll lock run x -- true",
      argv: [BINARY, "lock", "run", "x", "--", "true"],
      ours: true,
      times: [],
    },
    { name: "plimsoll run 5 true", argv: [BINARY, "run", "5", "true"], ours: true, times: [] },
    { name: "as flock: flock x true", argv: [flock, "x", "true"], ours: true, times: [] },
    { name: "as timeout: timeout 5 true", argv: [timeout, "5", "true"], ours: true, times: [] },
    { name: "flock(1)", argv: ["/usr/bin/flock", "x", "true"], times: [] },
    { name: "timeout(1)", argv: ["/usr/bin/timeout", "5", "true"], times: [] },
  ];
  return subjects.filter(({ argv }) => existsSync(argv[0]));
}

/** Compile a program that prints "hi". */
async function compileEmpty(folder: string, outfile: string): Promise<void> {
  const source = join(folder, "empty.ts");
  writeFileSync(source, 'console.log("hi");\n');
  const built = await Bun.build({
    entrypoints: [source],
    target: "bun",
    format: "cjs",
    minify: true,
    bytecode: true,
    compile: {
      outfile,
      autoloadBunfig: false,
      autoloadDotenv: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
  });
  if (!built.success) throw new AggregateError(built.logs, "the empty program does not build");
}

function print(subjects: readonly Subject[]): void {
  const [empty, alone] = subjects;
  if (!empty || !alone) return;
  console.log(
    `process: starting a command, medians; the ratio is (its time - the command's) / the empty program's`,
  );
  for (const subject of subjects) {
    // Per round, so that a disturbance affects both sides of the ratio.
    const ratio = median(
      subject.times.map((ms, round) => (ms - (alone.times[round] ?? 0)) / (empty.times[round] ?? Number.NaN)),
    );
    const verdict = subject.ours
      ? ratio <= BUDGET
        ? "within the budget"
        : `over the budget of ${BUDGET}`
      : "";
    const ms = median(subject.times).toFixed(2).padStart(6);
    console.log(
      `  ${subject.name.padEnd(28)} ${ms} ms  ${ratio.toFixed(2).padStart(5)}  ${verdict}`.trimEnd(),
    );
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

if (import.meta.main) await benchProcess(Number(process.argv[2] ?? 40));
