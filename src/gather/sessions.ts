/**
 * All known sessions of this machine: from Claude Code's registry, verified by the kernel, with their figures from the
 * state files.
 */

import { claudeDirectories } from "../claude/directories.ts";
import { type RegistryEntry, readRegistry, type SessionLiveness } from "../claude/registry.ts";
import { printable } from "../cli/characters.ts";
import { cutEnd } from "../line/layout/cells.ts";
import { ago, percent } from "../line/look/format.ts";
import { abbreviateHome } from "../line/segments/directory.ts";
import type { Environment } from "../os/environment.ts";
import { LookupCache, lookUp, verify } from "../os/identity.ts";
import { listStates } from "../state/directory.ts";
import type { StatePaths } from "../state/paths.ts";
import type { SessionState } from "../state/scopes.ts";
import { withoutUndefined } from "../state/shape.ts";
import { table } from "./report.ts";

/** A session, as in the JSON of `plimsoll sessions --json`. Missing fields are not known. */
export type SessionRow = ReturnType<typeof rowOf>;

/** In the order of the list. ended: the process has exited and removed its registry entry. */
const ORDER = ["live", "stopped", "unknown", "ghost", "ended"] as const;

/** @returns the sessions: running ones first, then the most recently active */
export function allSessions(paths: StatePaths | undefined, env: Environment, now: number): SessionRow[] {
  const lookups = new LookupCache();
  const states = (paths ? listStates(paths, "session") : []).flatMap(({ state }) => state ?? []);
  const directories = new Set(claudeDirectories(env));
  for (const { seen } of states) if (seen?.claudeDir !== undefined) directories.add(seen.claudeDir);
  const entries = [...directories].flatMap((claudeDir) =>
    readRegistry(claudeDir, now, lookups).map((entry) => ({ ...entry, claudeDir })),
  );
  const unique = [...new Map(entries.map((entry) => [`${entry.pid} ${entry.sessionId}`, entry])).values()];
  const registered = new Set(unique.map(({ sessionId }) => sessionId));
  const byId = new Map(states.map((state) => [state.sessionId, state]));
  return [
    ...unique.map((entry) => rowOf(entry.liveness, byId.get(entry.sessionId ?? ""), entry)),
    ...states
      .filter(({ sessionId }) => !registered.has(sessionId))
      .map((state) => rowOf(sessionLiveness(state, lookups), state)),
  ].sort(
    (a, b) =>
      ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0),
  );
}

/** For clients without a registry: the state file has the client's process and its start. */
function sessionLiveness({ client }: SessionState, lookups: LookupCache): SessionLiveness | "ended" {
  if (!client) return "unknown";
  const verdict = verify(client, lookups);
  if (verdict !== "alive") return verdict === "dead" ? "ended" : "unknown";
  const found = lookUp(client.pid, lookups);
  return found.kind === "found" && /^[Tt]$/.test(found.facts.state) ? "stopped" : "live";
}

function rowOf(
  state: SessionLiveness | "ended",
  known: SessionState | undefined,
  entry?: RegistryEntry & { claudeDir: string },
) {
  const seen = known?.seen;
  const transcript = known?.parts.transcript?.value;
  return withoutUndefined({
    state,
    sessionId: entry?.sessionId ?? known?.sessionId,
    name: seen?.name ?? entry?.name,
    pid: entry?.pid ?? known?.client?.pid,
    cwd: known?.cwd ?? entry?.cwd,
    model: known?.model,
    contextPercent: seen?.contextPercent,
    contextWindow: seen?.contextWindow,
    costUsd: known?.parts.usage?.value?.costUsd ?? seen?.costUsd,
    /** Unix milliseconds. */
    lastActivityAt: transcript?.lastActivityAt ?? seen?.at ?? entry?.startedAt,
    /** The client's own status. */
    status: entry?.status,
    claudeDir: entry?.claudeDir ?? seen?.claudeDir,
  });
}

/** @returns the sessions as a table. @param home is abbreviated to `~` */
export function describeSessions(rows: readonly SessionRow[], home: string | undefined, now: number): string {
  if (rows.length === 0) return "no sessions";
  const heading = ["STATE", "PID", "SESSION", "DIRECTORY", "MODEL", "CONTEXT", "COST", "ACTIVE"];
  return table([heading, ...rows.map((row) => cells(row, home, now))]).join("\n");
}

function cells(row: SessionRow, home: string | undefined, now: number): string[] {
  const { contextPercent, costUsd, lastActivityAt } = row;
  return [
    printable(row.state),
    row.pid === undefined ? "-" : String(row.pid),
    shorten(row.name ?? row.sessionId?.slice(0, 8) ?? "-", 30),
    row.cwd === undefined ? "-" : shorten(abbreviateHome(row.cwd, home), 60),
    shorten(row.model ?? "-", 40),
    contextPercent === undefined ? "-" : percent(contextPercent),
    costUsd === undefined ? "-" : `$${costUsd.toFixed(2)}`,
    lastActivityAt === undefined ? "-" : ago(now - lastActivityAt),
  ];
}

const shorten = (text: string, limit: number): string => cutEnd(printable(text), limit, "…");
