/** A terminal under test control: tmux on a private socket, without configuration. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./binary.ts";

export const hasTmux = Bun.which("tmux") !== null;

export interface Terminal extends AsyncDisposable {
  /** Type keys, as tmux names them: "Down", "Enter", "a". */
  press(...keys: string[]): Promise<void>;
  /** What the screen shows. */
  screen(): Promise<string>;
  /** The same with its colours, as escape sequences. */
  painted(): Promise<string>;
  /** Wait until the screen shows this. */
  shows(text: string): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** The process group that runs in the foreground. */
  foreground(): Promise<number>;
  /** One of tmux's format variables of the pane. */
  variable(name: string): Promise<string>;
}

/** A shell in a terminal of this size, with this environment and nothing else. */
export async function terminal(
  env: Readonly<Record<string, string>>,
  { columns = 100, rows = 30 } = {},
): Promise<Terminal> {
  const directory = mkdtempSync(join(tmpdir(), "plimsoll-tmux-"));
  const tmux = async (...args: string[]): Promise<string> => {
    const child = Bun.spawn(["tmux", "-S", join(directory, "socket"), "-f", "/dev/null", ...args], {
      env: { ...env, PATH: process.env.PATH ?? "", TERM: "xterm-256color" },
      stdout: "pipe",
      stderr: "pipe",
    });
    return (await new Response(child.stdout).text()).trimEnd();
  };
  const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  await tmux(
    "new-session",
    "-d",
    "-x",
    String(columns),
    "-y",
    String(rows),
    "env",
    "-i",
    ...words,
    "PS1=ready$ ",
    "/bin/sh",
  );
  const screen = () => tmux("capture-pane", "-p");
  const self: Terminal = {
    screen,
    painted: () => tmux("capture-pane", "-ep"),
    press: async (...keys) => {
      await tmux("send-keys", ...keys);
    },
    shows: async (text) => {
      let last = "";
      try {
        await until(`the screen shows '${text}'`, async () => {
          last = await screen();
          return last.includes(text);
        });
      } catch (error) {
        throw new Error(`${(error as Error).message}; it shows:\n${last}`);
      }
    },
    resize: async (width, height) => {
      await tmux("resize-window", "-x", String(width), "-y", String(height));
    },
    variable: (name) => tmux("display-message", "-p", `#{${name}}`),
    foreground: async () => {
      const shell = await tmux("display-message", "-p", "#{pane_pid}");
      const stat = await Bun.file(`/proc/${shell}/stat`).text();
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[5]);
    },
    [Symbol.asyncDispose]: async () => {
      await tmux("kill-server");
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await self.shows("ready$");
  return self;
}
