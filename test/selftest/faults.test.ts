/** What a selftest detects: its steps run with a program that has one fault. */
import { afterEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { makeDirectory, NoPlaceError } from "../../src/selftest/directory.ts";
import { type SelftestReport, type StepResult, selftest } from "../../src/selftest/selftest.ts";
import type { SelftestStep } from "../../src/selftest/step.ts";
import { STEPS } from "../../src/selftest/steps/index.ts";
import { BINARY, type Sandbox, sandbox } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES, ownZombies, processesOf } from "../helpers/processes.ts";

const boxes: Sandbox[] = [];
afterEach(() => {
  for (const box of boxes.splice(0)) box[Symbol.dispose]();
});

/** Run steps with a shell script as the program; `real` runs the real one. */
async function faulty(
  script: string,
  { steps = STEPS, timeoutMs }: { steps?: readonly SelftestStep[]; timeoutMs?: number } = {},
) {
  const box = sandbox();
  boxes.push(box);
  const program = box.path("faulty");
  const place = box.path("place");
  mkdirSync(place);
  writeFileSync(program, `#!/bin/sh\nreal() { exec ${BINARY} "$@"; }\n${script}\nreal "$@"\n`);
  chmodSync(program, 0o755);
  const signal = new AbortController().signal;
  const limit = timeoutMs === undefined ? {} : { timeoutMs };
  const report = await selftest({ program, steps, places: [place], keep: false, signal, ...limit });
  expect(readdirSync(place)).toEqual([]);
  if (CAN_SEE_PROCESSES) expect([processesOf(place), ownZombies()]).toEqual([[], []]);
  return { report, of: (name: string) => report.steps.find((step) => step.name === name) as StepResult };
}

const failed = ({ steps }: SelftestReport) => steps.filter(({ ok }) => !ok).map(({ name }) => name);

test("a wrapper that only forwards its arguments passes", async () => {
  const { report } = await faulty("");
  expect(failed(report)).toEqual([]);
});

describe("display fails if the program", () => {
  test("shows a wrong figure", async () => {
    const { report, of } = await faulty(
      `[ "$1" = display ] && { ${BINARY} display | sed s/37%/38%/; exit; }`,
      {
        steps: only("display", "gather", "shown"),
      },
    );
    expect(failed(report)).toEqual(["display", "shown"]);
    expect(of("display")).toMatchObject({
      what: "the row of a payload",
      expected: "Sonnet 4.5 and 37% and $1.25",
    });
    expect(of("display").seen).toContain("38%");
  });
  test("waits for the end of stdin", async () => {
    const { of } = await faulty(
      '[ "$1" = display ] && { cat > /dev/null; echo "Sonnet 4.5 37% $1.25"; exit; }',
      {
        steps: only("display"),
        timeoutMs: 1_000,
      },
    );
    expect(of("display")).toMatchObject({ expected: "exit 0", seen: "not ended after 1000 ms" });
  });
  test("exits with an error, whose message is reported", async () => {
    const { of } = await faulty('[ "$1" = display ] && { echo oh no >&2; exit 3; }', {
      steps: only("display"),
    });
    expect(of("display")).toMatchObject({ expected: "exit 0", seen: "exit 3: oh no" });
  });
  test("prints nothing, or an escape sequence", async () => {
    const blank = await faulty('[ "$1" = display ] && { echo; exit; }', { steps: only("hostile") });
    expect(blank.of("hostile")).toMatchObject({ expected: "a row", seen: "nothing" });
    const raw = await faulty(`[ "$1" = display ] && { printf 'a\\033[2Jb\\n'; exit; }`, {
      steps: only("hostile"),
    });
    expect(raw.of("hostile")).toMatchObject({ expected: "null", seen: "U+1b" });
  });
});

describe("gather and the ledger fail if they", () => {
  test("do nothing", async () => {
    const { report, of } = await faulty('[ "$1" = gather ] && exit 0', { steps: only("gather", "shown") });
    expect(failed(report)).toEqual(["gather", "shown"]);
    expect(of("gather")).toMatchObject({ what: "the session's tokens", seen: "undefined" });
  });
  test("count a repeated line twice", async () => {
    const { of } = await faulty(
      `[ "$1" = gather ] && { cd .claude/projects/-selftest; sed 's/msg_1/msg_3/g' *.jsonl | head -3 >> copy.jsonl; cd; }`,
      { steps: only("gather", "ledger") },
    );
    expect(of("ledger")).toMatchObject({ ok: false, expected: "[20000,10000,200000,13000]" });
    expect(of("ledger").seen).toBe("[30000,18000,300000,26000]");
  });
  test("leave a file that other users can read", async () => {
    const { of } = await faulty(
      `[ "$1" = gather ] && { ${BINARY} "$@" || exit; chmod 644 $PLIMSOLL_STATE/sessions/*; exit; }`,
      { steps: only("gather") },
    );
    expect(of("gather")).toMatchObject({ what: "files that others may read", expected: "[]" });
    expect(of("gather").seen).toContain("sessions/");
  });
  test("print no report", async () => {
    const { of } = await faulty('[ "$1" = usage ] && { echo none; exit; }', { steps: only("ledger") });
    expect(of("ledger")).toMatchObject({ what: "the report", expected: "JSON" });
  });
});

