/** Homes to examine, and doctor's reports on them. */
import { expect } from "bun:test";
import { lstatSync, readdirSync, readFileSync, readlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { payload, states, type World, world } from "../gather/world.ts";
import { BINARY, run, until } from "../helpers/binary.ts";

export const ID = "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0";

/** One result of `--json`. */
interface Reported {
  readonly check: string;
  readonly level: "good" | "note" | "bad";
  readonly text: string;
  readonly details?: readonly string[];
  readonly hint?: string;
  readonly fixable: boolean;
}

export interface Report {
  readonly ok: boolean;
  readonly findings: number;
  readonly fixable: number;
  readonly results: readonly Reported[];
  readonly fixed?: readonly { readonly check: string; readonly act: string }[];
}

export interface Diagnosis extends Report {
  readonly code: number | null;
  readonly elapsedMs: number;
  /** The names of the checks with errors, each once. */
  readonly bad: readonly string[];
  /** The first result of a check. */
  of(check: string): Reported;
}

/** Run doctor and read its report. */
export async function doctor(
  { box }: World,
  { args = [], env = {}, cwd }: { args?: readonly string[]; env?: Record<string, string>; cwd?: string } = {},
): Promise<Diagnosis> {
  const finished = await run(["doctor", "--json", ...args], {
    env: { ...box.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    timeoutMs: 60_000,
  });
  if (finished.stderr !== "") throw new Error(finished.stderr);
  const report = JSON.parse(finished.stdout) as Report;
  const bad = report.results.filter(({ level }) => level === "bad").map(({ check }) => check);
  const of = (check: string) => report.results.find((result) => result.check === check) as Reported;
  return { ...report, code: finished.code, elapsedMs: finished.elapsedMs, bad: [...new Set(bad)], of };
}

export const fix = (here: World) => doctor(here, { args: ["--fix"] });

/** Set the user's status line. */
export function useLine({ claudeDir }: World, command: string, more: object = {}): void {
  const settings = { statusLine: { type: "command", command }, ...more };
  writeFileSync(join(claudeDir, "settings.json"), JSON.stringify(settings));
}

/** A render as by the client; it starts a pass. */
export const render = ({ box }: World, stdin: string) =>
  run(["display"], { env: { ...box.env, COLUMNS: "100" }, stdin });

/** A home after setup and a first session, without errors. */
export async function healthy(): Promise<World> {
  const here = world();
  useLine(here, `${BINARY} display`);
  await render(here, payload(ID, here.session(ID, 2), here.box.home));
  await until("the pass has ended", () => {
    const { session, account } = states(here, ID, "/");
    return [session, account].every((state) => (state?.attempts.endedAt ?? 0) > 0);
  });
  await until("the ledger is closed", () => readdirSync(here.paths.root).includes("ledger.db.seen"));
  return here;
}

/** Everything below a directory: type, mode, times and content. */
export function snapshot(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of [".", ...readdirSync(root, { recursive: true, encoding: "utf8" })].sort()) {
    const path = join(root, name);
    const facts = lstatSync(path, { bigint: true });
    const content = facts.isSymbolicLink()
      ? readlinkSync(path)
      : facts.isFile()
        ? Bun.hash(readFileSync(path)).toString(36)
        : "";
    found[name] = `${facts.mode.toString(8)} ${facts.ino} ${facts.size} ${facts.mtimeNs} ${content}`;
  }
  return found;
}

/** --fix resolves everything and reports actions for these checks; a second --fix does nothing. */
export async function expectFixed(here: World, ...checks: string[]): Promise<string[]> {
  const first = await fix(here);
  expect([first.bad, first.code]).toEqual([[], 0]);
  const acts = first.fixed ?? [];
  for (const check of checks) expect(acts.map((act) => act.check)).toContain(check);
  expect((await fix(here)).fixed).toEqual([]);
  return acts.map(({ act }) => act);
}

/** --fix leaves it, and it is still reported. */
export async function expectLeft(here: World, check: string): Promise<void> {
  const { fixed, bad, code } = await fix(here);
  expect([fixed, bad.includes(check), code]).toEqual([[], true, 1]);
}

export const HOUR_S = 3_600;

/** Set a file's age in seconds. */
export const age = (path: string, seconds: number) => {
  const at = Date.now() / 1000 - seconds;
  utimesSync(path, at, at);
};
