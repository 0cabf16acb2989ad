/**
 * Row by row equality with ccusage 20.0.24, on generated histories. Skipped unless `PLIMSOLL_TEST_CCUSAGE` names its
 * executable (npm install ccusage@20.0.24).
 */
import { expect, test } from "bun:test";
import { run, sandbox } from "../helpers/binary.ts";
import { makeHistory, writeHistory } from "../helpers/history.ts";

const CCUSAGE = process.env.PLIMSOLL_TEST_CCUSAGE;

/** All keys of ccusage's report have the same values in ours; the last digits of floating-point sums may differ. */
function same(theirs: unknown, ours: unknown, path: string): void {
  if (typeof theirs === "number") {
    const tolerance = Math.max(1e-9, Math.abs(theirs) * 1e-9);
    if (typeof ours !== "number" || Math.abs(theirs - ours) > tolerance)
      expect([path, ours]).toEqual([path, theirs]);
  } else if (Array.isArray(theirs)) {
    expect([path, (ours as unknown[])?.length]).toEqual([path, theirs.length]);
    for (const [index, each] of theirs.entries()) same(each, (ours as unknown[])[index], `${path}[${index}]`);
  } else if (theirs !== null && typeof theirs === "object") {
    for (const [key, value] of Object.entries(theirs))
      same(value, (ours as Record<string, unknown>)?.[key], `${path}.${key}`);
  } else expect([path, ours]).toEqual([path, theirs as never]);
}

/** ccusage lists a session's models in the order of its files; we sort them by name. */
function sorted<Value extends { session?: { modelsUsed: string[] }[] }>(report: Value): Value {
  for (const row of report.session ?? []) row.modelsUsed.sort();
  return report;
}

const REPORTS = ["daily", "weekly", "monthly", "session", "blocks"];
// Clocks change on 4 October (half an hour), 25 October and 1 November; two zones are off by parts of an hour.
const ZONES = [
  "UTC",
  "America/New_York",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "Pacific/Chatham",
];

for (const seed of [1, 2, 3])
  test.skipIf(!CCUSAGE)(
    `every report is ccusage's, row by row, in ${ZONES.length} zones (seed ${seed})`,
    async () => {
      using box = sandbox();
      writeHistory(
        box.home,
        makeHistory({
          seed,
          sessions: 14,
          projects: 14,
          turns: 20,
          now: Date.UTC(2026, 10, 5),
          days: 40,
          plain: true,
        }),
      );
      for (const zone of ZONES) {
        const env = { ...box.env, TZ: zone };
        for (const name of REPORTS) {
          const range = name === "daily" ? ["--since", "20261002", "--until", "20261101"] : [];
          const theirs = await Bun.$`${CCUSAGE} ${name} --json --offline ${range}`.env(env).quiet();
          const ours = await run(["usage", name, "--json", "--offline", ...range], { env });
          expect(ours.stderr).toBe("");
          same(sorted(JSON.parse(theirs.stdout.toString())), JSON.parse(ours.stdout), `${zone} ${name}`);
        }
      }
    },
  );

test.skipIf(!CCUSAGE)("every report is ccusage's where files end without a newline", async () => {
  using box = sandbox();
  const history = makeHistory({ seed: 4, sessions: 14, projects: 14, turns: 8, plain: true });
  // Cut each file after its last message.
  for (const [path, text] of history.files) {
    const lines = text.split("\n");
    const last = lines.findLastIndex((line) => line.includes('"type":"assistant"'));
    history.files.set(path, lines.slice(0, last + 1).join("\n"));
  }
  writeHistory(box.home, history);
  for (const name of REPORTS) {
    const theirs = await Bun.$`${CCUSAGE} ${name} --json --offline`.env(box.env).quiet();
    const ours = await run(["usage", name, "--json", "--offline"], { env: box.env });
    same(sorted(JSON.parse(theirs.stdout.toString())), JSON.parse(ours.stdout), name);
  }
});
