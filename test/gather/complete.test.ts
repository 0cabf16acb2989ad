/** Complete scans: reports and forced passes of the compiled binary. */
import { expect, test } from "bun:test";
import { appendFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RECENT } from "../../src/ledger/watch-list.ts";
import { tryLock } from "../../src/os/lock/flock.ts";
import { indexerLock } from "../../src/state/paths.ts";
import { readState } from "../../src/state/scopes.ts";
import { run } from "../helpers/binary.ts";
import { said } from "../ledger/lines.ts";
import { gather, payload, type World, world } from "./world.ts";

/** An old session among many, and a new message of it. */
function longAgo({ claudeDir }: World) {
  const old = join(claudeDir, "projects/-p/old.jsonl");
  for (let other = 0; other <= RECENT; other++)
    writeFileSync(join(claudeDir, `projects/-p/other-${other}.jsonl`), '{"type":"mode"}\n');
  writeFileSync(old, '{"type":"mode"}\n');
  utimesSync(old, 1_700_000_000, 1_700_000_000);
  return {
    resume: () =>
      appendFileSync(old, `${said({ id: "resumed", at: new Date().toISOString(), input: 77_000 })}\n`),
  };
}

const todayOf = ({ paths, claudeDir }: World) =>
  readState(paths, "account", claudeDir)?.parts.usage?.value?.today.input;

test("a forced pass and a report find what is appended to an old transcript", async () => {
  for (const command of ["gather", "usage"]) {
    using here = world();
    const { resume } = longAgo(here);
    const stdin = payload("s", here.session("s"), here.box.home);
    const today = async () => {
      if (command === "gather") {
        await gather(here, { args: ["--force"], stdin });
        return todayOf(here);
      }
      const { stdout } = await run(["usage", "daily", "--json"], { env: here.box.env });
      return JSON.parse(stdout).totals.inputTokens as number;
    };
    const before = (await today()) ?? 0;
    resume();
    expect(await today()).toBe(before + 77_000);
  }
});

test("a report waits for a pass that is indexing, and reports when that takes long", async () => {
  using here = world();
  here.session("s");
  await run(["usage", "daily"], { env: here.box.env });
  const lock = tryLock(indexerLock(here.paths));
  expect(lock).toBeDefined();
  longAgo(here).resume();
  const waiting = run(["usage", "daily", "--json"], { env: here.box.env });
  await Bun.sleep(300);
  lock?.release();
  const finished = await waiting;
  expect(finished.stderr).toBe("");
  expect(JSON.parse(finished.stdout).totals.inputTokens).toBeGreaterThan(77_000);

  using _held = tryLock(indexerLock(here.paths));
  const late = await run(["usage", "daily", "--json"], { env: here.box.env });
  expect(late.code).toBe(0);
  expect(late.stderr).toContain("figures may be incomplete");
});
