/** For any input and any state of the machine: exit 0, and a row that fits. With the compiled binary. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import subscription from "../fixtures/payloads/subscription-after-reply.json";
import { BINARY, run, type Sandbox, sandbox } from "../helpers/binary.ts";
import { expectDrawn, expectRows } from "../helpers/rows.ts";

const PAYLOAD = JSON.stringify(subscription);
const draw = (box: Sandbox, stdin: string | Uint8Array | undefined, env: Record<string, string> = {}) =>
  run(["display"], { env: { ...box.env, ...env }, ...(stdin === undefined ? {} : { stdin }) });

describe("stdin", () => {
  const inputs: Record<string, string | Uint8Array | undefined> = {
    empty: "",
    "/dev/null": undefined,
    "cut in the middle": PAYLOAD.slice(0, PAYLOAD.length / 2),
    "cut inside a character": Buffer.from('{"model":{"display_name":"Ü').subarray(0, 27),
    "text that is not JSON": "hello\n",
    "a JSON string": '"hello"',
    "a JSON array": "[1,2,3]",
    "an empty object": "{}",
    null: "null",
    binary: new Uint8Array(70_000).map((_, index) => (index * 7919) % 256),
    zeros: new Uint8Array(100_000),
    "10 MB of one string": `{"model":{"display_name":"${"x".repeat(10_000_000)}"}}`,
    "10 MB of blanks": " ".repeat(10_000_000),
    "10 MB of garbage": new Uint8Array(10_000_000).fill(0xfe),
    "arrays nested 100,000 deep": `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    "objects nested 100,000 deep": `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
    "a deep field beside good ones": `${PAYLOAD.slice(0, -1)},"deep":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    // As deep as fits into the first read, which is parsed without a scan.
    "objects nested 10,000 deep": `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
    "arrays nested 30,000 deep in an object": `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`,
    "UTF-16": Buffer.from(PAYLOAD, "utf16le"),
    "a byte order mark before the payload": `\ufeff${PAYLOAD}`,
    "two payloads": PAYLOAD + PAYLOAD,
    "a payload and garbage": `${PAYLOAD}\n\u0000\u0001garbage`,
  };
  for (const [name, stdin] of Object.entries(inputs))
    test(`that is ${name} gives a row`, async () => {
      using box = sandbox();
      expectDrawn(await draw(box, stdin));
    });

  test("with more after the payload is read up to its end", async () => {
    using box = sandbox();
    for (const stdin of [`\ufeff${PAYLOAD}`, PAYLOAD + PAYLOAD, `${PAYLOAD}\ngarbage`])
      expect(expectDrawn(await draw(box, stdin)).join(" ")).toContain("Sonnet 5.5");
  });

  /** Start with an open stdin that gets `text` and no end. */
  async function drawWithoutEnd(box: Sandbox, text: string) {
    const started = performance.now();
    const child = Bun.spawn([BINARY, "display"], {
      env: box.env,
      cwd: box.home,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    try {
      if (text) child.stdin.write(text);
      child.stdin.flush();
      const stdout = await new Response(child.stdout).text();
      await child.exited;
      return {
        code: child.exitCode,
        signal: child.signalCode,
        stdout,
        stderr: await new Response(child.stderr).text(),
        elapsedMs: performance.now() - started,
      };
    } finally {
      child.kill("SIGKILL");
    }
  }

  test("that never ends does not delay a complete payload", async () => {
    using box = sandbox();
    const complete = await drawWithoutEnd(box, PAYLOAD);
    expect(expectDrawn(complete).join(" ")).toContain("Sonnet 5.5");
    // What is waited for is a payload that does not come: 200 ms. Half of that tells the two apart on any machine.
    const nothing = await drawWithoutEnd(box, "");
    expect(nothing.elapsedMs - complete.elapsedMs).toBeGreaterThan(100);
  });

  test("that never begins, or stops in the middle, gives a row with the reason", async () => {
    using box = sandbox();
    for (const text of ["", PAYLOAD.slice(0, 400)]) expectDrawn(await drawWithoutEnd(box, text));
  });

  test("that is closed gives a row", async () => {
    using box = sandbox();
    const shell = Bun.spawnSync(["/bin/sh", "-c", '"$0" display <&-', BINARY], {
      env: box.env,
      cwd: box.home,
    });
    expect(shell.exitCode).toBe(0);
    expectRows(shell.stdout.toString(), 76);
  });

  test("that is a directory gives a row", async () => {
    using box = sandbox();
    const shell = Bun.spawnSync(["/bin/sh", "-c", '"$0" display </', BINARY], {
      env: box.env,
      cwd: box.home,
    });
    expect(shell.exitCode).toBe(0);
    expectRows(shell.stdout.toString(), 76);
  });
});

