/**
 * Every session of this machine that is known of: Claude Code's registry says which processes there were, the kernel
 * which of them there are, and the state files what they stood at.
 */
import { claudeDirectories } from "../claude/directories.ts";
import { type RegistryEntry, readRegistry, type SessionLiveness } from "../claude/registry.ts";
import { LookupCache, lookUp, verify } from "../os/identity.ts";
import { listStates } from "../state/directory.ts";
import type { StatePaths } from "../state/paths.ts";
import type { SessionState } from "../state/scopes.ts";

/** A session. Absent fields are not known. Times are Unix milliseconds. */
export interface SessionRow {
  /** ended: its process is gone, and its registry entry with it, as it should be. */
  readonly state: SessionLiveness | "ended";
  readonly sessionId?: string;
  readonly name?: string;
  readonly pid?: number;
  readonly cwd?: string;
  readonly model?: string;
  readonly contextPercent?: number;
  readonly contextWindow?: number;
  readonly costUsd?: number;
  readonly lastActivityAt?: number;
  /** What the client itself says that it does. */
  readonly status?: string;
  readonly claudeDir?: string;
}

const ORDER = ["live", "stopped", "unknown", "ghost", "ended"] as const;

/** @returns the sessions: running ones first, then the most recently active */
export function allSessions(
  paths: StatePaths | undefined,
  env: Readonly<Record<string, string | undefined>>,
  now: number,
): SessionRow[] {
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
      .map((state) => rowOf(livenessOf(state, lookups), state)),
  ].sort(
    (a, b) =>
      ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0),
  );
}

/** Clients without a registry: the process that the payload came from was noted with its start. */
function livenessOf({ client }: SessionState, lookups: LookupCache): SessionRow["state"] {
  if (!client) return "unknown";
  const verdict = verify(client, lookups);
  if (verdict !== "alive") return verdict === "dead" ? "ended" : "unknown";
  const found = lookUp(client.pid, lookups);
  return found.kind === "found" && /^[Tt]$/.test(found.facts.state) ? "stopped" : "live";
}

function rowOf(
  state: SessionRow["state"],
  known: SessionState | undefined,
  entry?: RegistryEntry & { claudeDir: string },
): SessionRow {
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
    lastActivityAt: transcript?.lastActivityAt ?? seen?.at ?? entry?.startedAt,
    status: entry?.status,
    claudeDir: entry?.claudeDir ?? seen?.claudeDir,
  });
}

function withoutUndefined(row: { [Key in keyof SessionRow]: SessionRow[Key] | undefined }): SessionRow {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== undefined),
  ) as unknown as SessionRow;
}
