/** Each status line while git hangs: the time of a render, and its text. `bun run bench hang` */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { BINARY } from "../helpers/binary.ts";
import { samplePayload } from "../helpers/sample.ts";
import { emptyProject, renderEnvironment, workspace } from "./harness.ts";
import { installPeers, PEERS } from "./peers.ts";

/** When a render is killed. Milliseconds. */
const GIVE_UP_MS = 15_000;

/** Print the time and the text of two renders of each program, with a git that never exits. */
export function showHang(): void {
  const peers = installPeers();
  using work = workspace();
  const { home, cwd } = emptyProject(work.path("home"));
  const tools = work.path("tools");
  mkdirSync(tools);
  writeFileSync(join(tools, "git"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
  const payload = samplePayload({ cwd, claudeDir: join(home, ".claude"), now: Date.now() });
  const env = renderEnvironment(home, tools);
  const draw = (name: string, argv: readonly string[]) => {
    for (const round of ["first", "second"]) {
      const started = performance.now();
      const ended = Bun.spawnSync([...argv], {
        env,
        cwd,
        stdin: Buffer.from(JSON.stringify(payload)),
        stderr: "ignore",
        timeout: GIVE_UP_MS,
      });
      const seconds = ((performance.now() - started) / 1000).toFixed(2);
      const how = ended.exitCode === null ? "killed" : `exit ${ended.exitCode}`;
      const [row = ""] = stripVTControlCharacters(ended.stdout.toString()).split("\n");
      console.log(`${name}, ${round} render: ${seconds} s, ${how}: ${row}`);
    }
  };
  draw("plimsoll", [BINARY, "display"]);
  if (peers) for (const { name, argv } of PEERS) draw(name, argv(peers));
}
