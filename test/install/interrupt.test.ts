/** However the installer ends, the previous files are intact, and no file or process is left. */
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES, processesOf } from "../helpers/processes.ts";
import {
  byEachShell,
  CAN_DOWNLOAD,
  type How,
  type InstallSandbox,
  install,
  installSandbox,
  start,
  tree,
} from "./installer.ts";
import { createInstallation, program, publish, release, SHARED } from "./release.ts";
import { response, serveRaw } from "./server.ts";

const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** A server that sends half an archive, and stalls. */
function halfway() {
  const files = release("2.0.0");
  return serveRaw((path) => {
    const content = Buffer.from(files[path.slice(1)] as string);
    const bytes = response(content, { length: content.length });
    return path === "/SHA256SUMS"
      ? { bytes, end: "close" }
      : { bytes: bytes.subarray(0, bytes.length - 100), end: "silence" };
  });
}

const stages = (box: InstallSandbox) => tree(box.prefix).filter((line) => line.includes(".plimsoll-install"));
const arrived = (box: InstallSandbox) => stages(box).some((line) => line.includes(".tar.gz"));
const nothingRuns = (box: InstallSandbox) =>
  until("nothing of it runs any more", () => !CAN_SEE_PROCESSES || processesOf(box.root).length === 0);

/** Start the installer, and signal it when half the archive is downloaded. @returns its process, after it ended */
async function interrupted(box: InstallSandbox, how: How, signal: keyof typeof CODES | "SIGKILL") {
  const child = start(box, how);
  await until("the archive is coming", () => arrived(box));
  child.kill(signal);
  await child.exited;
  return child;
}

describe("a download that is interrupted", () => {
  byEachShell(
    "by a signal leaves all as it was, at once",
    async (shell) => {
      using box = installSandbox();
      using server = halfway();
      createInstallation("1.0.0", box.prefix);
      const before = tree(box.root);
      for (const [signal, code] of Object.entries(CODES)) {
        const child = await interrupted(box, { shell, from: server.address }, signal as keyof typeof CODES);
        expect(child.exitCode).toBe(code);
        expect(tree(box.root)).toEqual(before);
        await nothingRuns(box);
      }
    },
    true,
  );
});

// Each waits a second for the download to end.
describe.concurrent("a download of a killed installer", () => {
  byEachShell(
    "ends; the old program is there, and the next run clears what is left",
    async (shell) => {
      using box = installSandbox();
      using server = halfway();
      createInstallation("1.0.0", box.prefix);
      const before = tree(box.root);
      await interrupted(box, { shell, from: server.address }, "SIGKILL");
      expect(tree(box.root).filter((line) => !line.includes(".plimsoll-install"))).toEqual(before);
      await nothingRuns(box);
      expect(await install(box, { shell, args: ["--uninstall", "--keep-settings"] })).toMatchObject({
        code: 0,
      });
      expect(stages(box)).toEqual([]);
    },
    true,
  );
});

test("while it checks the new program, a signal ends both", async () => {
  using box = installSandbox();
  const slow = program("2.0.0", 'echo >"$HOME/looking"; exec sleep 60');
  const from = publish(release("2.0.0", { program: slow }), box.path("release"));
  const before = tree(box.root);
  for (const [signal, code] of Object.entries(CODES)) {
    const child = start(box, { from });
    await until("the program is looked at", () => existsSync(`${box.home}/looking`));
    child.kill(signal as keyof typeof CODES);
    await child.exited;
    expect(child.exitCode).toBe(code);
    await Bun.file(`${box.home}/looking`).delete();
    expect(tree(box.root)).toEqual(before);
    await nothingRuns(box);
  }
});

test.skipIf(!CAN_DOWNLOAD)("the files of a running installer are kept", async () => {
  using box = installSandbox();
  using server = halfway();
  createInstallation("1.0.0", box.prefix);
  const child = start(box, { from: server.address });
  await until("the archive is coming", () => arrived(box));
  const from = publish(release("2.0.0"), box.path("release"));
  expect(await install(box, { from })).toMatchObject({ code: 0, stderr: "" });
  expect(arrived(box)).toBe(true);
  child.kill("SIGTERM");
  await child.exited;
  expect(stages(box)).toEqual([]);
});

/** A PATH whose `mv` does `action` instead of its `nth` move. */
function withMove(box: InstallSandbox, nth: number, action: string): string {
  const tools = box.path("tools");
  mkdirSync(tools, { recursive: true });
  const count = box.path("tools/count");
  writeFileSync(count, "");
  writeFileSync(
    join(tools, "mv"),
    `#!/bin/sh\necho >>'${count}'\n[ $(($(wc -l <'${count}'))) != ${nth} ] || { ${action}; }\nexec ${Bun.which("mv")} "$@"\n`,
  );
  chmodSync(join(tools, "mv"), 0o755);
  return `${tools}:${box.env.PATH}`;
}

/** Moves of an upgrade: the first two are of the records, then two of files, and two of the program. */
const MOVES = [2, 3, 7, 14, 22, 23];

describe("while files are put into place,", () => {
  test("one that cannot be moved undoes the others", async () => {
    for (const nth of MOVES) {
      using box = installSandbox();
      createInstallation("1.0.0", box.prefix);
      const from = publish(release("2.0.0"), box.path("release"));
      const PATH = withMove(box, nth, "echo no >&2; exit 1");
      const before = tree(box.prefix);
      expect(await install(box, { from, env: { PATH } })).toMatchObject({ code: 1 });
      expect(tree(box.prefix)).toEqual(before);
      const fresh = box.path("fresh");
      writeFileSync(box.path("tools/count"), "");
      expect(await install(box, { from, env: { PATH, PREFIX: fresh } })).toMatchObject({ code: 1 });
      expect(existsSync(fresh)).toBe(false);
    }
  });

  test("a signal is too late", async () => {
    using box = installSandbox();
    createInstallation("1.0.0", box.prefix);
    const from = publish(release("2.0.0"), box.path("release"));
    const PATH = withMove(box, 10, "kill -TERM $PPID");
    expect(await install(box, { from, env: { PATH } })).toMatchObject({ code: 0 });
    expect(stages(box)).toEqual([]);
  });

  test("KILL leaves every file complete, old or new, and the next run installs all new ones", async () => {
    for (const nth of MOVES) {
      using box = installSandbox();
      createInstallation("1.0.0", box.prefix);
      const from = publish(release("2.0.0"), box.path("release"));
      const PATH = withMove(box, nth, "kill -KILL $PPID; exit 1");
      expect(await install(box, { from, env: { PATH } })).toMatchObject({ code: null });
      for (const name of SHARED)
        expect(readFileSync(join(box.prefix, name), "utf8")).toMatch(
          new RegExp(`^${name} of [12]\\.0\\.0\n$`),
        );
      expect(Bun.spawnSync([box.program, "--version"]).stdout.toString()).toBe("plimsoll 1.0.0 (test)\n");
      expect(await install(box, { from })).toMatchObject({ code: 0, stderr: "" });
      expect(stages(box)).toEqual([]);
      for (const name of SHARED)
        expect(readFileSync(join(box.prefix, name), "utf8")).toBe(`${name} of 2.0.0\n`);
    }
  });
});

test("with a closed output, no temporary file is left", async () => {
  using box = installSandbox();
  const from = publish(release("2.0.0"), box.path("release"));
  const child = start(box, { shell: ["sh", "-c", 'sh "$0" | true'], from });
  await child.exited;
  await nothingRuns(box);
  expect(existsSync(box.prefix) ? stages(box) : []).toEqual([]);
});
