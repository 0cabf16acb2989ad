/** The deadline holds however the process hangs: the kernel enforces it, not the event loop. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "../../src/build/release/compile.ts";
import { hostTarget } from "../../src/build/release/targets.ts";
import subscription from "../fixtures/payloads/subscription-after-reply.json";
import { BINARY, sandbox } from "../helpers/binary.ts";

const directory = mkdtempSync(join(tmpdir(), "plimsoll-hang-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What scheduling may add on a busy machine before a killed process is reaped. */
const SLACK_MS = 250;

test("a render with a blocked event loop is killed within 600 ms of its start", async () => {
  const hanging = join(directory, "plimsoll");
  await compile(hostTarget(), hanging, { define: { PLIMSOLL_TEST_HANG: "true" } });
  using box = sandbox();
  const started = performance.now();
  const child = Bun.spawn([hanging, "display"], {
    env: box.env,
    stdin: Buffer.from(JSON.stringify(subscription)),
    stdout: "ignore",
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  await child.exited;
  expect(child.signalCode).toBe("SIGALRM");
  expect(performance.now() - started).toBeLessThan(600 + SLACK_MS);
});

test("a render without a reader of its output is killed as well", async () => {
  using box = sandbox();
  // The shell holds both ends of a full pipe: a writer blocks forever.
  const script =
    'mkfifo full && exec 3<>full && dd if=/dev/zero bs=65536 count=1 >&3 && "$0" display >&3; echo "exit $?"';
  const shell = Bun.spawn(["/bin/sh", "-c", script, BINARY], {
    env: box.env,
    cwd: box.root,
    stdin: Buffer.from(JSON.stringify(subscription)),
    stdout: "pipe",
    stderr: "ignore",
  });
  const stdout = await new Response(shell.stdout).text();
  const SIGALRM = 14;
  expect(stdout).toBe(`exit ${128 + SIGALRM}\n`);
});
