import { expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { until } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES, look, processesOf } from "../helpers/processes.ts";
import { GIT } from "./repositories.ts";
import { background, leftovers, states, world } from "./world.ts";

/** The promise is 50 sessions in 5 repositories; by default a smaller storm. */
const SESSIONS = Number(process.env.PLIMSOLL_TEST_SESSIONS ?? 15);
const REPOSITORIES = Number(process.env.PLIMSOLL_TEST_REPOSITORIES ?? 3);
const ROUNDS = 3;

test.skipIf(GIT === null)(
  `${SESSIONS} sessions in ${REPOSITORIES} repositories at once leave no process, no zombie, no temporary file, and mix nothing`,
  async () => {
    using here = world();
    const roots = Array.from({ length: REPOSITORIES }, (_, index) =>
      here.repo(`repo${index}`, `branch-${index}`),
    );
    const sessions = Array.from({ length: SESSIONS }, (_, index) => {
      const id = `5e551011-0000-4000-8000-${String(index).padStart(12, "0")}`;
      const root = roots[index % roots.length] as string;
      return { id, root, turns: index + 1, transcriptPath: here.session(id, index + 1) };
    });
    const sessionsOfPasses = new Set<number>();
    for (let round = 0; round < ROUNDS; round++) {
      const passes = sessions.map(({ id, root, transcriptPath }) =>
        background(here, { sessionId: id, transcriptPath, cwd: root, root, claudeDir: here.claudeDir }),
      );
      for (const pass of passes) {
        sessionsOfPasses.add(pass.pid);
        await pass.exited;
        expect([pass.signalCode, pass.exitCode]).toEqual([null, 0]);
      }
    }
    if (CAN_SEE_PROCESSES) expect(processesOf(here.paths.root)).toEqual([]);
    // The process that adopted them may reap them late.
    if (CAN_SEE_PROCESSES) await until("no zombie is left", () => zombiesOf(sessionsOfPasses).length === 0);
    expect(leftovers(here)).toEqual([]);

    for (const { id, root, turns } of sessions) {
      const { session, repo } = states(here, id, root);
      expect(session).toMatchObject({ sessionId: id, cwd: root });
      expect(session?.parts.transcript?.value).toMatchObject({
        turns,
        lastUserMessage: `prompt ${turns} of ${id}`,
      });
      expect(session?.parts.usage?.value?.output).toBe(turns * 100);
      expect(repo?.parts.git?.value?.branch).toBe(`branch-${roots.indexOf(root)}`);
    }
    expect(readdirSync(here.paths.sessions)).toHaveLength(SESSIONS);
    expect(readdirSync(here.paths.repos)).toHaveLength(REPOSITORIES);
    expect(readdirSync(here.paths.accounts)).toHaveLength(1);
    const files = readdirSync(here.paths.root, { recursive: true, encoding: "utf8" })
      .map((name) => statSync(join(here.paths.root, name)))
      .filter((facts) => facts.isFile());
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    expect(files.length).toBeLessThan(2 * SESSIONS + 2 * REPOSITORIES + 15);
    expect(bytes).toBeLessThan(1_000_000 + SESSIONS * 8_000);
  },
  120_000,
);

/** Zombies of these sessions. */
function zombiesOf(sessions: ReadonlySet<number>): string[] {
  return readdirSync("/proc").filter((name) => {
    const found = /^\d+$/.test(name) ? look(Number(name)) : undefined;
    return found?.state === "Z" && sessions.has(found.session);
  });
}
