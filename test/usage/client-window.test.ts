/** The active block in every report is the client's own five-hour window if its reset is known. */
import { expect, test } from "bun:test";
import { run, type Sandbox, sandbox } from "../helpers/binary.ts";
import { plainRows } from "../helpers/rows.ts";
import { append, said } from "../ledger/lines.ts";

const MINUTE = 60_000;

interface BlockJson {
  readonly startTime: string;
  readonly endTime: string;
  readonly isActive: boolean;
  readonly endIsKnown: boolean;
  readonly costUSD: number;
  readonly entries: number;
  readonly projection: { readonly totalCost: number; readonly remainingMinutes: number } | null;
}

/** A home with messages of $1 each, at these minutes ago; the newest session's payload has the window's end. */
async function home(minutesAgo: readonly number[], resetsAt: readonly number[]): Promise<Sandbox> {
  const box = sandbox();
  const lines = minutesAgo.map((minutes) =>
    said({ id: `m${minutes}`, at: new Date(Date.now() - minutes * MINUTE).toISOString(), output: 40_000 }),
  );
  append(box.home, "s", ...lines);
  for (const [index, at] of resetsAt.entries()) await report(box, `session-${index}`, at);
  return box;
}

const stdinOf = (box: Sandbox, id: string, resetsAt: number) =>
  JSON.stringify({
    session_id: id,
    transcript_path: `${box.home}/.claude/projects/-p/${id}.jsonl`,
    cwd: box.home,
    rate_limits: { five_hour: { used_percentage: 20, resets_at: resetsAt / 1000 } },
  });

const report = (box: Sandbox, id: string, resetsAt: number) =>
  run(["gather", "--force"], { env: box.env, stdin: stdinOf(box, id, resetsAt) });

const usage = async (box: Sandbox, ...args: string[]) =>
  (await run(["usage", ...args], { env: box.env })).stdout;

async function activeBlock(box: Sandbox): Promise<BlockJson[]> {
  const { blocks } = JSON.parse(await usage(box, "blocks", "--json")) as { blocks: BlockJson[] };
  return blocks.filter(({ isActive }) => isActive);
}

/** A whole second, but not a boundary of a quarter of an hour: a slot is split. */
function resetIn(minutes: number): number {
  const at = Math.floor((Date.now() + minutes * MINUTE) / 1000) * 1000;
  return at % (15 * MINUTE) === 0 ? at + 1000 : at;
}

test("line, overview and blocks agree on the window, its cost and its projection", async () => {
  const reset = resetIn(110);
  // The window began 190 minutes ago, after the first two messages.
  using box = await home([230, 191, 189, 100, 30], [reset]);
  const config = { rows: [["block"]] };
  await Bun.write(`${box.home}/.config/plimsoll/config.json`, JSON.stringify(config));
  const stdin = stdinOf(box, "session-0", reset);
  const { stdout } = await run(["display"], { env: { ...box.env, PLIMSOLL_NO_GATHER: "1" }, stdin });
  const line = plainRows(stdout)[0] as string;
  expect(line).toMatch(/^block \$3\.00 .* 1h(49|50)m left$/);
  const overview = await usage(box);
  expect(overview).toMatch(/Block {3}\$3\.00 .* 1h(49|50)m until the reset/);
  const [active, ...more] = await activeBlock(box);
  expect(more).toEqual([]);
  expect(active).toMatchObject({
    endIsKnown: true,
    costUSD: 3,
    entries: 3,
    endTime: new Date(reset).toISOString(),
  });
  expect(active?.startTime).toBe(new Date(reset - 300 * MINUTE).toISOString());
  const projected = Number(/→~\$(\d+\.\d\d)/.exec(line)?.[1]);
  expect(Math.abs((active?.projection?.totalCost ?? 0) - projected)).toBeLessThan(0.05);
  expect(Number(/at that rate ~\$(\d+\.\d\d)/.exec(overview)?.[1])).toBeCloseTo(projected, 1);
  expect(active?.projection?.remainingMinutes).toBeWithin(109, 111);
  expect(await usage(box, "blocks", "--active")).toMatch(/ {2}1h(49|50)m left/);
  const { blocks } = JSON.parse(await usage(box, "blocks", "--json")) as { blocks: BlockJson[] };
  expect(blocks.reduce((sum, { costUSD }) => sum + costUSD, 0)).toBe(5);
});

test("a block of nine minutes has no rate and no projection, in line, overview and blocks alike", async () => {
  const reset = resetIn(110);
  using box = await home([12, 3], [reset]);
  await Bun.write(`${box.home}/.config/plimsoll/config.json`, '{ "rows": [["block", "burn"]] }');
  const stdin = stdinOf(box, "session-0", reset);
  const { stdout } = await run(["display"], { env: { ...box.env, PLIMSOLL_NO_GATHER: "1" }, stdin });
  const [line] = plainRows(stdout);
  expect(line).toMatch(/^block \$2\.00 1h(49|50)m left$/);
  const overview = await usage(box);
  expect(overview).toContain(`${/1h\d\dm/.exec(line ?? "")?.[0]} until the reset\n`);
  expect(overview).toContain("too young for a projection\n");
  expect(overview).not.toMatch(/\/h|tokens\/min/);
  expect((await activeBlock(box))[0]).toMatchObject({ costUSD: 2, burnRate: null, projection: null });
  expect(await usage(box, "blocks")).not.toMatch(/projected|\/h/);
});

test("an inferred end is marked everywhere", async () => {
  using box = await home([30, 20], []);
  const [active] = await activeBlock(box);
  expect(active).toMatchObject({ endIsKnown: false, entries: 2 });
  expect(await usage(box)).toMatch(/─ ~[34]h\d\dm left/);
  expect(await usage(box, "blocks")).toMatch(/ {2}~[34]h\d\dm left/);
});

test("two accounts in one directory have no common window", async () => {
  using box = await home([30, 20], [resetIn(200), resetIn(60)]);
  expect((await activeBlock(box))[0]).toMatchObject({ endIsKnown: false, entries: 2 });
  expect(await usage(box)).toMatch(/─ ~[34]h\d\dm left/);
});

test("a window without messages is not a block", async () => {
  using box = await home([100, 90], [resetIn(299)]);
  expect(await activeBlock(box)).toEqual([]);
  expect(await usage(box)).toContain("none active");
});
