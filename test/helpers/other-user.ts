/** Runs of the binary by another user than the files' owner; requires root. */
import { BINARY } from "./binary.ts";

/** Another user's id; undefined without root. */
export const OTHER_USER: number | undefined =
  process.geteuid?.() === 0 && Bun.which("setpriv") !== null ? 65_534 : undefined;

/** Run the binary as that user, in the root directory. `env` is the whole environment. */
export async function asOtherUser(args: readonly string[], env: Record<string, string>) {
  const user = ["setpriv", `--reuid=${OTHER_USER}`, `--regid=${OTHER_USER}`, "--clear-groups"];
  const child = Bun.spawn([...user, BINARY, ...args], { env, cwd: "/", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { stdout, stderr, code: await child.exited };
}