describe("every field in turn", () => {
  const WRONG: Record<string, unknown> = {
    absent: undefined,
    null: null,
    "an empty text": "",
    "a text": "NaN",
    negative: -1,
    huge: 1e300,
    "beyond all numbers": "\u0000HUGE",
    "an object": { a: 1 },
    "a list": [1, 2],
    true: true,
    "a time long past": 1,
    "a time far ahead": 8.64e12,
    "an escape sequence": "\u001b[31m\u001b]0;title\u0007\nrow\u202e\u0000",
    "a text of 100,000 characters": "界".repeat(100_000),
  };

  function* paths(value: unknown, path: string[] = []): Generator<string[]> {
    if (path.length > 0) yield path;
    if (typeof value === "object" && value !== null)
      for (const [key, child] of Object.entries(value)) yield* paths(child, [...path, key]);
  }

  function withValue(path: readonly string[], value: unknown): string {
    const copy = structuredClone(FULL) as Record<string, unknown>;
    let place = copy;
    for (const key of path.slice(0, -1)) place = place[key] as Record<string, unknown>;
    const last = path.at(-1) as string;
    if (value === undefined) delete place[last];
    else place[last] = value;
    return JSON.stringify(copy).replace('"\\u0000HUGE"', "1e999");
  }

  const FULL = {
    ...subscription,
    session_name: "a name",
    fast_mode: true,
    vim: { mode: "NORMAL" },
    agent: { name: "reviewer" },
    pr: { number: 12, url: "https://example.com/pr/12", review_state: "approved", kind: "pr" },
    worktree: {
      name: "w",
      path: "/home/dev/w",
      branch: "b",
      original_cwd: "/home/dev",
      original_branch: "main",
    },
    workspace: {
      ...subscription.workspace,
      git_worktree: "w",
      repo: { host: "example.com", owner: "o", name: "r" },
    },
    rate_limits: {
      ...subscription.rate_limits,
      spend_limit: {
        used_percentage: 50,
        resets_at: 1795590067,
        used_usd: 5,
        limit_usd: 10,
        period: "month",
      },
    },
  };

  for (const [name, value] of Object.entries(WRONG))
    test(`may be ${name}`, async () => {
      using box = sandbox();
      const all = [...paths(FULL)];
      // Two at a time: as many as CI has cores.
      for (let index = 0; index < all.length; index += 2)
        await Promise.all(
          all
            .slice(index, index + 2)
            .map(async (path) => expectDrawn(await draw(box, withValue(path, value)))),
        );
    });
});

