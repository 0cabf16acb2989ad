import { describe, expect, test } from "bun:test";
import { BINARY, type Sandbox, sandbox, until } from "../helpers/binary.ts";
import { append, said } from "../ledger/lines.ts";

const ENTER = "\x1b[?1049h";
const LEAVE = "\x1b[?1049l";
const SHOW_CURSOR = "\x1b[?25h";

/** `usage live` in a terminal of its own. */
function startLive(box: Sandbox, cols = 80) {
  let text = "";
  const child = Bun.spawn([BINARY, "usage", "live"], {
    env: box.env,
    terminal: { cols, rows: 24, data: (_, data) => (text += Buffer.from(data).toString()) },
  });
  return { child, terminal: child.terminal as Bun.Terminal, text: () => text };
}

/** A home with an active block. */
function withBlock(): Sandbox {
  const box = sandbox();
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  append(
    box.home,
    "s",
    said({ id: "a", at: at(20), output: 40_000 }),
    said({ id: "b", at: at(10), output: 40_000 }),
  );
  return box;
}

describe("the live block", () => {
  test("shows new messages; a key ends it and restores the terminal", async () => {
    using box = withBlock();
    const { child, terminal, text } = startLive(box);
    await until("the block is drawn", () => text().includes("$2.00"));
    expect(text()).toStartWith(ENTER);
    append(box.home, "s", said({ id: "c", at: new Date().toISOString(), output: 40_000 }));
    await until("the new message counts", () => text().includes("$3.00"));
    terminal.write("x");
    expect(await child.exited).toBe(0);
    await until("the screen is left", () => text().endsWith(LEAVE));
    expect(text()).toContain(SHOW_CURSOR);
  });

  test("restores the terminal after SIGTERM", async () => {
    using box = withBlock();
    const { child, text } = startLive(box);
    await until("the block is drawn", () => text().includes("$2.00"));
    child.kill("SIGTERM");
    expect(await child.exited).toBe(143);
    await until("the screen is left", () => text().endsWith(LEAVE));
  });

  test("ends when its terminal is closed", async () => {
    using box = withBlock();
    const { child, terminal, text } = startLive(box);
    await until("the block is drawn", () => text().includes("$2.00"));
    terminal.close();
    await child.exited;
    expect(child.exitCode ?? 129).toBe(129);
  });

  test("fits the terminal, and is redrawn when that is resized", async () => {
    using box = withBlock();
    const { child, terminal, text } = startLive(box, 40);
    await until("the block is drawn", () => text().includes("$2.00"));
    const before = text().length;
    terminal.resize(100, 24);
    await until("it is drawn wider", () => text().slice(before).includes("tokens/min; at that rate"));
    terminal.write("q");
    expect(await child.exited).toBe(0);
  });
});