describe("lock fails if", () => {
  test("both contenders get it", async () => {
    const { of } = await faulty('[ "$1 $2 $4" = "lock run turn" ] && { shift 5; exec "$@"; }', {
      steps: only("lock"),
      timeoutMs: 1_000,
    });
    expect(of("lock")).toMatchObject({ what: "the one that did not get the lock", expected: "exit 75" });
  });
  test("its status names another process", async () => {
    const { of } = await faulty(
      `[ "$1 $2" = "lock status" ] && { ${BINARY} "$@" | sed 's/"pid":[0-9]*/"pid":1/'; exit; }`,
      { steps: only("lock") },
    );
    expect(of("lock")).toMatchObject({ what: "the lock's holder", seen: '{"state":"held","pid":1}' });
  });
});

describe("run fails if", () => {
  test("it ignores the deadline", async () => {
    const { of } = await faulty('[ "$1" = run ] && { shift 2; exec "$@"; }', {
      steps: only("run"),
      timeoutMs: 1_000,
    });
    expect(of("run")).toMatchObject({ what: "a command over its deadline", expected: "exit 124" });
  });
  test("a process of the command is left", async () => {
    const { of } = await faulty(
      `[ "$1 $2" = "run 0.2" ] && { shift 2; "$@" & until ${BINARY} lock status "$5" | grep -q held; do :; done; exit 124; }`,
      { steps: only("run"), timeoutMs: 4_000 },
    );
    expect(of("run")).toMatchObject({ what: "what is left of the command", seen: "a process" });
  });
  test("it does not pass the exit code on", async () => {
    const { of } = await faulty(`[ "$1" = run ] && [ "$2" != 0.2 ] && { ${BINARY} "$@"; exit 0; }`, {
      steps: only("run"),
      timeoutMs: 1_000,
    });
    expect(of("run")).toMatchObject({ expected: "exit 42", seen: expect.stringMatching(/^exit 0/) });
  });
});

test("a program that cannot be started fails every step that needs it", async () => {
  const box = sandbox();
  boxes.push(box);
  const { signal } = new AbortController();
  const report = await selftest({
    program: box.path("nothing"),
    steps: STEPS,
    places: [box.root],
    keep: false,
    signal,
  });
  expect(failed(report)).toEqual(STEPS.map(({ name }) => name).filter((name) => name !== "ffi"));
  expect(report.steps.at(-1)?.seen).toContain("ENOENT");
});

test("a directory that is removed meanwhile fails the step, and the cleanup", async () => {
  const vanish: SelftestStep = {
    name: "vanish",
    about: "takes the directory away",
    run: async ({ root }) => {
      rmSync(root, { recursive: true });
      return "gone";
    },
  };
  const { report, of } = await faulty("", { steps: [vanish, ...only("ffi")] });
  expect(failed(report)).toEqual(["ffi", "cleanup"]);
  expect(of("ffi").seen).toContain("No such file or directory");
  expect(of("cleanup")).toMatchObject({ expected: "it is gone", seen: expect.stringContaining("ENOENT") });
});

test("steps after the deadline of the whole test fail", async () => {
  const box = sandbox();
  boxes.push(box);
  const program = box.path("slow");
  writeFileSync(program, "#!/bin/sh\nsleep 60 & sleep 60\n", { mode: 0o755 });
  const started = performance.now();
  const report = await selftest({
    program,
    steps: STEPS,
    places: [box.root],
    keep: false,
    signal: new AbortController().signal,
    deadlineMs: 300,
  });
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(failed(report)).toHaveLength(STEPS.length - 1);
  expect(report.steps.at(-1)).toMatchObject({ seen: "the deadline passed" });
  if (CAN_SEE_PROCESSES) expect([processesOf(box.root), ownZombies()]).toEqual([[], []]);
});

test("without a writable directory, the error names each place with its reason", () => {
  using box = sandbox();
  writeFileSync(box.path("file"), "");
  const attempt = () => makeDirectory([box.path("absent"), box.path("file")], false);
  expect(attempt).toThrow(NoPlaceError);
  expect(attempt).toThrow(/absent \(ENOENT: .*file \(ENOTDIR: /s);
});

/** @returns steps by name */
function only(...names: string[]): readonly SelftestStep[] {
  return STEPS.filter(({ name }) => names.includes(name));
}
