/**
 * A ledger of version 1, made by the program at that time from two transcripts; one was pruned since. It lacks
 * where inference took place, a subagent's message, cache writes and final counts.
 */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { copyFileSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { run, sandbox } from "../helpers/binary.ts";

const FIXTURES = join(import.meta.dir, "../fixtures/ledger");

interface Exported {
  readonly messageId: string;
  readonly [key: string]: unknown;
}

test("a ledger of version 1 is corrected by the transcripts that are left, and keeps what it has of the others", async () => {
  using box = sandbox();
  const project = join(box.home, ".claude/projects/-home-dev-proj");
  mkdirSync(project, { recursive: true });
  mkdirSync(box.state, { mode: 0o700 });
  const kept = join(project, "kept.jsonl");
  copyFileSync(join(FIXTURES, "version-1-kept.jsonl"), kept);
  using db = new Database(join(box.state, "ledger.db"));
  db.run(readFileSync(join(FIXTURES, "version-1.sql"), "utf8").replaceAll("/home/dev/", `${box.home}/`));
  // The ledger has read the file to its end, and it has not changed since.
  const { ino, size, mtimeMs } = statSync(kept);
  db.query("update files set inode = ?, modified = ? where path = ? and size = ?").run(
    ino,
    mtimeMs,
    kept,
    size,
  );
  expect(db.query("select changes()").values()[0]?.[0]).toBe(1);
  db.close();

  const usage = async (...args: string[]) => {
    const result = await run(["usage", ...args, "--timezone", "UTC"], { env: box.env });
    expect([result.stderr, result.code]).toEqual(["", 0]);
    return result.stdout;
  };
  for (let pass = 0; pass < 2; pass++) {
    const lines = (await usage("export")).trim().split("\n");
    const messages = new Map(
      lines.map((line) => JSON.parse(line) as Exported).map((each) => [each.messageId, each]),
    );
    const cost = [...messages.values()].reduce((sum, message) => sum + (message.cost as number), 0);
    expect([...messages.keys()].sort()).toEqual([
      "gone-long",
      "gone-plain",
      "gone-short",
      "kept-agent",
      "kept-flat",
      "kept-many",
      "kept-part",
      "kept-us",
    ]);
    expect(messages.get("kept-us")).toMatchObject({ cost: expect.closeTo(0.55, 9), priced: "exact" });
    expect(messages.get("kept-part")).toMatchObject({
      inputTokens: 5_671,
      outputTokens: 289,
      cacheReadTokens: 88_482,
    });
    expect(messages.get("kept-flat")).toMatchObject({ cacheCreation5mTokens: 1_000 });
    expect(messages.get("kept-agent")).toMatchObject({ sidechain: true, outputTokens: 2 });
    // Two requests of 75,000 tokens; the ledger of version 1 knew their sum only.
    expect(messages.get("kept-many")?.cost).toBeCloseTo(0.015, 9);
    expect(messages.get("gone-plain")).toMatchObject({ cost: 0.5, priced: "exact" });
    expect(messages.get("gone-long")?.cost).toBeCloseTo(0.075, 9);
    expect(messages.get("gone-short")?.cost).toBeCloseTo(0.005, 9);

    // The sums agree with the messages.
    const [day] = JSON.parse(await usage("daily", "--json")).daily;
    expect(day).toMatchObject({ totalCost: expect.closeTo(cost, 9), priced: "exact" });
  }
});
