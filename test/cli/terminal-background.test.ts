import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { askBackground, backgroundIn } from "../../src/cli/terminal-background.ts";

const MODULE = join(import.meta.dir, "../../src/cli/terminal-background.ts");
const TIMEOUT_MS = 100;

/** Asks, and prints the outcome; then prints what is left to read, as the shell would find it. */
const ASKING = `
import { askBackground } from ${JSON.stringify(MODULE)};
console.log("asking");
const answer = await askBackground(process.stdin, process.stdout, Number(process.argv[1]));
console.log(["answer", String(answer), "end"].join(" "));
for await (const line of console) { console.log(["typed", line, "end"].join(" ")); break; }
process.exit(0);
`;

/** Ask a terminal that answers as given, after `typed` was typed. With `byteMs` its bytes come one by one. */
async function ask(
  answer: (question: string) => string | undefined,
  { timeoutMs = 5_000, byteMs = 0, typed = "" } = {},
): Promise<string> {
  let screen = "";
  let asked = false;
  const child = Bun.spawn([process.execPath, "-e", ASKING, String(timeoutMs)], {
    terminal: {
      data(terminal, data) {
        screen += new TextDecoder().decode(data);
        if (!asked && screen.includes("\x1b[c")) {
          asked = true;
          const text = answer(screen);
          if (text !== undefined) void send(terminal, byteMs > 0 ? [...text] : [text], byteMs);
        }
        if (screen.includes("answer") && !screen.includes("done")) terminal.write("done\n");
      },
    },
  });
  child.terminal?.write(typed);
  await child.exited;
  return screen;
}

async function send(terminal: Bun.Terminal, pieces: string[], pauseMs: number): Promise<void> {
  for (const piece of pieces) {
    terminal.write(piece);
    await Bun.sleep(pauseMs);
  }
}

const DA1 = "\x1b[?62;4c";

describe.concurrent("in a terminal", () => {
  test("a dark and a light one are distinguished, and nothing of their answer is left", async () => {
    const [dark, light] = await Promise.all([
      ask(() => `\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\${DA1}`),
      ask(() => `\x1b]11;rgb:ff/fd/f6\x07${DA1}`),
    ]);
    expect(dark).toContain("answer dark end");
    expect(light).toContain("answer light end");
    for (const screen of [dark, light]) {
      expect(screen).toContain("typed done end");
      expect(screen).not.toContain("rgb:");
    }
  });
  test("one that does not know its background answers the other question, and is not waited for", async () => {
    const started = performance.now();
    const screen = await ask(() => DA1, { timeoutMs: 60_000 });
    expect(screen).toContain("answer undefined end");
    expect(screen).toContain("typed done end");
    expect(performance.now() - started).toBeLessThan(60_000);
  });
  test("one that does not answer is given up on", async () => {
    expect(await ask(() => undefined, { timeoutMs: TIMEOUT_MS })).toContain("answer undefined end");
  });
  test("an answer that has begun is read to its end, however slowly it comes", async () => {
    const answer = `\x1b]11;rgb:0000/0000/0000\x07${DA1}`;
    const screen = await ask(() => answer, { timeoutMs: TIMEOUT_MS, byteMs: 15 });
    expect(screen).toContain("answer dark end");
    expect(screen).toContain("typed done end");
    expect(screen).not.toContain("rgb:");
  });
  test("what is typed after the answer is left for the next reader", async () => {
    expect(await ask(() => `\x1b]11;rgb:0/0/0\x07${DA1}early\n`)).toContain("typed early end");
  });
  test("a line that is half typed is left for the next reader, and nothing is asked", async () => {
    const screen = await ask(() => undefined, { typed: "half" });
    expect(screen).toContain("answer undefined end");
    expect(screen).toContain("typed halfdone end");
    expect(screen).not.toContain("\x1b]11");
  });
  test.each([
    ["SIGQUIT", 131],
    ["SIGTERM", 143],
    ["SIGALRM", 142],
  ] as const)("%s while it is asked ends the program, after restoring the terminal", async (signal, code) => {
    let screen = "";
    let isSent = false;
    const script = `import { askBackground } from ${JSON.stringify(MODULE)};
console.log("pid=" + process.pid + ";");
await askBackground(process.stdin, process.stdout, 5000);
console.log("continued");`;
    const command = 'ulimit -c 0; "$0" -e "$1"; echo code=$?; stty -a; echo end';
    const child = Bun.spawn(["/bin/sh", "-c", command, process.execPath, script], {
      terminal: {
        data(_, data) {
          screen += new TextDecoder().decode(data);
          if (isSent || !screen.includes("\x1b[c")) return;
          isSent = true;
          process.kill(Number(/pid=(\d+);/.exec(screen)?.[1]), signal);
        },
      },
    });
    await child.exited;
    expect(screen).toContain(`code=${code}`);
    expect(screen).toMatch(/ icanon/);
    expect(screen).not.toContain("continued");
  });
  test("ctrl-c while it is asked interrupts", async () => {
    expect(await ask(() => `\x03${DA1}`)).not.toContain("answer");
  });
});

test("what is not a terminal is not asked", async () => {
  expect(await askBackground({ fd: 0 }, { fd: 1 }, TIMEOUT_MS)).toBeUndefined();
  expect(await askBackground({ fd: 0, isTTY: true }, { fd: 1 }, TIMEOUT_MS)).toBeUndefined();
});

test("answers of any precision", () => {
  expect(backgroundIn("\x1b]11;rgb:0/0/0\x07")).toBe("dark");
  expect(backgroundIn("\x1b]11;rgba:ffff/ffff/ffff/8000\x1b\\")).toBe("light");
  expect(backgroundIn("\x1b]11;rgb:000/fff/000\x07")).toBe("light");
  expect(backgroundIn("\x1b]11;rgb:0000/0000/ffff\x07")).toBe("dark");
  for (const none of [
    "",
    DA1,
    "\x1b]11;rgb:ffff/ffff",
    "\x1b]11;rgb:ffff/ffff/ffff",
    "\x1b]10;rgb:0/0/0\x07",
  ])
    expect(backgroundIn(none)).toBeUndefined();
});
