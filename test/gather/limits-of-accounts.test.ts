/** Sessions of several accounts in one Claude directory: payloads in, passes between, lines out; all of the binary. */
import { expect, test } from "bun:test";
import { run } from "../helpers/binary.ts";
import { plainRows } from "../helpers/rows.ts";
import { gather, payload, type World, world, writeConfig } from "./world.ts";

const HOUR = 3600;
const now = Math.floor(Date.now() / 1000);
const [A, B, C] = ["a", "b", "c"].map((name) => `943f5ab6-c6fe-4139-9d45-d8d58f8a23a${name}`) as [
  string,
  string,
  string,
];

/** The limits in a session's payload: used percent, and seconds until the resets. */
const limits = (fiveHour: number, fiveEnds: number, sevenDay: number, sevenEnds: number) => ({
  rate_limits: {
    five_hour: { used_percentage: fiveHour, resets_at: now + fiveEnds },
    seven_day: { used_percentage: sevenDay, resets_at: now + sevenEnds },
  },
});

const OF_A = (used: number) => limits(used, 2 * HOUR, 41, 80 * HOUR);
const OF_B = (used: number) => limits(used, HOUR / 4, 88, 50 * HOUR);

function directory(): World {
  const here = world();
  writeConfig(here, { rows: [["five-hour", "seven-day"]] });
  return here;
}

/** A render and the pass after it. */
async function render(here: World, id: string, more: object): Promise<string> {
  const stdin = payload(id, here.session(id), here.box.home, more);
  const { stdout } = await run(["display"], { env: { ...here.box.env, PLIMSOLL_NO_GATHER: "1" }, stdin });
  await gather(here, { stdin });
  return plainRows(stdout)[0] as string;
}

test("each session shows its own account's limits, in any order of reports", async () => {
  using here = directory();
  for (const used of [24, 25]) {
    expect(await render(here, A, OF_A(used))).toMatch(`5h ${used}% →1h59m · 7d 41% →3d`);
    expect(await render(here, B, OF_B(93))).toMatch("5h 93%!! →14m · 7d 88%! →2d");
    expect(await render(here, A, OF_A(used))).toMatch(`5h ${used}% →1h59m · 7d 41% →3d`);
  }
});

test("a session whose account changes shows the new one's limits at once", async () => {
  using here = directory();
  await render(here, A, OF_A(24));
  expect(await render(here, A, OF_B(93))).toMatch("5h 93%!! →14m");
  expect(await render(here, A, OF_A(24))).toMatch("5h 24% →1h59m");
});

test("an idle session sees what another session of its account has used since", async () => {
  using here = directory();
  await render(here, A, OF_A(24));
  await render(here, B, OF_B(93));
  await render(here, C, OF_A(30));
  expect(await render(here, A, OF_A(24))).toMatch("5h 30% →1h59m");
  expect(await render(here, B, OF_B(93))).toMatch("5h 93%!! →14m");
});

test("before its first reply a session shows the only account as likely, and nothing with two accounts", async () => {
  using here = directory();
  await render(here, A, OF_A(24));
  expect(await render(here, C, {})).toMatch("5h ~24% →1h59m");
  await render(here, B, OF_B(93));
  expect(await render(here, C, {})).not.toContain("%");
});