describe("the machine", () => {
  test("may block calls of the C library, and the row says so", async () => {
    using box = sandbox();
    const drawn = await draw(box, PAYLOAD, { BUN_JSC_useJIT: "0" });
    expect(drawn).toMatchObject({ code: 0, signal: null });
    expect(expectRows(drawn.stdout, 76)[0]).toContain("requires the JIT");
  });

  test("may have no HOME, no TERM, nothing in the environment", async () => {
    const finished = await run(["display"], { env: {}, cwd: "/", stdin: PAYLOAD });
    expect(expectDrawn(finished).join(" ")).toContain("Sonnet 5.5");
  });

  test("may have deleted the working directory", async () => {
    using box = sandbox();
    mkdirSync(box.path("gone"));
    const shell = Bun.spawn(["/bin/sh", "-c", 'rmdir "$PWD" && exec "$0" display', BINARY], {
      env: box.env,
      cwd: box.path("gone"),
      stdin: Buffer.from(PAYLOAD),
      stdout: "pipe",
    });
    expectRows(await new Response(shell.stdout).text(), 76);
    expect(await shell.exited).toBe(0);
  });

  // Below these the runtime itself does not start (docs/troubleshooting.md).
  for (const limit of ["-n 6", "-n 7", "-s 192", "-f 0", "-c 0"])
    test.skipIf(process.platform !== "linux")(`may set the limit ${limit}`, async () => {
      using box = sandbox();
      const shell = Bun.spawn(["/bin/sh", "-c", `ulimit ${limit} && exec "$0" display`, BINARY], {
        env: box.env,
        cwd: box.home,
        stdin: Buffer.from(PAYLOAD),
        stdout: "pipe",
      });
      expectRows(await new Response(shell.stdout).text(), 76);
      expect(await shell.exited).toBe(0);
    });

  test("may have closed stdout, or have no reader of it: no stack trace, exit 0", async () => {
    using box = sandbox();
    for (const redirect of [">&-", ">/dev/full", "| true"]) {
      const script = `"$0" display ${redirect}; echo "exit $?" >&2`;
      const shell = Bun.spawnSync(["/bin/sh", "-c", script, BINARY], {
        env: box.env,
        cwd: box.home,
        stdin: Buffer.from(PAYLOAD),
      });
      expect(shell.stderr.toString()).toBe("exit 0\n");
    }
  });

  test("may have a state directory that is a file, a dangling link, or unreadable", async () => {
    using box = sandbox();
    const arrange: (() => void)[] = [
      () => writeFileSync(box.state, "not a directory"),
      () => symlinkSync("/nonexistent/place", box.state),
      () => mkdirSync(box.state, { mode: 0o000 }),
    ];
    for (const make of arrange) {
      make();
      expectDrawn(await draw(box, PAYLOAD));
      rmSync(box.state, { recursive: true, force: true });
    }
  });

  const STATE_FILES: Record<string, string | Uint8Array> = {
    empty: "",
    torn: `{"version":1,"sessionId":"${subscription.session_id}","parts":{"usage":{"val`,
    binary: new Uint8Array(4096).map((_, index) => index % 256),
    "of a newer version": JSON.stringify({ version: 999, sessionId: subscription.session_id, parts: {} }),
    "of wrong types": JSON.stringify({
      version: 1,
      sessionId: subscription.session_id,
      attempts: 7,
      parts: { usage: 3, transcript: [] },
    }),
    "full of nulls": JSON.stringify({
      version: 1,
      sessionId: subscription.session_id,
      attempts: null,
      parts: null,
      cwd: null,
    }),
    huge: " ".repeat(5_000_000),
    "a list": "[]",
  };
  for (const [name, content] of Object.entries(STATE_FILES))
    test(`may have state files that are ${name}`, async () => {
      using box = sandbox();
      for (const folder of ["sessions", "repos", "accounts"])
        mkdirSync(join(box.state, folder), { recursive: true });
      writeFileSync(join(box.state, "sessions", `${subscription.session_id}.json`), content);
      writeFileSync(join(box.state, "config.cache.json"), content);
      expectDrawn(await draw(box, PAYLOAD));
    });

  // Each has a home of its own: the pass that a render starts writes this very file when it ends.
  const NOT_STATE_FILES: Record<string, (file: string) => void> = {
    "a FIFO": (file) => void Bun.spawnSync(["mkfifo", file]),
    "a link to /dev/zero": (file) => symlinkSync("/dev/zero", file),
    "a directory": (file) => void mkdirSync(file),
    "an unreadable file": (file) => writeFileSync(file, "{}", { mode: 0o000 }),
  };
  for (const [name, make] of Object.entries(NOT_STATE_FILES))
    test(`may have ${name} as a state file`, async () => {
      using box = sandbox();
      mkdirSync(join(box.state, "sessions"), { recursive: true });
      make(join(box.state, "sessions", `${subscription.session_id}.json`));
      expectDrawn(await draw(box, PAYLOAD));
    });

  test("may be of any width", async () => {
    using box = sandbox();
    for (const columns of [1, 4, 5, 6, 10, 20, 39, 40, 41, 60, 80, 200, 1000])
      expectDrawn(await draw(box, PAYLOAD, { COLUMNS: String(columns) }), Math.max(1, columns - 4));
  });
});
