/**
 * `plimsoll selftest` in a root directory with only the binary and its C library: in a mount namespace, as the first
 * process of a pid namespace, and in a network namespace without a network.
 */
import { describe, expect, test } from "bun:test";
import { closeSync, mkdirSync, openSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import type { SelftestReport } from "../../src/selftest/selftest.ts";
import { BINARY, type Sandbox, sandbox } from "../helpers/binary.ts";

const TOOLS = ["unshare", "chroot", "mount", "ldd", "sh"].map((name) => Bun.which(name));
const CAN_ENTER =
  process.platform === "linux" && process.geteuid?.() === 0 && !TOOLS.includes(null) && canUnshare();

function canUnshare(): boolean {
  return (
    Bun.spawnSync(["unshare", "-m", "-p", "-n", "--fork", "mount", "--make-rprivate", "/"]).exitCode === 0
  );
}

/** The C library's files, by the names that the binary loads. */
const libraries = (): string[] =>
  [
    ...Bun.spawnSync(["ldd", BINARY])
      .stdout.toString()
      .matchAll(/(\/\S+) \(0x/g),
  ].map(([, path]) => path as string);

interface Entry {
  /** Commands in the new namespaces before the root is entered; `$R` is the root. */
  readonly prepare?: string;
  /** Without it, everything can be written to. */
  readonly readOnly?: boolean;
  readonly user?: string;
  readonly env?: Record<string, string>;
}

/** Run `plimsoll selftest --json` in an empty root, as process 1. */
async function enter(box: Sandbox, { prepare = "", readOnly = false, user = "0:0", env = {} }: Entry = {}) {
  const root = box.path("root");
  const bound = [BINARY, ...libraries()].map((path) => [path, path === BINARY ? "/plimsoll" : path] as const);
  for (const folder of ["proc", "tmp"]) mkdirSync(`${root}/${folder}`, { recursive: true, mode: 0o755 });
  for (const [, path] of bound) {
    mkdirSync(dirname(root + path), { recursive: true });
    closeSync(openSync(root + path, "a", 0o755));
  }
  const script = [
    "set -e; mount --make-rprivate /; R=$1; user=$2; shift 2",
    'mount --bind "$R" "$R"',
    ...bound.map(([from, to]) => `mount --bind '${from}' "$R${to}"`),
    'mount -t proc proc "$R/proc"',
    prepare,
    readOnly ? 'mount -o remount,ro,bind "$R"' : "",
    'chroot=$(command -v chroot); exec env -i "$@" "$chroot" --userspec="$user" "$R" /plimsoll selftest --json',
  ];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const child = Bun.spawn(
    [
      "unshare",
      "-m",
      "-p",
      "-n",
      "--fork",
      "sh",
      "-c",
      script.filter(Boolean).join("\n"),
      "sh",
      root,
      user,
      ...variables,
    ],
    { stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: 30_000, killSignal: "SIGKILL" },
  );
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  const code = await child.exited;
  return { code, stderr, report: stdout === "" ? undefined : (JSON.parse(stdout) as SelftestReport) };
}

const failed = (report: SelftestReport | undefined) =>
  report?.steps.flatMap(({ name, ok, what, seen }) => (ok ? [] : [`${name}: ${what}: ${seen}`]));

describe.skipIf(!CAN_ENTER)("in an empty root (needs root, unshare, chroot)", () => {
  test("it passes with only the binary and the C library, and leaves nothing", async () => {
    using box = sandbox();
    const { code, stderr, report } = await enter(box);
    expect(failed(report)).toEqual([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(report?.place).toStartWith("/tmp/");
    expect(readdirSync(box.path("root/tmp"))).toEqual([]);
  });

  test("it passes as an unknown user who can only write to the current directory", async () => {
    using box = sandbox();
    // The root, which is not in the list of temporary directories.
    const { code, report } = await enter(box, { user: "12345:12345", prepare: 'chmod 777 "$R"' });
    expect(failed(report)).toEqual([]);
    expect(code).toBe(0);
    expect(report?.place).toMatch(/^\/plimsoll-selftest-\w{6}$/);
  });

  test("it passes with a read-only root and one writable directory", async () => {
    using box = sandbox();
    const shm = 'mkdir -p "$R/dev/shm"; mount -t tmpfs -o size=2m tmpfs "$R/dev/shm"';
    const { code, report } = await enter(box, { prepare: shm, readOnly: true });
    expect(failed(report)).toEqual([]);
    expect(code).toBe(0);
    expect(report?.place).toStartWith("/dev/shm/");
  });

  test("without a writable directory: exit 74, each place with its reason, and a hint", async () => {
    using box = sandbox();
    const { code, stderr, report } = await enter(box, { readOnly: true });
    expect({ code, report }).toEqual({ code: 74, report: undefined });
    expect(stderr).toMatch(/^plimsoll: no writable directory: \/tmp \(EROFS: .*hint: set TMPDIR/s);
  });

  test("a full file system is skipped, and named if there is no other place", async () => {
    using box = sandbox();
    const full = 'mount -t tmpfs -o size=512k tmpfs "$R/tmp"';
    const { code, stderr } = await enter(box, { prepare: full, readOnly: true });
    expect(code).toBe(74);
    expect(stderr).toMatch(/\/tmp \((no space|ENOSPC)/);
  });

  test("a /proc without start times: exit 1, and the step reports it", async () => {
    using box = sandbox();
    const empty = ': > "$R/empty"; mount --bind "$R/empty" "$R/proc/1/stat"';
    const { code, report } = await enter(box, { prepare: empty });
    expect(code).toBe(1);
    expect(report?.steps.find(({ name }) => name === "ffi")).toMatchObject({
      ok: false,
      what: "this process's start time",
      hint: expect.stringContaining("/proc"),
    });
  });

  test("without /proc no Bun program starts: it reports that and does not hang", async () => {
    using box = sandbox();
    const { code, stderr, report } = await enter(box, { prepare: 'umount "$R/proc"' });
    expect({ code, report }).toEqual({ code: 1, report: undefined });
    expect(stderr).toContain("/proc");
  });
});
